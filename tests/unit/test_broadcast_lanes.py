"""Of one order one after the other, of several orders some at once; the cursor passes only what is settled."""

import random

import pytest

from oms.broadcast.lanes import WINDOW, Lanes
from oms.store import OutboxEvent
from tests.unit.broadcast_events import an_event


def everything(_event: OutboxEvent) -> bool:
    """Want all."""
    return True


def test_an_order_s_second_event_waits_for_its_first_and_another_order_s_does_not() -> None:
    """The second order overtakes while the first is under way."""
    lanes = Lanes(0)
    first, second, other = an_event(1, "A"), an_event(2, "A"), an_event(3, "B")
    lanes.take([first, second, other], everything)

    under_way = [lanes.next(), lanes.next(), lanes.next()]
    lanes.went_through(first)

    assert under_way == [first, other, None]
    assert lanes.next() == second


def test_the_cursor_stands_before_the_first_event_that_is_not_settled() -> None:
    """What is settled behind it is remembered one by one."""
    lanes = Lanes(0)
    events = [an_event(1, "A"), an_event(2, "B"), an_event(3, "C")]
    lanes.take(events, everything)
    lanes.next(), lanes.next(), lanes.next()

    lanes.went_through(events[1])
    lanes.went_through(events[2])
    before = (lanes.cursor, lanes.ahead)
    lanes.went_through(events[0])

    assert before == (0, (2, 3))
    assert (lanes.cursor, lanes.ahead) == (3, ())


def test_what_went_ahead_in_an_earlier_turn_is_not_sent_again() -> None:
    """Only the one that stood in between."""
    lanes = Lanes(0, ahead=(2, 3))
    lanes.take([an_event(1, "A"), an_event(2, "B"), an_event(3, "C")], everything)

    event = lanes.next()

    assert event is not None
    assert (event.seq, lanes.next()) == (1, None)
    lanes.went_through(event)
    assert (lanes.cursor, lanes.ahead) == (3, ())


def test_what_nobody_wants_is_settled_at_once() -> None:
    """A subscriber of few topics does not lag behind."""
    lanes = Lanes(4)
    lanes.take([an_event(5), an_event(9)], lambda event: False)

    assert (lanes.cursor, lanes.next(), lanes.room) == (9, None, WINDOW)


def test_an_event_that_came_back_is_the_next_of_its_order() -> None:
    """It keeps its place."""
    lanes = Lanes(0)
    first = an_event(1, "A")
    lanes.take([first, an_event(2, "A")], everything)
    assert lanes.next() == first

    lanes.came_back(first)

    assert lanes.next() == first
    assert lanes.cursor == 0


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_order_of_the_answers_everything_goes_once_and_in_order_per_order(seed: int) -> None:
    """Random answers, random failures: nothing is lost, nothing doubled, nothing overtaken."""
    chance = random.Random(seed)
    events = [an_event(seq, chance.choice("ABCDE")) for seq in range(1, 101)]
    lanes, heard, under_way = Lanes(0), list[OutboxEvent](), list[OutboxEvent]()
    lanes.take(events, everything)

    while lanes.cursor < 100:
        if (event := lanes.next()) is not None:
            under_way.append(event)
            continue
        done = under_way.pop(chance.randrange(len(under_way)))
        if chance.random() < 0.2:
            lanes.came_back(done)
        else:
            heard.append(done)
            lanes.went_through(done)

    assert sorted(event.seq for event in heard) == list(range(1, 101))
    for order in "ABCDE":
        of_one = [event.seq for event in heard if event.order.number == order]
        assert of_one == sorted(of_one)

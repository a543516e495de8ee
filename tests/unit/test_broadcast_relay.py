"""One turn of a relay, against a subscriber that does as told: in order per order, nothing lost, nobody delayed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from oms.broadcast.answers import Failed, Gone, Reaction, Taken
from oms.broadcast.relay import Relay, TurnEnd, Ways
from oms.store import OutboxEvent, Store, Vault
from tests.unit.broadcast_events import a_subscriber
from tests.unit.store_builders import a_book, a_change, a_row

OK = Taken("HTTP 204")


class FakeSink:
    """Remembers what went through, and answers as told."""

    def __init__(self, answer: Callable[[OutboxEvent], Awaitable[Reaction]] | None = None) -> None:
        self.asked: list[OutboxEvent] = []
        self.taken: list[OutboxEvent] = []
        self.at_once = self.most_at_once = 0
        self._answer = answer

    async def send(self, event: OutboxEvent) -> Reaction:
        self.asked.append(event)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        reaction = await self._answer(event) if self._answer else OK
        self.at_once -= 1
        if reaction == OK:
            self.taken.append(event)
        return reaction


@pytest.fixture
def store(tmp_path: Path, sqlite_template: Path) -> Store:
    """A store of a subscriber that is told from the beginning."""
    (tmp_path / "oms.db").write_bytes(sqlite_template.read_bytes())
    opened = Store.open(f"sqlite:///{tmp_path}/oms.db", Vault.from_keys([("k", b"1" * 32)], b"2" * 32))
    opened.subscriptions.begin("erp", 0)
    return opened


def happens(store: Store, *numbers: str, topic: str = "order.shipped") -> None:
    """Let something happen to orders, one after the other."""
    for number in numbers:
        seq = store.outbox.end() + 1
        row = a_row(number, seq=seq)
        change = a_change(row, id=f"{row.key}#{seq}", topic=topic)
        store.books.commit(a_book(number, seq=seq).model_copy(update={"changes": (change,)}))


async def a_turn(
    store: Store, sink: FakeSink, *, until: Callable[[], bool] = lambda: True, at_once: int = 8
) -> TurnEnd:
    """Relay until something holds, or trouble; at least one look."""
    relay = Relay(Ways(a_subscriber(at_once=at_once), sink, store), store.subscriptions.take_over("erp"))
    looked, deadline = False, time.monotonic() + 20

    def over() -> bool:
        nonlocal looked
        done, looked = looked and until(), True
        return done or time.monotonic() > deadline

    return await relay.run(over)


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds, or fail."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def cursor(store: Store) -> tuple[int, tuple[int, ...]]:
    """How far the subscriber was told."""
    standing = store.subscriptions.get("erp")
    assert standing is not None
    return standing.cursor, standing.ahead


async def test_everything_goes_through_once_and_in_order_per_order(store: Store) -> None:
    """The cursor ends behind the last event."""
    happens(store, *"ABABCAB")
    sink = FakeSink()

    end = await a_turn(store, sink, until=lambda: len(sink.taken) == 7)

    assert (end.delivered, end.trouble, cursor(store)) == (7, None, (7, ()))
    for order in "ABC":
        seqs = [event.seq for event in sink.taken if event.order.number == order]
        assert seqs == sorted(set(seqs))


async def test_an_event_that_happens_while_nothing_is_under_way_is_told_within_a_second(store: Store) -> None:
    """R12: the moment it happens."""
    sink = FakeSink()
    turn = asyncio.create_task(a_turn(store, sink, until=lambda: bool(sink.taken)))
    await asyncio.sleep(0.5)
    began = time.monotonic()

    happens(store, "A")
    await eventually(lambda: bool(sink.taken))
    took = time.monotonic() - began
    await turn

    assert took < 1.0
    assert cursor(store) == (1, ())


async def test_a_slow_order_delays_only_its_own_next_event(store: Store) -> None:
    """Others go on, also those that happen later."""
    release = asyncio.Event()

    async def slowly(event: OutboxEvent) -> Reaction:
        if event.order.number == "S":
            await release.wait()
        return OK

    happens(store, "S", "S", "A", "B")
    sink = FakeSink(slowly)
    turn = asyncio.create_task(a_turn(store, sink, until=lambda: len(sink.taken) == 5))
    await eventually(lambda: len(sink.taken) == 2)
    happens(store, "C")
    await eventually(lambda: len(sink.taken) == 3)
    without_the_slow = [event.order.number for event in sink.taken]
    release.set()
    await turn

    assert sorted(without_the_slow) == ["A", "B", "C"]
    assert [event.seq for event in sink.taken if event.order.number == "S"] == [1, 2]
    assert cursor(store) == (5, ())


async def test_no_more_are_under_way_than_the_subscriber_bears(store: Store) -> None:
    """Its own figure, of the subscribers file."""

    async def in_a_moment(event: OutboxEvent) -> Reaction:
        await asyncio.sleep(0.02)
        return OK

    happens(store, *(f"O{n}" for n in range(12)))
    sink = FakeSink(in_a_moment)

    await a_turn(store, sink, until=lambda: len(sink.taken) == 12, at_once=3)

    assert sink.most_at_once == 3


async def test_after_a_failure_the_cursor_stands_and_what_went_ahead_is_not_repeated(store: Store) -> None:
    """The next turn sends what failed and what is behind it, nothing else."""

    async def not_b(event: OutboxEvent) -> Reaction:
        await asyncio.sleep(0.05 if event.order.number == "B" else 0)
        return Failed("HTTP 503") if event.order.number == "B" else OK

    happens(store, "A", "B", "C")
    first = FakeSink(not_b)
    end = await a_turn(store, first)
    between = cursor(store)
    happens(store, "B", "D")
    second = FakeSink()

    await a_turn(store, second, until=lambda: len(second.taken) == 3)

    assert (end.trouble, between) == (Failed("HTTP 503"), (1, (3,)))
    assert sorted(event.seq for event in second.taken) == [2, 4, 5]
    assert cursor(store) == (5, ())


async def test_who_has_just_failed_is_asked_one_thing_first(store: Store) -> None:
    """Not eight at once, into a wound."""

    async def down(event: OutboxEvent) -> Reaction:
        await asyncio.sleep(0.01)
        return Failed("HTTP 503")

    happens(store, *"ABCDEFGH")
    standing = store.subscriptions.take_over("erp")
    store.subscriptions.failed(standing, "HTTP 503", store.database.clock(), store.database.clock())
    sink = FakeSink(down)

    await a_turn(store, sink)

    assert len(sink.asked) == 1


async def test_a_farewell_counts_more_than_a_failure(store: Store) -> None:
    """Whichever of them came first."""

    async def leaves(event: OutboxEvent) -> Reaction:
        if event.order.number == "B":
            await asyncio.sleep(0.05)
            return Gone("HTTP 410")
        return Failed("HTTP 500")

    happens(store, "A", "B")

    end = await a_turn(store, FakeSink(leaves))

    assert end.trouble == Gone("HTTP 410")
    assert cursor(store) == (0, ())


@pytest.mark.parametrize("change", ["pause", "replay", "take over"])
async def test_a_relay_stops_soon_when_somebody_else_decides(store: Store, change: str) -> None:
    """And does not undo what was decided."""
    happens(store, "A")
    sink = FakeSink()
    turn = asyncio.create_task(a_turn(store, sink, until=lambda: False))
    await eventually(lambda: cursor(store) == (1, ()))

    if change == "pause":
        store.subscriptions.pause("erp", "moving")
    elif change == "replay":
        store.subscriptions.replay("erp", 0)
    else:
        store.subscriptions.take_over("erp")
    began = time.monotonic()
    end = await turn

    assert end.ousted
    assert time.monotonic() - began < 3
    assert cursor(store)[0] == (0 if change == "replay" else 1)


async def test_what_it_does_not_want_moves_the_cursor_and_is_not_sent(store: Store) -> None:
    """Our own alerts are not for subscribers, unless they ask."""
    happens(store, "A", topic="sla.late")
    happens(store, "A")
    sink = FakeSink()

    await a_turn(store, sink, until=lambda: bool(sink.taken))

    assert [event.topic for event in sink.asked] == ["order.shipped"]
    assert cursor(store) == (2, ())

"""What is due when: the ladder up to the ship-by time, completion after 72 h, and each strike once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain import admission, commands, strikes
from oms.domain.deadlines import (
    Deadline,
    SlaState,
    Step,
    completion_deadline,
    nearest,
    worse,
)
from oms.domain.holds import HoldReason
from oms.domain.messages import PlaceHold
from oms.domain.parcels import ParcelState
from tests.unit.domain_orders import (
    HOUR,
    NOON,
    POLICY,
    SECOND,
    allocated,
    carrier_says,
    repeatable,
    shipped,
)

PACES = st.sampled_from([1, 60, 3600, 86_400, 10_000_000])


@repeatable(50)
@given(pace=PACES)
def test_an_order_completes_after_72_hours_and_not_at_72(pace: int) -> None:
    """Exactly 72 h is not yet, one second later is; at pace the same, only faster."""
    due = completion_deadline(POLICY, NOON, pace).due

    assert due > NOON + 72 * HOUR / pace
    assert due <= NOON + (72 * HOUR + SECOND) / pace + timedelta.resolution


def test_at_72_hours_nothing_happens_and_a_second_later_it_is_over() -> None:
    """The same, through the order's own clock."""
    order = shipped()
    carrier_says(order, ParcelState.DELIVERED)

    strikes.strike(order, NOON + 72 * HOUR)
    at_72 = order.completion_due
    notice = strikes.strike(order, NOON + 72 * HOUR + SECOND)

    assert not at_72
    assert order.completion_due
    assert notice is None


def a_deadline(step: Step, minutes: int) -> Deadline:
    """Due so many minutes after noon."""
    return Deadline(
        step=step, due=NOON + timedelta(minutes=minutes), source="rule", rule="r", version="v", text="t"
    )


DEADLINES = st.lists(st.builds(a_deadline, st.sampled_from(Step), st.integers(0, 90)), max_size=8)


@repeatable(100)
@given(deadlines=DEADLINES, dealt=st.sets(st.integers(0, 7)))
def test_the_next_deadline_is_the_earliest_open_one(deadlines: list[Deadline], dealt: set[int]) -> None:
    """None when all are dealt with."""
    done = [deadline.id for number, deadline in enumerate(deadlines) if number in dealt]

    found = nearest(deadlines, done)

    waiting = [deadline for deadline in deadlines if deadline.id not in done]
    assert (found is None) == (not waiting)
    assert found is None or (found in waiting and all(found.due <= other.due for other in waiting))


@repeatable(100)
@given(deadlines=DEADLINES, minute=st.integers(0, 90))
def test_every_step_strikes_once_and_is_told_as_one(deadlines: list[Deadline], minute: int) -> None:
    """After a night without a worker there is one notice, of the gravest step, not one for each."""
    order = allocated()
    order.deadlines = tuple(deadlines)
    at = NOON + timedelta(minutes=minute)
    due = {deadline.id for deadline in deadlines if deadline.due <= at}

    notice = strikes.strike(order, at)

    silent = {Step.ESCALATE_FURTHER}  # nobody was called before: see test_domain_alarms
    steps = {d.step for d in deadlines if d.id in due} - silent
    told = [Step.LOCK, Step.LATE, Step.ESCALATE, Step.WARN, Step.REMIND]
    gravest = next((step for step in told if step in steps), None)
    overdue = steps & {Step.OVERDUE, Step.COMPLETE}
    assert set(order.steps_done) == due
    assert (notice is None) == (gravest is None and not overdue)
    assert notice is None or gravest is None or f":{gravest}@" in notice.id
    assert strikes.strike(order, at) is None


def test_a_notice_is_about_the_deadline_that_is_overdue() -> None:
    """Not about a hold that ends at the same moment."""
    order = shipped()
    order.deadlines = (*order.deadlines, a_deadline(Step.EXPIRE_HOLD, 72 * 60))

    notice = strikes.strike(order, NOON + 73 * HOUR)

    assert notice is not None
    assert ":complete@" in notice.id
    assert "hold" not in notice.body
    assert notice.to == "service"


def test_an_order_that_is_on_its_way_after_72_hours_is_overdue_and_completes_when_signed() -> None:
    """The clock has struck; the signature alone is missing."""
    order = shipped()

    notice = strikes.strike(order, NOON + 73 * HOUR)
    carrier_says(order, ParcelState.DELIVERED, at=NOON + 80 * HOUR)

    assert notice is not None
    assert order.sla is SlaState.ESCALATED
    assert order.completion_due


@pytest.mark.parametrize(
    ("hours", "sla"), [(44, SlaState.ESCALATED), (48, SlaState.ESCALATED), (49, SlaState.LATE)]
)
def test_the_standing_gets_graver_only(hours: int, sla: SlaState) -> None:
    """The reminder comes after the supervisor here, and does not make it better."""
    order = allocated()

    strikes.strike(order, NOON + hours * HOUR)

    assert order.sla is sla
    assert worse(sla, SlaState.OK) is worse(SlaState.OK, sla) is sla


def test_a_parcel_that_left_in_time_is_not_late_though_the_word_came_late() -> None:
    """What counts is when it left; the supervisor was told all the same."""
    order = shipped(at=NOON + HOUR)
    late = shipped(at=NOON + 48 * HOUR + SECOND)

    assert order.sla is SlaState.OK
    assert late.sla is SlaState.LATE
    assert shipped(at=NOON + 48 * HOUR).sla is SlaState.OK


def test_a_hold_that_was_given_until_a_time_ends_then() -> None:
    """Also when the rules were asked again meanwhile, and when the same hold was placed without an end."""
    order = allocated()
    until = NOON + 2 * HOUR
    commands.carry_out(order, PlaceHold(by="li", why="ask the buyer"), NOON)
    commands.carry_out(order, PlaceHold(by="li", why="ask the buyer", until=until), NOON)

    assert order.assessment is not None
    admission.take_assessment(order, order.assessment, NOON + HOUR)
    strikes.strike(order, until - SECOND)
    before = order.held(HoldReason.MANUAL)
    strikes.strike(order, until)

    assert before is not None
    assert order.held(HoldReason.MANUAL) is None

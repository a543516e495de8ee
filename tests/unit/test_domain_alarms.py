"""Who is called when an order is not shipped in time, who answers, and what a red lock stops (R15, R27)."""

from datetime import timedelta

import pytest

from oms.domain import commands, strikes
from oms.domain.deadlines import Deadline, Step
from oms.domain.holds import Gate, HoldReason
from oms.domain.messages import (
    Acknowledge,
    AddNote,
    ApproveReview,
    CancelOrder,
    ChangeAddress,
    Command,
    LiftLock,
    PlaceHold,
    ReleaseHold,
    WarehouseSays,
)
from oms.domain.state import OrderState
from tests.unit.domain_orders import HOUR, NOON, a_box, allocated, released, warehouse_says

WHO = {"by": "li", "why": "I look after it"}


def a_rung(step: Step, hours: int, to: str = "") -> Deadline:
    """A deadline that a row of the clock laid out, so many hours after noon."""
    return Deadline(
        step=step, due=NOON + hours * HOUR, source="rule", rule=f"douyin.ship.{step}", version="2026-11",
        text=f"{step} it", rung=f"row-{step}", to=to, mark=f"row-{step}@{int(NOON.timestamp())}",
    )  # fmt: skip


def climbing(*rungs: Deadline, order: OrderState | None = None) -> OrderState:
    """An order under these deadlines, and no others."""
    order = order or allocated()
    order.deadlines = rungs
    return order


def test_an_escalation_that_nobody_acknowledges_goes_to_the_manager() -> None:
    """Once, and only after the time that the table gives the supervisor."""
    order = climbing(a_rung(Step.ESCALATE, 24, "supervisor"), a_rung(Step.ESCALATE_FURTHER, 26, "manager"))

    first = strikes.strike(order, NOON + 24 * HOUR)
    early = strikes.strike(order, NOON + 26 * HOUR - timedelta(seconds=1))
    second = strikes.strike(order, NOON + 26 * HOUR)

    assert first is not None
    assert first.to == "supervisor"
    assert early is None
    assert second is not None
    assert (second.to, second.severity) == ("manager", "red")
    assert strikes.strike(order, NOON + 99 * HOUR) is None


def test_an_escalation_that_a_named_person_acknowledges_goes_no_further() -> None:
    """Who it was, and when, stays with the order."""
    order = climbing(a_rung(Step.ESCALATE, 24), a_rung(Step.ESCALATE_FURTHER, 26))
    strikes.strike(order, NOON + 24 * HOUR)

    said = commands.carry_out(order, Acknowledge(**WHO), NOON + 25 * HOUR)
    later = strikes.strike(order, NOON + 26 * HOUR)

    assert said == "acknowledged: escalate"
    assert later is None
    assert [(a.step, a.acknowledged_by, a.acknowledged_at) for a in order.alarms] == [
        (Step.ESCALATE, "li", NOON + 25 * HOUR)
    ]
    assert (order.timeline[-1].what, order.timeline[-1].actor) == ("alarm.acknowledged", "li")


def test_whoever_is_called_late_has_as_long_to_answer_as_anybody() -> None:
    """After a night without a worker both calls are due; the manager hears of it two hours later all the same."""
    order = climbing(a_rung(Step.ESCALATE, 24), a_rung(Step.ESCALATE_FURTHER, 26))
    morning = NOON + 40 * HOUR

    first = strikes.strike(order, morning)
    early = strikes.strike(order, morning + 2 * HOUR - timedelta(seconds=1))
    second = strikes.strike(order, morning + 2 * HOUR)

    assert first is not None
    assert first.to == "supervisor"
    assert early is None
    assert second is not None
    assert second.to == "manager"


def test_a_step_stays_once_although_a_new_table_moves_it() -> None:
    """Its mark names the promise it belongs to, not the moment."""
    order = climbing(a_rung(Step.ESCALATE, 24))
    strikes.strike(order, NOON + 24 * HOUR)

    order.deadlines = (a_rung(Step.ESCALATE, 30),)
    again = strikes.strike(order, NOON + 30 * HOUR)

    assert again is None
    assert len(order.alarms) == 1


@pytest.mark.parametrize(("seconds", "locked"), [(-1, False), (0, True), (1, True)])
def test_the_lock_falls_at_its_moment_and_not_before(seconds: int, locked: bool) -> None:
    """Red, for the supervisor, and the rule stands beside it."""
    order = climbing(a_rung(Step.LOCK, 12))
    at = NOON + 12 * HOUR + timedelta(seconds=seconds)

    notice = strikes.strike(order, at)

    assert (order.held(HoldReason.NO_WAYBILL_LOCK) is not None) is locked
    assert (notice is not None) is locked
    if notice is not None:
        assert (notice.to, notice.severity) == ("supervisor", "red")
        placed = [change for change in order.timeline if change.what == "hold.placed"]
        assert [(change.rule, change.rule_version, change.before) for change in placed] == [
            ("row-lock", "2026-11", "allocated")
        ]


def test_an_order_with_a_waybill_is_not_locked() -> None:
    """Neither one whose warehouse has told its number, nor one that has left."""
    drawn, left = (
        climbing(a_rung(Step.LOCK, 12), order=released()),
        climbing(a_rung(Step.LOCK, 12), order=released()),
    )
    warehouse_says(drawn, WarehouseSays.PACKED, waybill="SF1", carrier="sf")
    warehouse_says(left, WarehouseSays.SHIPPED, a_box("SF1", 2))

    notices = [strikes.strike(order, NOON + 12 * HOUR) for order in (drawn, left)]

    assert notices == [None, None]
    assert drawn.holds == left.holds == ()


def locked() -> OrderState:
    """A locked order that waits for an approval too."""
    order = climbing(a_rung(Step.LOCK, 12))
    strikes.strike(order, NOON + 12 * HOUR)
    return order


@pytest.mark.parametrize(
    "command",
    [
        PlaceHold(**WHO),
        ReleaseHold(**WHO, reason="manual"),
        ApproveReview(**WHO),
        CancelOrder(**WHO),
        ChangeAddress(**WHO, receiver_digest="r2"),
    ],
)
def test_a_locked_order_takes_no_step_that_a_person_asks_for(command: Command) -> None:
    """Only lifting the lock frees it (R27); notes and acknowledgements are words, not steps."""
    order = locked()

    refused = commands.refusal(order, command, NOON)

    assert "lift" in refused
    assert str(order.key) in refused
    assert all(
        commands.refusal(order, each, NOON) == ""
        for each in (LiftLock(**WHO), AddNote(**WHO), Acknowledge(**WHO))
    )


def test_a_lock_is_lifted_by_a_named_person_for_good() -> None:
    """The alarm is answered with it, and the same red line does not lock it again."""
    order = locked()
    assert {Gate.BEFORE_RESERVING, Gate.BEFORE_RELEASE} == {gate for gate in Gate if order.stopped_at(gate)}

    commands.carry_out(order, LiftLock(**WHO), NOON + 13 * HOUR)
    order.deadlines = (a_rung(Step.LOCK, 14),)
    notice = strikes.strike(order, NOON + 15 * HOUR)

    assert order.lock_lifted
    assert order.holds == ()
    assert notice is None
    assert [alarm.acknowledged_by for alarm in order.alarms] == ["li"]


def test_what_nobody_was_called_for_cannot_be_acknowledged() -> None:
    """The refusal names the alarms that are open."""
    order = climbing(a_rung(Step.ESCALATE, 24))
    strikes.strike(order, NOON + 24 * HOUR)

    wrong = commands.refusal(order, Acknowledge(**WHO, step="lock"), NOON)
    none = commands.refusal(allocated(), Acknowledge(**WHO), NOON)

    assert "open ones: escalate" in wrong
    assert "open ones: none" in none

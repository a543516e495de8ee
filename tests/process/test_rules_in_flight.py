"""A table that changes while orders are under way: none loses its place, none is judged by a mixture of two versions."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from oms.domain.messages import ApproveReview, RulesChanged
from oms.domain.order import Snapshot
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from oms.temporal.mailbox import TemporalMailbox
from tests.process.conftest import World
from tests.process.orders import Told, a_snapshot, stock, unpaid
from tests.process.tables import shipping

WHO = {"by": "li", "why": "phoned"}
AT_ONCE = 25


def orders_of_five_kinds(world: World, many: int) -> list[Told]:
    """Return orders of five kinds: straight ahead, under review, out of stock soon, unpaid, dear."""
    kinds: list[Callable[[], Snapshot]] = [
        a_snapshot,
        lambda: a_snapshot(total_fen=500_000),
        unpaid,
        lambda: a_snapshot(total_fen=60_000),
        lambda: a_snapshot(platform_risk=True),
    ]
    return [world.order(kinds[number % len(kinds)]()) for number in range(many)]


async def all_of(orders: Sequence[Told], do: str, *given: object) -> list[object]:
    """Do the same with every order, some at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(order: Told) -> object:
        async with room:
            return await getattr(order, do)(*given)

    return await asyncio.gather(*(one(order) for order in orders))


@pytest.mark.parametrize(
    "many", [50, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(600)])], ids=str
)
async def test_a_table_changes_while_orders_are_under_way(world: World, many: int) -> None:
    """Each lives by one version at a time, from its assessment on, and each is still where it was."""
    stock(world.store, hangzhou=many)
    old, new = world.table, shipping("2026-12-01.1", within="24h")
    orders = orders_of_five_kinds(world, many)
    await all_of(orders[: many // 2], "arrives")

    world.newer.append(new)
    mailbox = TemporalMailbox(world.client, queue=world.queue)
    change = RulesChanged(event_id="rules:2026-12-01.1", version=new.version)
    arriving = asyncio.create_task(all_of(orders[many // 2 :], "arrives"))
    told = [await mailbox.rules_changed(order.key, change) for order in orders[: many // 2]]
    await arriving
    states = [await settled(order, new.version) for order in orders]

    assert all(told)
    for state in states:
        one_version_at_a_time(state, old.version, new.version)
    paid = [state for state in states if state.assessment]
    assert {state.assessment.policy.version for state in paid if state.assessment} == {new.version}
    places = [
        (state.snapshot.total_fen, state.stage, sorted(hold.reason for hold in state.holds))
        for state in states
    ]
    assert {where[1:] == expected(states[number]) for number, where in enumerate(places)} == {True}


async def settled(order: Told, version: str) -> OrderState:
    """Wait until an order lives by a version, unless it is not paid, and rests where it waits."""

    def rests(state: OrderState) -> bool:
        known = state.assessment is None or state.assessment.policy.version == version
        return known and (state.stage, sorted(h.reason for h in state.holds)) == expected(state)

    return await order.until(rests, tries=2000)


def expected(state: OrderState) -> tuple[Stage, list[str]]:
    """Where an order of this kind waits."""
    if state.payment == "unpaid":
        return Stage.AWAITING_PAYMENT, []
    if state.snapshot.platform_risk:
        return Stage.ACCEPTED, ["platform_risk"]
    if state.snapshot.total_fen >= 100_000:
        return Stage.ALLOCATED, ["high_value"]
    return Stage.RELEASED, []


def one_version_at_a_time(state: OrderState, old: str, new: str) -> None:
    """What the rules did to an order names the old version first, if at all, and never again after the new one."""
    versions = [change.rule_version for change in state.timeline if change.rule_version]
    assert versions == sorted(versions, key=[old, new].index)
    if state.assessment is not None:
        assert {deadline.version for deadline in state.assessment.deadlines} == {new}
        ends = [d.due for d in state.deadlines if d.step == "late" and state.paid_at]
        assert all(state.paid_at and due <= state.paid_at + timedelta(hours=24, seconds=1) for due in ends)


async def test_a_review_that_was_given_is_not_asked_for_again_by_a_new_table(world: World) -> None:
    """And one that the new table does not ask for is let go."""
    given, waiting = world.order(a_snapshot(total_fen=500_000)), world.order(a_snapshot(total_fen=500_000))
    for order in (given, waiting):
        await order.arrives()
        await order.until(lambda state: state.held("high_value"))
    await given.asks("approve", ApproveReview(**WHO))
    await given.becomes(Stage.RELEASED)

    world.newer.append(shipping("2026-12-01.1", within="36h"))
    mailbox = TemporalMailbox(world.client, queue=world.queue)
    change = RulesChanged(event_id="rules:2026-12-01.1", version="2026-12-01.1")
    for order in (given, waiting):
        assert await mailbox.rules_changed(order.key, change)
    states = [
        await order.until(lambda s: s.assessment and s.assessment.policy.version == "2026-12-01.1")
        for order in (given, waiting)
    ]

    assert [state.stage for state in states] == [Stage.RELEASED, Stage.ALLOCATED]
    assert [len(state.holds) for state in states] == [0, 1]
    assert await mailbox.rules_changed(given.key, change)
    assert (await given.state()).assess_again is False

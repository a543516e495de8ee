"""After-sales: by when a buyer is answered, what needs nobody, how long is waited; seen from both sides."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.domain.aftersales.messages import ApproveCase, RefuseCase
from oms.domain.aftersales.state import CaseState
from oms.domain.ids import ShopKey
from oms.ports import CancelRefused
from tests.process import boundaries
from tests.process.after_sales import Case, Marketplace
from tests.process.boundaries import (
    ELSEWHERE,
    SECOND,
    Lives,
    Struck,
    a_second_before,
    at_the_warehouse,
    bounds,
    each_value,
    figure,
    how_long,
    how_much,
    in_time,
    order_on,
    shop_on,
    still_before,
    when,
)
from tests.process.conftest import World
from tests.process.orders import Told
from tests.process.tables import a_version

BY = {"by": "lin", "why": "looked at"}


def marketplace_on(world: World, platform: str) -> ShopKey:
    """Let the world's shop on a platform decide after-sales there."""
    shop = shop_on(world, platform)
    world.channels[shop] = Marketplace()
    return shop


async def on_its_way(world: World, platform: str) -> Told:
    """Return an order whose parcel has left."""
    marketplace_on(world, platform)
    order = await at_the_warehouse(world, platform)
    await order.ships()
    await order.becomes("shipped")
    return order


async def asked(world: World, order: Told, kind: str, **changes: Any) -> Case:
    """Let the buyer wish for something; return it when it has been looked up."""
    case = await Case(world, order.key, kind, **changes).opens()
    await case.until(lambda state: state.grounds and state.deadlines, tries=400)
    return case


@bounds("after_sale.answer_within", "after_sale.remind_before")
@each_value("after_sale.answer_within", "after_sale.remind_before")
async def test_a_buyer_who_waits_is_reminded_of_in_the_second(world: World, platform: str) -> None:
    """Service at so long before the end, the supervisor at half of it, late one second after the end."""
    order = await on_its_way(world, platform)
    before = how_long(platform, "after_sale.remind_before")

    async def a_wish() -> tuple[Lives, list[Struck]]:
        case = await asked(world, order, "return")
        end = case.word.modified_at + how_long(platform, "after_sale.answer_within")
        ladder = [("remind", end - before), ("escalate", end - before / 2), ("late", end + SECOND)]
        return case, [Struck(step, due) for step, due in ladder]

    state = await boundaries.expect_each_in_its_second(a_wish)

    assert boundaries.struck(state) == ["clock.remind", "clock.escalate", "clock.late"]
    assert (state.status, state.sla) == ("requested", "late")


@bounds("after_sale.answer_within")
@each_value("after_sale.answer_within")
async def test_of_two_moments_for_an_answer_the_earlier_one_counts(world: World, platform: str) -> None:
    """The platform's own is a second before ours, the same, and a second after it."""
    order = await on_its_way(world, platform)
    now = datetime.now(UTC).replace(microsecond=0)
    ours = now + how_long(platform, "after_sale.answer_within")
    theirs = [ours + step * SECOND for step in (-1, 0, 1)]

    cases = await asyncio.gather(
        *(asked(world, order, "return", modified_at=now, answer_by=moment) for moment in theirs)
    )
    states = [await case.state() for case in cases]

    late = [next(d for d in state.deadlines if d.step == "late") for state in states]
    assert [(deadline.due - SECOND, deadline.source) for deadline in late] == [
        (theirs[0], "platform"), (ours, "platform"), (ours, "rule"),
    ]  # fmt: skip


@bounds("after_sale.chase_after")
@each_value("after_sale.chase_after")
async def test_who_takes_too_long_is_chased_in_the_second(world: World, platform: str) -> None:
    """The platform has our yes and does not pay: service is told, so long after it."""
    order = await on_its_way(world, platform)

    async def an_agreed_wish() -> tuple[Lives, list[Struck]]:
        case = await asked(world, order, "refund_only", refund_fen=100)
        await case.asks("approve", ApproveCase(**BY))
        agreed = await case.becomes("approved")
        due = moved(agreed) + how_long(platform, "after_sale.chase_after")
        return case, [Struck("chase", due)]

    state = await boundaries.expect_each_in_its_second(an_agreed_wish)

    assert state.status == "approved"


def moved(state: CaseState) -> datetime:
    """When it came to where it is."""
    return [line.at for line in state.timeline if line.what == "after_sale.moved"][-1]


async def a_refused_wish(world: World, order: Told, platform: str) -> tuple[Case, datetime]:
    """Return one that was refused just now, and until when its buyer may ask again."""
    case = await asked(world, order, "refund_only")
    await case.asks("refuse", RefuseCase(**BY))
    state = await case.becomes("rejected")
    return case, moved(state) + how_long(platform, "after_sale.reopens_within")


@bounds("after_sale.reopens_within")
@each_value("after_sale.reopens_within")
async def test_a_refused_case_closes_in_the_second(world: World, platform: str) -> None:
    """Not yet a second before it; at it, for good."""
    order = await on_its_way(world, platform)

    async def a_wish() -> tuple[Lives, list[Struck]]:
        case, end = await a_refused_wish(world, order, platform)
        return case, [Struck("let_go", end)]

    state = await boundaries.expect_each_in_its_second(a_wish)

    assert state.status == "closed"


@bounds("after_sale.reopens_within")
@each_value("after_sale.reopens_within")
async def test_a_refused_buyer_may_ask_again_up_to_the_last_second(world: World, platform: str) -> None:
    """Within the last second his wish is open again, and the closing is off."""
    order = await on_its_way(world, platform)

    async def a_wish() -> tuple[Case, datetime]:
        case, end = await a_refused_wish(world, order, platform)
        await a_second_before(case, end)
        await case.says("requested", refund_fen=5000)
        await case.until(lambda state: state.status != "rejected")
        await still_before(case, end)
        return case, end

    case, end = await in_time(a_wish)
    await boundaries.forward(case, end + SECOND)
    state = await case.state()

    assert (state.status, when(state, "clock.let_go")) == ("requested", None)


@bounds("after_sale.auto_agree_below")
@each_value("after_sale.auto_agree_below")
@pytest.mark.parametrize("sum_of_the_row", ["as the row says", "50.00"])
async def test_a_small_sum_needs_nobody_below_the_line(
    world: World, platform: str, sum_of_the_row: str
) -> None:
    """A fen less is agreed by rule; the very sum, and a fen more, wait for a person."""
    if sum_of_the_row == "as the row says":
        line = how_much(platform, "after_sale.auto_agree_below")
    else:
        line = 5000
        world.newer.append(
            a_version("small-1", lambda content: _after_sale(content, auto_agree_below="50.00"))
        )
    order = await on_its_way(world, platform)
    sums = [fen for fen in (line - 1, line, line + 1) if fen > 0]

    cases = [await asked(world, order, "refund_only", refund_fen=fen) for fen in sums]
    decided = [(await case.state()).decision for case in cases]

    agreed = [each is not None and each.by == "rule" for each in decided]
    assert agreed == [fen < line for fen in sums]
    assert [each for each in decided if each is not None and each.by != "rule"] == []


@bounds("after_sale.auto_agree_before_shipping")
@each_value("after_sale.auto_agree_before_shipping")
@pytest.mark.parametrize("agrees", [True, False])
async def test_money_goes_back_unasked_as_long_as_no_warehouse_has_it(
    world: World, platform: str, *, agrees: bool
) -> None:
    """In review yes, at the warehouse and on its way no; where the row says so."""
    if agrees is not figure(platform, "after_sale.auto_agree_before_shipping"):
        change = {"auto_agree_before_shipping": agrees}
        world.newer.append(a_version("unasked-1", lambda content: _after_sale(content, **change)))
    world.warehouse.on_cancel = lambda code: CancelRefused(reason="packed already")
    marketplace_on(world, platform)
    here = order_on(world, platform, total_fen=500_000)
    await here.arrives()
    await here.until(lambda state: state.held("high_value"))
    orders = [here, await at_the_warehouse(world, platform), await on_its_way(world, platform)]

    cases = [await Case(world, order.key, "refund_only", refund_fen=100).opens() for order in orders]
    states = [await case.until(lambda state: state.grounds, tries=400) for case in cases]

    by_rule = [state.decision is not None and state.decision.by == "rule" for state in states]
    assert by_rule == [agrees, False, False]


def _after_sale(content: Any, **figures: Any) -> None:
    content["defaults"]["after_sale"].update(figures)


def test_platforms_without_a_row_are_among_those_that_are_tried() -> None:
    """The defaults are a platform's figures too."""
    assert figure(ELSEWHERE, "after_sale.chase_after") == "7d"
    assert how_long(ELSEWHERE, "after_sale.chase_after") == timedelta(days=7)

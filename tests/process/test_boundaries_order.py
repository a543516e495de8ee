"""Money, reviews, tags and the end of an order: every figure seen from both sides."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from oms.domain.parcels import ParcelState
from oms.domain.stages import Outcome, Stage
from oms.domain.state import OrderState
from oms.ports import GatewayPayment
from oms.rules.assessment import ShopWays
from tests.process import boundaries
from tests.process.boundaries import (
    SECOND,
    Lives,
    Struck,
    at_the_warehouse,
    bounds,
    each_value,
    figure,
    how_long,
    how_much,
    order_on,
    shop_on,
    when,
)
from tests.process.conftest import World
from tests.process.fakes import FakeGateway
from tests.process.tables import a_version


@bounds("payment.confirm_within")
@each_value("payment.confirm_within")
async def test_the_silent_side_is_asked_when_its_time_is_over(world: World, platform: str) -> None:
    """So long after the first side has told; not a second before."""
    paid = GatewayPayment(number="1", transaction="4200", amount_fen=18800, paid_at=datetime.now(UTC))
    gateway, shop = FakeGateway(paid), shop_on(world, platform)
    world.ways[shop] = ShopWays(gateways=("wechatpay",))
    world.gateways[shop] = {"wechatpay": gateway}
    orders = []

    async def an_order() -> tuple[Lives, list[Struck]]:
        order = await at_the_warehouse(world, platform)
        orders.append(order)
        told = when(await order.state(), "order.assessed")
        assert told is not None
        assert order.key.number not in gateway.asked
        return order, [Struck("confirm_payment", told + how_long(platform, "payment.confirm_within"))]

    state = await boundaries.expect_each_in_its_second(an_order)
    numbers = {order.key.number for order in orders}
    await orders[-1].until(lambda _: numbers <= {*gateway.asked})

    assert state.payment == "paid"
    assert sorted(gateway.asked) == sorted(numbers)


@bounds("complete.after")
@each_value("complete.after")
async def test_an_order_completes_a_second_after_its_time_and_not_at_it(world: World, platform: str) -> None:
    """R19: more than 72 h since shipping; at 72 h it is delivered, and no more."""

    async def an_order() -> tuple[Lives, list[Struck]]:
        order = await at_the_warehouse(world, platform)
        shipped_at = datetime.now(UTC).replace(microsecond=0)
        await order.ships(at=shipped_at)
        await order.parcel(ParcelState.DELIVERED)
        await order.becomes(Stage.DELIVERED)
        return order, [Struck("complete", shipped_at + how_long(platform, "complete.after") + SECOND)]

    state = await boundaries.expect_each_in_its_second(an_order)

    assert state.shipped_at is not None
    assert state.ended_at is not None
    assert state.outcome is Outcome.COMPLETED
    assert state.ended_at >= state.shipped_at + how_long(platform, "complete.after") + SECOND


async def judged(world: World, platform: str, **changes: Any) -> OrderState:
    """Bring an order to where somebody has to look at it, or to the warehouse."""
    order = order_on(world, platform, **changes)
    await order.arrives()
    return await order.until(
        lambda state: state.assessment and (state.holds or state.stage == Stage.RELEASED), tries=400
    )


@bounds("review.high_value")
@each_value("review.high_value")
async def test_an_order_is_looked_at_from_the_high_value_on(world: World, platform: str) -> None:
    """A fen less goes on; the very sum waits, and a fen more does too."""
    line = how_much(platform, "review.high_value")

    states = await asyncio.gather(*(judged(world, platform, total_fen=line + fen) for fen in (-1, 0, 1)))

    waits = [("high_value",), ("high_value",)]
    assert [tuple(hold.reason for hold in state.holds) for state in states] == [(), *waits]
    assert [state.stage for state in states] == [Stage.RELEASED, Stage.ALLOCATED, Stage.ALLOCATED]


@bounds("tag.key_order_over", "tag.key_order")
@each_value("tag.key_order_over", "tag.key_order")
async def test_an_order_is_a_key_order_above_the_sum(world: World, platform: str) -> None:
    """R8: a fen less and the very sum are not; a fen more carries the row's own words."""
    line = how_much(platform, "tag.key_order_over")

    states = await asyncio.gather(*(judged(world, platform, total_fen=line + fen) for fen in (-1, 0, 1)))

    assert [state.tags for state in states] == [(), (), (figure(platform, "tag.key_order"),)]
    assert {state.stage for state in states} == {Stage.RELEASED}


@bounds("review.first_buyer")
@each_value("review.first_buyer")
async def test_the_first_purchase_is_looked_at_where_the_row_says_so(world: World, platform: str) -> None:
    """One earlier purchase is enough; a guest without an id has none."""
    states = [await judged(world, platform, buyer=buyer) for buyer in ("b1", "b2", "")]

    first = ["first_buyer"] * figure(platform, "review.first_buyer")
    assert [[hold.reason for hold in state.holds] for state in states] == [[], first, first]


@bounds("review.remark")
@each_value("review.remark")
@pytest.mark.parametrize("asked", ["as the row says", "always"])
async def test_a_remark_is_read_where_the_row_says_so(world: World, platform: str, asked: str) -> None:
    """No row says so today; with one that does, an order with a remark waits, and one without does not."""
    if asked == "always":
        world.newer.append(a_version("remark-1", _remarks_are_read))
    reads = asked == "always" or figure(platform, "review.remark")

    states = [await judged(world, platform, has_remark=remark) for remark in (False, True)]

    assert [[hold.reason for hold in state.holds] for state in states] == [[], ["remark"] * reads]


def _remarks_are_read(content: Any) -> None:
    content["defaults"]["review"]["remark"] = True


@bounds("complete.after")
async def test_a_parcel_on_its_way_is_told_of_in_the_same_second(world: World) -> None:
    """What has not arrived by then does not complete: service hears of it."""

    async def an_order() -> tuple[Lives, list[Struck]]:
        order = await at_the_warehouse(world, "pdd")
        shipped_at = datetime.now(UTC).replace(microsecond=0)
        await order.ships(at=shipped_at)
        await order.parcel(ParcelState.IN_TRANSIT)
        await order.becomes(Stage.IN_TRANSIT)
        return order, [Struck("complete", shipped_at + how_long("pdd", "complete.after") + SECOND, "overdue")]

    state = await boundaries.expect_each_in_its_second(an_order)

    assert state.stage is Stage.IN_TRANSIT

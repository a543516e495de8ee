"""The own shop gives money back once for each wish of ours, and says no in words."""

from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels.woocommerce import WooCommerce, WooCommerceConfig
from oms.domain.errors import Unavailable
from oms.http import Http
from oms.ports import Refunded, RefundRefused, RefundsOrders
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.fake_http import Asked, Says, fake_http
from tests.unit.fake_shop import BASE, one_order
from tests.unit.woocommerce_orders import SHOP

PATH = f"{BASE}/orders/727"


def refunds_of(place: PlatformWorld) -> RefundsOrders:
    assert isinstance(place.channel, RefundsOrders)
    return place.channel


async def give(place: PlatformWorld, number: str, fen: int, key: str = "R1") -> Refunded | RefundRefused:
    return await refunds_of(place).refund(number, fen, key=key, why="尺码不合适")


async def test_money_is_given_back_once_for_one_key() -> None:
    """Asked again, the shop is looked at and not asked."""
    async with a_platform("woocommerce") as place:
        order = place.order()

        first, again = await give(place, order.number, 100), await give(place, order.number, 100)
        other = await give(place, order.number, 100, "R2")

        (kept, last) = reversed(place.world.refunds.of(order))
        assert isinstance(first, Refunded)
        assert first == again
        assert isinstance(other, Refunded)
        assert (kept["amount"], kept["meta_data"][0]["value"], last["amount"]) == ("1.00", "R1", "1.00")
        assert kept["refunded_payment"] is True


async def test_an_answer_that_was_lost_does_not_give_the_money_twice() -> None:
    """The first attempt worked, though we never heard."""
    async with a_platform("woocommerce") as place:
        order = place.order()
        place.arm("lost_answer", match="refunds", count=1)
        for _ in range(3):
            try:
                answer = await give(place, order.number, 100)
                break
            except Unavailable:
                continue

        assert isinstance(answer, Refunded)
        assert len(place.world.refunds.of(order)) == 1


async def test_more_than_was_paid_is_refused_with_both_figures() -> None:
    """Before the shop is asked; also when others have given money back meanwhile."""
    async with a_platform("woocommerce") as place:
        order = place.order()
        total = place.total_fen(order.number)
        await give(place, order.number, total - 100)

        answer = await give(place, order.number, 101, "R2")

        assert isinstance(answer, RefundRefused)
        assert "1.01" in answer.reason
        assert "1.00" in answer.reason
        assert len(place.world.refunds.of(order)) == 1


async def test_a_whole_refund_ends_the_order_there() -> None:
    """In two parts."""
    async with a_platform("woocommerce") as place:
        order = place.order()
        total = place.total_fen(order.number)

        answers = [await give(place, order.number, 1), await give(place, order.number, total - 1, "R2")]

        assert all(isinstance(answer, Refunded) for answer in answers)
        assert order.status == "refunded"


async def test_a_gateway_that_cannot_is_a_no_and_not_tried_for_ever() -> None:
    """WooCommerce says so with HTTP 500."""
    async with a_platform("woocommerce") as place:
        order = place.order()
        place.world.refunds.gateway_works = False

        answer = await give(place, order.number, 100)

        assert isinstance(answer, RefundRefused)
        assert "cannot_create_order_refund" in answer.reason


async def test_an_order_nobody_knows_is_refused() -> None:
    """A person must look."""
    async with a_platform("woocommerce") as place:
        answer = await give(place, "999999", 100)

        assert answer == RefundRefused(reason="the shop knows no such order")


@pytest.mark.parametrize(
    ("row", "same"),
    [
        ({"id": 1, "amount": "1.00", "reason": "x [R1]", "meta_data": []}, True),
        ({"id": 1, "amount": "-1.00", "reason": "", "meta_data": [{"key": "_orderloom_refund", "value": "R1"}]}, True),
        ({"id": 1, "amount": "2.00", "reason": "x [R1]"}, False),
    ],
)  # fmt: skip
async def test_our_key_is_found_in_the_notes_or_behind_the_reason(row: dict[str, Any], same: bool) -> None:
    """Shops lose notes; another amount under our key is a person's matter."""

    def respond(asked: Asked) -> Says:
        return Says([row]) if asked.path.endswith("refunds") else Says(one_order(total="88.00"))

    async with fake_http(respond) as server, Http() as http:
        answer = await a_shop(server.url, http).refund("727", 100, key="R1", why="x")

    assert isinstance(answer, Refunded) is same
    assert {asked.method for asked in server.asked} == {"GET"}


async def test_an_amount_that_is_none_is_no_reason_to_give_money() -> None:
    """It may be readable next time."""

    def respond(asked: Asked) -> Says:
        return (
            Says([{"id": 1, "amount": "viel"}])
            if asked.path.endswith("refunds")
            else Says(one_order(total="8"))
        )

    async with fake_http(respond) as server, Http() as http:
        with pytest.raises(Unavailable):
            await a_shop(server.url, http).refund("727", 100, key="R1", why="x")


def a_shop(url: str, http: Http) -> WooCommerce:
    config = WooCommerceConfig(
        shop=SHOP, base_url=url, consumer_key=SecretStr("ck"), consumer_secret=SecretStr("cs"),
        webhook_secret=SecretStr("wh"),
    )  # fmt: skip
    return WooCommerce(config, http)

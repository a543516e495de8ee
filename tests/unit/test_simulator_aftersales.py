"""Buyers ask, send back, and are decided for; the dock looks at what came; the oracle sees what should never be."""

from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from simulator.market.order import MarketCase, MarketOrder
from simulator.plans import CasePlan
from tests.unit.simulator_world import Laboratory, a_laboratory, create_xml, method_of

SECRETS = dict.fromkeys(("app_key", "app_secret", "access_token", "refresh_token"), "s")
DOUYIN = {"platform": "douyin", "secrets": SECRETS}
SENDER = (
    "<senderInfo><name>x</name><mobile>0</mobile><province>x</province><city>x</city>"
    "<detailAddress>x</detailAddress></senderInfo>"
)
LINES = [{"sku": "SKU-8801", "quantity": 2}, {"sku": "SKU-8802", "quantity": 1}]


def a_bottle(**more: Any) -> Any:
    """A laboratory in which Douyin sells."""
    return a_laboratory(platforms=[DOUYIN], own_shop_sells=False, **more)


async def an_order(lab: Laboratory) -> MarketOrder:
    (number,) = (await lab.control("orders", {"lines": LINES}))["numbers"]
    found = lab.world.platforms["douyin"].market.find(number)
    assert found is not None
    return found


def settle(lab: Laboratory, case: MarketCase, status: Any) -> None:
    lab.world.platforms["douyin"].market.settle(case, status)


async def asked(lab: Laboratory, kind: str, **more: Any) -> tuple[MarketOrder, MarketCase]:
    """An order whose buyer has just asked for something about its first line."""
    order = await an_order(lab)
    answer = await lab.control(f"orders/{order.number}/after-sale", {"kind": kind, **more})
    case = lab.world.platforms["douyin"].market.case(answer["case"])
    assert case is not None
    return order, case


async def shipped(lab: Laboratory, order: MarketOrder) -> None:
    """Let two of the first line leave from Hangzhou."""
    await lab.qimen("deliveryorder.create", create_xml(order.number, "D1", pieces=2))
    lab.world.warehouse.ship(lab.world.warehouse.orders["D1"])


def return_xml(
    order: MarketOrder, waybill: str, *, code: str = "RT1", pieces: int = 2, of: str = "D1"
) -> str:
    return (
        f"<request><returnOrder><returnOrderCode>{code}</returnOrderCode><warehouseCode>HZ01</warehouseCode>"
        f"<orderType>THRK</orderType><preDeliveryOrderCode>{of}</preDeliveryOrderCode>"
        f"<logisticsCode>YTO</logisticsCode><expressCode>{waybill}</expressCode>{SENDER}</returnOrder><orderLines><orderLine>"
        f"<orderLineNo>1</orderLineNo><sourceOrderCode>{order.number}</sourceOrderCode><ownerCode>O1</ownerCode>"
        f"<itemCode>SKU-8801</itemCode><planQty>{pieces}</planQty></orderLine></orderLines></request>"
    )


async def totals(lab: Laboratory) -> Any:
    return (await lab.oracle())["totals"]["after_sales"]


async def test_a_wish_names_a_line_pieces_and_their_price() -> None:
    """One of two pieces costs what one piece costs."""
    async with a_bottle() as lab:
        order, case = await asked(lab, "refund_only", pieces=1)

    assert (case.line, case.pieces, case.amount_fen) == (order.lines[0].id, 1, order.lines[0].draft.price_fen)
    assert case.answer_by is not None


async def test_money_for_a_line_before_shipping_leaves_the_rest_to_be_sent() -> None:
    """The platform is content when the other line has left."""
    async with a_bottle() as lab:
        order, case = await asked(lab, "refund_only")
        settle(lab, case, "refunded")
        lab.world.platforms["douyin"].market.ship(order, "SF1", "shunfeng", None)
        verdict = (await lab.oracle())["orders"][order.number]

    assert (order.lines[0].left, order.lines[0].shipped, order.status) == (0, 0, "shipped")
    assert verdict["ordered_pieces"] == {"SKU-8802": 1}


async def test_goods_come_back_once_we_agree_and_the_dock_reports_them_once() -> None:
    """Waybill and carrier on the platform, scans on the way, then good and damaged pieces with a code to dedupe by."""
    async with a_bottle() as lab:
        order, case = await asked(lab, "return")
        await shipped(lab, order)
        settle(lab, case, "agreed")
        lab.advance(hours=5)
        await lab.qimen("returnorder.create", return_xml(order, case.waybill))
        await lab.qimen("returnorder.create", return_xml(order, case.waybill))
        await lab.mail()
        lab.advance(hours=24)
        mail = [request for request in await lab.mail() if method_of(request) == "returnorder.confirm"]
        parcel = lab.world.journeys.parcels[case.waybill]

    (confirm,) = [fromstring(request.content) for request in mail]
    counted = {
        line.findtext("inventoryType"): int(line.findtext("actualQty", "0"))
        for line in confirm.iter("orderLine")
    }
    assert (case.status, case.company, parcel.signed_at is not None) == ("returning", "YTO", True)
    assert confirm.findtext("returnOrder/returnOrderCode") == "RT1"
    assert confirm.findtext("returnOrder/outBizCode") == "WMSR-00000001-R1"
    assert sum(counted.values()) == 2
    assert set(counted) <= {"ZP", "CC"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"pieces": 3}, "S012"), ({"of": "D9"}, "S011")],
)
async def test_the_dock_refuses_what_never_left(changes: dict[str, Any], code: str) -> None:
    """More than was sent, or of a delivery nobody knows."""
    async with a_bottle() as lab:
        order = await an_order(lab)
        await shipped(lab, order)

        answer = await lab.qimen("returnorder.create", return_xml(order, "YT1", **changes))

    assert (answer.findtext("flag"), answer.findtext("code")) == ("failure", code)


async def test_a_dock_that_is_told_to_refuses_every_return() -> None:
    """By the control API."""
    async with a_bottle() as lab:
        order = await an_order(lab)
        await shipped(lab, order)
        await lab.control("wms", {"refuse_returns": True})

        answer = await lab.qimen("returnorder.create", return_xml(order, "YT1"))

    assert answer.findtext("code") == "S010"


async def test_a_parcel_that_came_before_it_was_announced_is_looked_at_afterwards() -> None:
    """It waits at the dock."""
    async with a_bottle() as lab:
        order, case = await asked(lab, "return")
        await shipped(lab, order)
        settle(lab, case, "agreed")
        lab.advance(hours=30)
        before = lab.world.returns.confirmed(case.waybill)
        await lab.qimen("returnorder.create", return_xml(order, case.waybill))
        lab.advance(hours=5)

        assert before is None
        assert lab.world.returns.confirmed(case.waybill) is not None


async def test_the_platform_decides_when_nobody_answers() -> None:
    """After two days; the oracle blames us."""
    async with a_bottle() as lab:
        order, case = await asked(lab, "refund_only")
        lab.advance(hours=47)
        early = case.status
        lab.advance(hours=2)

        assert (early, case.status, order.refunded_fen) == ("requested", "refunded", case.amount_fen)
        assert (await totals(lab))["wrong"] == {case.id: ["left to the platform to decide"]}


async def test_money_before_the_goods_is_seen() -> None:
    """As is a case that nobody ends."""
    async with a_bottle() as lab:
        _, case = await asked(lab, "return")
        _, other = await asked(lab, "return")
        settle(lab, case, "refunded")

        found = await totals(lab)

    assert found["wrong"] == {case.id: ["refunded without the goods"]}
    assert (found["cases"], found["settled"], found["unsettled"]) == (2, 1, [other.id])


async def test_a_return_that_was_inspected_before_the_money_went_is_right() -> None:
    """Nothing to complain of."""
    async with a_bottle() as lab:
        order, case = await asked(lab, "return")
        await shipped(lab, order)
        settle(lab, case, "agreed")
        lab.advance(hours=5)
        await lab.qimen("returnorder.create", return_xml(order, case.waybill))
        lab.advance(hours=24)
        settle(lab, case, "refunded")

        found = await totals(lab)

    assert (found["settled"], found["refunded"], found["refunds_wrong"]) == (1, 1, 0)


async def test_a_buyer_who_never_sends_anything_back_leaves_the_case_open() -> None:
    """Somebody must end it."""
    async with a_bottle() as lab:
        _, case = await asked(lab, "return", sends_back=False)
        settle(lab, case, "agreed")
        lab.advance(hours=500)

        assert (case.status, case.waybill) == ("agreed", "")


async def test_a_wish_after_delivery_comes_when_the_parcel_was_signed_for() -> None:
    """And not before."""
    async with a_bottle() as lab:
        order = await an_order(lab)
        lab.world.after_sales.after_delivery(order.number, CasePlan("refund_only", pieces=1))
        await shipped(lab, order)
        lab.advance(hours=20)
        before = await totals(lab)
        lab.advance(hours=50)
        after = await totals(lab)

    assert (before["to_come"], before["cases"]) == (1, 0)
    assert (after["to_come"], after["cases"]) == (0, 1)
    assert order.cases[0].pieces == 1


async def test_new_goods_for_old_are_not_counted_as_sent_twice() -> None:
    """They are the after-sale's, not the order's."""
    async with a_bottle() as lab:
        order, _ = await asked(lab, "exchange")
        lab.advance(seconds=1)
        await lab.qimen("deliveryorder.create", create_xml(order.number, "D2", pieces=9))
        lab.world.warehouse.ship(lab.world.warehouse.orders["D2"])

        oracle = await lab.oracle()

    assert oracle["double_shipped"] == []


async def test_a_mixed_run_has_after_sales_of_every_kind() -> None:
    """Asked for before and after shipping, on platforms where a program can see them."""
    async with a_bottle(scenario="mixed", orders=60, rate=1000, webhook_noise={}) as lab:
        await lab.control("start")
        lab.advance(hours=2)

        found = await totals(lab)

    assert found["cases"] - found["refunded"] == 2
    assert found["to_come"] == 4

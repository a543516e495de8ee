"""The simulated warehouse takes an order once, gives it up while it can, and reports until it is heard."""

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from simulator import signatures
from tests.unit.simulator_world import Laboratory, a_laboratory, create_xml, method_of, understood


async def test_a_wrong_signature_is_refused_with_http_200() -> None:
    async with a_laboratory() as lab:
        answer = await lab.qimen("deliveryorder.create", create_xml("1001", "D1"), secret="guessed")
        oracle = await lab.http.get("/control/ledger")

    assert answer.findtext("flag") == "failure"
    assert answer.findtext("code") == "sign-check-failure"
    assert oracle.json() == []


@pytest.mark.parametrize("prefix", ["", "taobao.qimen."])
async def test_a_method_is_known_by_both_of_its_names(prefix: str) -> None:
    async with a_laboratory() as lab:
        answer = await lab.qimen(f"{prefix}deliveryorder.create", create_xml("1001", "D1"))

    assert answer.findtext("flag") == "success"


async def test_the_same_code_again_is_the_same_delivery_order_and_is_counted() -> None:
    async with a_laboratory() as lab:
        first = await lab.create("1001", "D1")
        again = await lab.create("1001", "D1")
        entries = (await lab.http.get("/control/ledger?order=1001")).json()
        shelf = lab.world.warehouse.stock.shelf("HZ01", "SKU-8801")

    assert first.findtext("deliveryOrderId") == again.findtext("deliveryOrderId") == "WMS-00000001"
    assert [(entry["outcome"], entry["attempt"]) for entry in entries] == [("accepted", 1), ("repeated", 2)]
    assert shelf.locked == 1


@pytest.mark.parametrize(
    ("sku", "pieces", "code"),
    [("SKU-9999", 1, "S002"), ("SKU-8838", 1, "S003"), ("SKU-8801", 99_999, "S003")],
)
async def test_what_is_not_there_cannot_be_ordered(sku: str, pieces: int, code: str) -> None:
    async with a_laboratory() as lab:
        answer = await lab.create("1001", sku=sku, pieces=pieces)

    assert (answer.findtext("flag"), answer.findtext("code")) == ("failure", code)


async def test_a_delivery_order_is_reported_through_its_stages_and_confirmed() -> None:
    async with a_laboratory() as lab:
        await lab.create("1001", "D1", pieces=2)
        lab.advance(hours=10)
        mail = await lab.mail()

    assert [method_of(request) for request in mail] == [
        "orderprocess.report",
        "orderprocess.report",
        "orderprocess.report",
        "deliveryorder.confirm",
    ]
    stages = [fromstring(request.content).findtext("process/processStatus") for request in mail[:3]]
    assert stages == ["ACCEPT", "PICK", "PACKAGE"]
    confirm = fromstring(mail[3].content)
    assert confirm.findtext("deliveryOrder/status") == "DELIVERED"
    assert confirm.findtext("packages/package/expressCode", "").startswith("SF")
    assert confirm.findtext("packages/package/items/item/quantity") == "2"
    assert confirm.findtext("deliveryOrder/outBizCode") == "WMS-00000001-C1"


async def test_a_notice_is_signed_over_its_query_and_body() -> None:
    async with a_laboratory() as lab:
        await lab.create("1001")
        lab.advance(hours=10)
        mail = await lab.mail()

    for request in mail:
        query = dict(request.url.params)
        assert query["sign"] == signatures.qimen("qmsecret", query, request.content)


async def test_a_named_waybill_is_used() -> None:
    body = create_xml("1001", "D1").replace(
        "</logisticsCode>", "</logisticsCode><expressCode>SF7</expressCode>"
    )
    async with a_laboratory() as lab:
        await lab.qimen("deliveryorder.create", body)
        lab.advance(hours=10)

        assert "SF7" in lab.world.journeys.parcels


async def test_nothing_is_packed_in_the_first_business_hour() -> None:
    async with a_laboratory() as lab:
        for number in range(20):
            await lab.create(str(number))
        lab.advance(hours=1)
        answers = [await cancel(lab, f"D{number}") for number in range(20)]

    assert set(answers) == {("success", "0")}


async def cancel(lab: Laboratory, code: str) -> tuple[str | None, str | None]:
    body = f"<request><warehouseCode>HZ01</warehouseCode><orderCode>{code}</orderCode></request>"
    answer = await lab.qimen("order.cancel", body)
    return answer.findtext("flag"), answer.findtext("code")


async def test_a_cancelled_delivery_order_never_leaves_and_frees_its_stock() -> None:
    async with a_laboratory() as lab:
        await lab.create("1001", "D1")
        first, again = await cancel(lab, "D1"), await cancel(lab, "D1")
        lab.advance(hours=100)
        recreated = await lab.create("1001", "D1")
        shelf = lab.world.warehouse.stock.shelf("HZ01", "SKU-8801")

    assert first == again == ("success", "0")
    assert (shelf.on_hand, shelf.locked) == (20_000, 0)
    assert recreated.findtext("code") == "S006"


async def test_a_packed_delivery_order_cannot_be_cancelled() -> None:
    async with a_laboratory() as lab:
        await lab.create("1001", "D1")
        lab.advance(hours=10)

        assert await cancel(lab, "D1") == ("failure", "S008")
        assert await cancel(lab, "D2") == ("failure", "S007")


async def test_a_stubborn_warehouse_refuses_to_cancel() -> None:
    async with a_laboratory() as lab:
        await lab.control("wms", {"refuse_cancel": True})
        await lab.create("1001", "D1")

        assert await cancel(lab, "D1") == ("failure", "S009")


async def test_held_shipping_goes_on_when_it_is_released() -> None:
    async with a_laboratory() as lab:
        await lab.control("wms", {"hold_shipping": True, "ship_after_business_s": 60})
        await lab.create("1001", "D1")
        lab.advance(hours=1)
        held = lab.world.warehouse.orders["D1"].shipped_at
        await lab.control("wms", {"hold_shipping": False})

        assert held is None
        assert lab.world.warehouse.orders["D1"].shipped_at is not None


async def test_stock_that_was_counted_anew_is_reported_as_a_change() -> None:
    async with a_laboratory() as lab:
        answer = await lab.control("stock", {"warehouse": "HZ01", "sku": "SKU-8801", "quantity": 19_990})
        (notice,) = await lab.mail()
        query = "<request><criteriaList><criteria><itemCode>SKU-8801</itemCode></criteria></criteriaList></request>"
        told = await lab.qimen("inventory.query", query)

    report = fromstring(notice.content)
    assert answer["change"] == -10
    assert report.findtext("items/item/quantity") == "-10"
    assert report.findtext("outBizCode")
    assert [item.findtext("quantity") for item in told.iterfind("items/item")] == ["19990", "20000"]


async def test_a_notice_nobody_understood_is_sent_again() -> None:
    answers = iter([httpx.Response(500), httpx.Response(200, text="<html>"), httpx.Response(200)])

    def hard_of_hearing(request: httpx.Request) -> httpx.Response:
        return next(answers, understood(request))

    async with a_laboratory(hard_of_hearing) as lab:
        await lab.control("stock", {"warehouse": "HZ01", "sku": "SKU-8801", "quantity": 1})
        await lab.mail()

        assert (lab.world.postman.failed, lab.world.postman.pending) == (0, 1)


async def test_an_xml_bomb_is_refused() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><request><x>&b;</x></request>'
    async with a_laboratory() as lab:
        answer = await lab.qimen("deliveryorder.create", bomb)

    assert answer.findtext("code") == "S001"

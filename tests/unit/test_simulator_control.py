"""Whoever runs the experiment can place, disturb and look, and the oracle tells right from wrong."""

import pytest
from pydantic import ValidationError

from tests.unit.simulator_world import Laboratory, a_config, a_laboratory

TWO = {"lines": [{"sku": "SKU-8801", "quantity": 2, "price": "10.00"}]}


async def placed(lab: Laboratory) -> str:
    (number,) = (await lab.control("orders", TWO))["numbers"]
    return str(number)


async def test_an_order_that_went_well_is_settled() -> None:
    async with a_laboratory() as lab:
        number = await placed(lab)
        await lab.create(number, pieces=2)
        (waybill,) = (await lab.control(f"wms/ship/{number}"))["shipped"]
        change = {"status": "completed", "meta_data": [{"key": "_tracking_number", "value": waybill}]}
        await lab.woo("PUT", f"orders/{number}", json=change)
        oracle = await lab.oracle()

    verdict = oracle["orders"][number]
    assert verdict["ordered_pieces"] == verdict["shipped_pieces"] == {"SKU-8801": 2}
    assert (oracle["unsettled"], oracle["double_shipped"]) == ([], [])


async def test_two_delivery_orders_for_the_same_pieces_are_found_out() -> None:
    async with a_laboratory() as lab:
        number = await placed(lab)
        await lab.create(number, "D1", pieces=2)
        await lab.create(number, "D2", pieces=2)
        await lab.control(f"wms/ship/{number}")

        assert (await lab.oracle())["double_shipped"] == [number]


async def test_shipping_what_was_cancelled_is_found_out() -> None:
    async with a_laboratory() as lab:
        number = await placed(lab)
        await lab.create(number, pieces=2)
        await lab.control(f"orders/{number}/cancel")
        lab.advance(hours=20)
        oracle = await lab.oracle()

    assert oracle["orders"][number]["expected"] == "cancelled"
    assert oracle["shipped_after_cancel"] == [number]
    assert oracle["unsettled"] == [number]


async def test_calling_the_parcel_back_settles_what_was_cancelled_too_late() -> None:
    async with a_laboratory() as lab:
        number = await placed(lab)
        await lab.create(number, pieces=2)
        await lab.control(f"orders/{number}/cancel")
        (waybill,) = (await lab.control(f"wms/ship/{number}"))["shipped"]
        lab.world.journeys.intercept(lab.world.journeys.parcels[waybill])

        assert (await lab.oracle())["unsettled"] == []


async def test_an_unpaid_order_is_open_until_it_is_paid() -> None:
    async with a_laboratory() as lab:
        (number,) = (await lab.control("orders", {"paid": False}))["numbers"]
        before = (await lab.oracle())["orders"][number]
        first, again = await lab.control(f"orders/{number}/pay"), await lab.control(f"orders/{number}/pay")
        after = (await lab.oracle())["orders"][number]

    assert (before["expected"], after["expected"]) == ("open", "completed")
    assert (first, again) == ({"done": True}, {"done": False})


async def test_a_refund_after_delivery_does_not_make_the_parcel_wrong() -> None:
    async with a_laboratory() as lab:
        number = await placed(lab)
        await lab.create(number, pieces=2)
        await lab.control(f"wms/ship/{number}")
        await lab.control(f"orders/{number}/refund")
        verdict = (await lab.oracle())["orders"][number]

    assert (verdict["expected"], verdict["platform_status"]) == ("completed", "refunded")


async def test_a_buyer_who_moves_changes_the_shipping_address_only() -> None:
    async with a_laboratory() as lab:
        number = await placed(lab)
        before = (await lab.woo("GET", f"orders/{number}")).json()
        await lab.control(f"orders/{number}/address", {"city": "拉萨市", "state": "西藏自治区"})
        after = (await lab.woo("GET", f"orders/{number}")).json()

    assert after["shipping"]["city"] == "拉萨市"
    assert after["shipping"]["phone"] == before["shipping"]["phone"]
    assert after["billing"] == before["billing"]


async def test_what_is_misspelt_or_missing_is_refused_in_words() -> None:
    async with a_laboratory() as lab:
        misspelt = await lab.http.post("/control/orders", json={"cuont": 3})
        missing = await lab.http.post("/control/orders/77/pay", json={})
        no_json = await lab.http.post("/control/stock", content=b"{")

    assert [answer.status_code for answer in (misspelt, missing, no_json)] == [422, 404, 422]
    assert misspelt.json()["details"][0]["at"] == "cuont"


async def test_the_page_shows_what_happens_and_takes_forms() -> None:
    async with a_laboratory() as lab:
        browser = {"Accept": "text/html"}
        sent = await lab.http.post("/control/orders", data={"count": "2"}, headers=browser)
        shown = await lab.http.get("/")

    assert (sent.status_code, sent.headers["location"]) == (303, "/")
    assert "buyer.order" in shown.text
    assert "/control/ledger?order=1002" in shown.text


async def test_the_clock_tells_the_pace() -> None:
    async with a_laboratory() as lab:
        clock = (await lab.http.get("/control/clock")).json()

    assert (clock["pace"], clock["now"]) == (3600, "2026-11-22T04:00:00.500000+00:00")


def test_a_misspelt_configuration_is_refused() -> None:
    with pytest.raises(ValidationError):
        a_config(peace=1)

"""The simulated carrier follows what the warehouse shipped and pushes each scan to who asked."""

import json
from typing import Any

from simulator import signatures
from tests.unit.simulator_world import HOOKS, Laboratory, a_laboratory, form_of

SALT = "pepper"
CARRIER = {"customer": "CUST", "key": "carrier-key", "secret": "carrier-secret"}


async def subscribe(lab: Laboratory, waybill: str, key: str = "carrier-key") -> Any:
    param = {
        "company": "shunfeng",
        "number": waybill,
        "key": key,
        "parameters": {"callbackurl": f"{HOOKS}/carrier", "salt": SALT, "resultv2": "4"},
    }
    return (await lab.http.post("/poll", data={"schema": "json", "param": json.dumps(param)})).json()


async def label(lab: Laboratory, method: str, param: dict[str, Any], secret: str = "carrier-secret") -> Any:
    text = json.dumps(param)
    sign = signatures.kuaidi100_label(text, "1", "carrier-key", secret)
    form = {"method": method, "key": "carrier-key", "t": "1", "param": text, "sign": sign}
    return (await lab.http.post("/label/order", data=form)).json()


async def query(lab: Laboratory, waybill: str, phone: str = "1234", key: str = "carrier-key") -> Any:
    text = json.dumps({"com": "shunfeng", "num": waybill, "phone": phone})
    form = {"customer": "CUST", "param": text, "sign": signatures.kuaidi100_query(text, key, "CUST")}
    return (await lab.http.post("/poll/query.do", data=form)).json()


async def shipped(lab: Laboratory) -> str:
    """Let an order leave the warehouse and give its waybill; nobody has been told yet."""
    await lab.create("1001", "D1")
    lab.advance(hours=10)
    await lab.mail()
    return lab.world.warehouse.orders["D1"].waybill


async def pushed(lab: Laboratory) -> list[Any]:
    return [json.loads(form_of(request)["param"]) for request in await lab.mail()]


async def test_a_parcel_is_pushed_scan_by_scan_until_it_is_signed_for() -> None:
    async with a_laboratory() as lab:
        await lab.create("1001", "D1")
        (waybill,) = (await lab.control("wms/ship/1001"))["shipped"]
        await lab.mail()
        await subscribe(lab, waybill)
        lab.advance(hours=61)
        pushes = await pushed(lab)

    states = [push["lastResult"]["state"] for push in pushes]
    assert states == ["1", "0", "0", "5", "3"]
    assert [len(push["lastResult"]["data"]) for push in pushes] == [1, 2, 3, 4, 5]
    assert (pushes[-1]["status"], pushes[-1]["lastResult"]["ischeck"]) == ("shutdown", "1")
    assert pushes[-1]["lastResult"]["data"][0]["statusCode"] == "301"


async def test_a_push_is_signed_with_the_subscribers_salt() -> None:
    async with a_laboratory() as lab:
        await subscribe(lab, await shipped(lab))
        lab.advance(hours=61)
        mail = await lab.mail()

    for request in mail:
        form = form_of(request)
        assert form["sign"] == signatures.kuaidi100_callback(form["param"], SALT)


async def test_who_subscribes_late_is_told_at_once_how_things_stand() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        lab.advance(hours=61)
        await subscribe(lab, waybill)
        (push,) = await pushed(lab)

    assert len(push["lastResult"]["data"]) == 5


async def test_subscribing_twice_is_told_apart_and_a_wrong_key_refused() -> None:
    async with a_laboratory() as lab:
        first, again = await subscribe(lab, "SF1"), await subscribe(lab, "SF1")
        wrong = await subscribe(lab, "SF2", key="guessed")

    assert [answer["returnCode"] for answer in (first, again, wrong)] == ["200", "501", "600"]


async def test_a_query_wants_the_right_signature_and_the_receivers_phone() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        lab.advance(hours=5)

        assert (await query(lab, waybill))["status"] == "200"
        assert (await query(lab, waybill, phone="9999"))["returnCode"] == "408"
        assert (await query(lab, waybill, key="guessed"))["returnCode"] == "503"
        assert (await query(lab, "SF404"))["returnCode"] == "500"


async def test_an_intercepted_parcel_goes_back_and_is_never_signed_for() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        await subscribe(lab, waybill)
        lab.advance(hours=3)
        answer = await label(lab, "interceptOrder", {"kuaidicom": "shunfeng", "kuaidinum": waybill})
        await lab.mail()
        lab.advance(hours=100)
        states = [push["lastResult"]["state"] for push in await pushed(lab)]
        signed = (await lab.http.get("/control/ledger?kind=carrier.signed")).json()

    assert answer["success"] is True
    assert (states, signed) == (["6", "4"], [])


async def test_a_parcel_that_is_signed_for_cannot_be_intercepted() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        lab.advance(hours=61)

        assert (await label(lab, "interceptOrder", {"kuaidinum": waybill}))["success"] is False


async def test_a_label_is_given_once_per_order_and_can_be_given_back_until_it_is_used() -> None:
    wish = {"kuaidicom": "shunfeng", "recMan": {"name": "张伟", "mobile": "13800001234"}, "orderId": "o-1"}
    async with a_laboratory() as lab:
        first, again = await label(lab, "order", wish), await label(lab, "order", wish)
        waybill = first["data"]["kuaidinum"]
        back = await label(lab, "cancel", {"kuaidinum": waybill, "orderId": "o-1"})
        used = await label(lab, "cancel", {"kuaidinum": await shipped(lab)})

    assert again["data"]["kuaidinum"] == waybill
    assert (back["success"], used["success"]) == (True, False)


async def test_a_label_request_with_a_wrong_signature_is_refused() -> None:
    async with a_laboratory() as lab:
        assert (await label(lab, "order", {}, secret="guessed"))["success"] is False


async def test_a_scan_can_be_added_by_hand() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        answer = await lab.control("carrier/scan", {"waybill": waybill, "state": "2", "context": "地址不详"})

    assert answer == {"state": "2", "scans": answer["scans"]}


async def test_a_number_asked_for_again_within_half_an_hour_is_locked() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        lab.advance(hours=5)
        first, again = await query(lab, waybill), await query(lab, waybill)
        lab.advance(hours=0.5)
        later = await query(lab, waybill)

    assert (first["status"], later["status"]) == ("200", "200")
    assert (again["result"], "锁单" in again["message"]) == (False, True)


async def test_a_lost_callback_is_never_sent_and_a_query_tells_it() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        await subscribe(lab, waybill)
        await lab.mail()
        await lab.control("faults", {"system": "callback", "kind": "lost", "rate": 1.0, "match": waybill})
        lab.advance(hours=61)
        pushes, answer = await pushed(lab), await query(lab, waybill)
        lost = lab.world.callbacks.lost

    assert (pushes, answer["state"], lost >= 4) == ([], "3", True)


async def test_who_gave_a_parcel_up_says_so_and_follows_it_again_after_half_an_hour() -> None:
    async with a_laboratory() as lab:
        waybill = await shipped(lab)
        await lab.control("faults", {"system": "callback", "kind": "abort"})
        lab.advance(hours=5)
        await subscribe(lab, waybill)
        (abort,) = await pushed(lab)
        early = await subscribe(lab, waybill)
        silence = await pushed(lab)
        lab.advance(hours=0.5)
        late = await subscribe(lab, waybill)
        told = await pushed(lab)

    assert (abort["status"], abort["message"]) == ("abort", "3天查询无记录")
    assert (early["returnCode"], silence, late["returnCode"]) == ("501", [], "200")
    assert told[0]["status"] == "polling"


async def test_a_parcel_that_is_never_scanned_is_known_to_nobody_and_its_order_stays_open() -> None:
    async with a_laboratory(carrier={**CARRIER, "unscanned": 1.0}) as lab:
        lab.world.disturbances.begin()
        waybill = await shipped(lab)
        await subscribe(lab, waybill)
        lab.advance(hours=100)
        pushes, answer = await pushed(lab), await query(lab, waybill)

    assert (pushes, answer["returnCode"]) == ([], "500")
    assert lab.world.plans.of("1001").expected == "open"

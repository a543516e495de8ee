"""The simulated carrier remembers every number it gives out, and what became of it."""

import json
from typing import Any

import pytest

from simulator import signatures
from tests.unit.simulator_world import Laboratory, a_laboratory, create_xml

WISH = {
    "kuaidicom": "shunfeng", "orderId": "D1", "recMan": {"name": "张伟", "mobile": "13800001234"},
    "sendMan": {"name": "商家", "mobile": "057188886666", "printAddr": "示例路1号"},
}  # fmt: skip


async def ask(lab: Laboratory, method: str, **changes: Any) -> Any:
    """Ask the label desk, signed."""
    text = json.dumps(WISH | changes)
    sign = signatures.kuaidi100_label(text, "1", "carrier-key", "carrier-secret")
    form = {"method": method, "key": "carrier-key", "t": "1", "param": text, "sign": sign}
    return (await lab.http.post("/label/order", data=form)).json()


async def number(lab: Laboratory, **changes: Any) -> str:
    """Draw a number."""
    return str((await ask(lab, "order", **changes))["data"]["kuaidinum"])


async def labels(lab: Laboratory) -> Any:
    """What the oracle says of all numbers."""
    return (await lab.oracle())["labels"]


async def ship(lab: Laboratory, waybill: str) -> None:
    """Send the warehouse a delivery order with a number of ours, and let it ship."""
    given = f"<logisticsCode>SF</logisticsCode><expressCode>{waybill}</expressCode>"
    await lab.qimen(
        "deliveryorder.create",
        create_xml("1001", "D1").replace("<logisticsCode>SF</logisticsCode>", given),
    )
    await lab.control("wms/ship/1001")


async def test_the_warehouse_ships_under_the_number_that_it_was_given() -> None:
    """It confirms with it, and the carrier scans it."""
    async with a_laboratory() as lab:
        waybill = await number(lab)
        await ship(lab, waybill)
        mail = await lab.mail()
        lab.advance(hours=61)
        entries = (await lab.http.get("/control/ledger?kind=carrier.signed")).json()
        verdict = await labels(lab)

    assert f"<expressCode>{waybill}</expressCode>" in mail[-1].content.decode()
    assert [entry["key"] for entry in entries] == [waybill]
    assert verdict == {
        "drawn": 1, "given_back": 0, "used": 1, "drawn_twice": [], "unused": [], "used_after_given_back": [],
    }  # fmt: skip


async def test_a_number_that_is_neither_used_nor_given_back_is_told() -> None:
    """Somebody pays for it."""
    async with a_laboratory() as lab:
        kept, back = await number(lab), await number(lab, orderId="D2")
        await ask(lab, "cancel", kuaidinum=back)
        verdict = await labels(lab)

    assert (verdict["unused"], verdict["given_back"]) == ([kept], 1)


async def test_a_parcel_under_a_number_that_went_back_is_told() -> None:
    """Another parcel may have it by now."""
    async with a_laboratory() as lab:
        waybill = await number(lab)
        await ask(lab, "cancel", kuaidinum=waybill)
        await ship(lab, waybill)
        verdict = await labels(lab)

    assert verdict["used_after_given_back"] == [waybill]


@pytest.mark.parametrize(("forgetful", "twice"), [(False, []), (True, ["D1"])])
async def test_two_numbers_for_one_code_are_told(forgetful: bool, twice: list[str]) -> None:
    """A carrier that forgets gives a second one to whoever asks again."""
    carrier = {"customer": "CUST", "key": "carrier-key", "secret": "carrier-secret", "forgetful": forgetful}
    async with a_laboratory(carrier=carrier) as lab:
        await number(lab)
        await number(lab)
        verdict = await labels(lab)

    assert verdict["drawn_twice"] == twice


async def test_every_question_about_a_label_is_in_the_ledger() -> None:
    """Drawn, said again, refused, given back, given back again."""
    async with a_laboratory() as lab:
        waybill = await number(lab)
        await number(lab)
        await ask(lab, "order", orderId="D2", kuaidicom="pigeon")
        await ask(lab, "order", orderId="D3", recMan={"name": "张*", "mobile": "138******34"})
        await ask(lab, "cancel", kuaidinum=waybill)
        await ask(lab, "cancel", kuaidinum=waybill)
        entries = (await lab.http.get("/control/ledger")).json()

    assert [(entry["kind"], entry["key"], entry["outcome"]) for entry in entries] == [
        ("label.order", "D1", "accepted"),
        ("label.order", "D1", "repeated"),
        ("label.order", "D2", "refused"),
        ("label.order", "D3", "refused"),
        ("label.cancel", waybill, "accepted"),
        ("label.cancel", waybill, "repeated"),
    ]


async def test_a_number_that_went_back_is_not_given_to_the_same_order_again() -> None:
    """The next one is a new one."""
    async with a_laboratory() as lab:
        first = await number(lab)
        await ask(lab, "cancel", kuaidinum=first)

        assert await number(lab) != first

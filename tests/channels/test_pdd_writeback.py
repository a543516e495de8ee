"""Waybills reach Pinduoduo once: the first ships the order, further ones are put beside it."""

from typing import Any

import pytest

from oms.channels.pdd.carriers import COMPANY_OF
from oms.channels.pdd.interfaces import COMPANIES, ORDER, SHIP
from oms.domain.errors import Misused, Unavailable
from oms.http import Http
from oms.ports import CorrectsWaybills, RevealsReceivers, WriteBackRefused, WrittenBack
from simulator.pdd.companies import COMPANIES as THEIRS
from tests.channels.parcels import a_parcel
from tests.channels.pdd_world import a_shop, an_order
from tests.channels.platform_world import a_platform
from tests.unit.fake_http import Asked, Says, fake_http

ONE, TWO, THREE = "SF1234567890123", "SF1234567890124", "SF1234567890125"


async def test_further_parcels_are_put_beside_the_first() -> None:
    """The platform ships orders whole, so the first waybill makes it shipped; none is told twice."""
    async with a_platform("pdd") as place:
        order = place.order()
        parcels = [
            await a_parcel(place, order.number, waybill, last=waybill == THREE)
            for waybill in (ONE, TWO, THREE)
        ]

        told = [await place.channel.write_back(parcel) for parcel in (*parcels, *parcels)]
        shown = await place.channel.fetch(order.number)

        assert told == [WrittenBack()] * 6
        assert order.waybills == {ONE, TWO, THREE}
        assert shown is not None
        assert shown["tracking_number"] == ONE
        assert [row["tracking_number"] for row in shown["extra_delivery_list"]] == [TWO, THREE]


async def test_a_lost_answer_does_not_ship_twice() -> None:
    """The next attempt looks first."""
    async with a_platform("pdd") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, ONE)
        place.arm("lost_answer", match=SHIP.type)

        with pytest.raises(Unavailable):
            await place.channel.write_back(parcel)
        again = await place.channel.write_back(parcel)

        assert (again, order.write_back_calls, order.waybills) == (WrittenBack(), 1, {ONE})


async def test_a_parcel_that_another_overtook_is_put_beside_it() -> None:
    """Between our look and our word the order was shipped by a waybill of somebody else."""
    looks = iter([an_order(), an_order(order_status=2, tracking_number=TWO)])

    def respond(asked: Asked) -> Says:
        if asked.query["type"] == COMPANIES.type:
            return Says({COMPANIES.answer: {"logistics_companies": [{"id": 44, "code": "SF"}]}})
        if asked.query["type"] == ORDER.type:
            return Says({ORDER.answer: {"order_info": next(looks)}})
        if asked.query["type"] == SHIP.type:
            return Says({SHIP.answer: {"is_success": False}})
        return Says({"upload_extra_logistics_response": {"success": True}})

    async with a_platform("pdd") as place:
        parcel = await a_parcel(place, place.order().number, ONE)
    async with fake_http(respond) as fake, Http() as http:
        told = await a_shop(fake.url, http).write_back(parcel)

    assert told == WrittenBack()
    assert fake.asked[-1].form["extra_track_list"] == f'[{{"shipping_id":44,"tracking_number":"{ONE}"}}]'


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"confirm_status": 2}, "called off"),
        ({"risk_control_status": 1}, "review"),
        ({"refund_status": 4}, "refunded"),
    ],
)
async def test_what_must_not_be_shipped_is_refused_before_we_ask(changes: dict[str, Any], word: str) -> None:
    """The reason says why."""
    async with a_platform("pdd") as place:
        order = place.order(raw=changes)
        parcel = await a_parcel(place, order.number, ONE)

        told = await place.channel.write_back(parcel)

        assert isinstance(told, WriteBackRefused)
        assert word in told.reason
        assert order.write_back_calls == 0


@pytest.mark.parametrize("carrier", sorted(COMPANY_OF))
async def test_every_mapped_carrier_has_its_number(carrier: str) -> None:
    """Found in the platform's own list."""
    numbers = {code: number for number, _name, code, _available in THEIRS}
    async with a_platform("pdd") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, ONE, carrier=carrier)

        told = await place.channel.write_back(parcel)

        assert told == WrittenBack()
        shown = await place.channel.fetch(order.number)
        assert shown is not None
        assert shown["logistics_id"] == numbers[COMPANY_OF[carrier].code]


async def test_a_further_waybill_cannot_be_corrected_by_a_program() -> None:
    """The platform overwrites the first only; nor one that it never knew."""
    async with a_platform("pdd") as place:
        order = place.order()
        for waybill in (ONE, TWO):
            await place.channel.write_back(await a_parcel(place, order.number, waybill))
        right = await a_parcel(place, order.number, THREE)
        assert isinstance(place.channel, CorrectsWaybills)

        further = await place.channel.correct_waybill(right, TWO)
        unknown = await place.channel.correct_waybill(right, "SF0")

        assert isinstance(further, WriteBackRefused)
        assert "backend" in further.reason
        assert isinstance(unknown, WriteBackRefused)
        assert order.waybills == {ONE, TWO}


async def test_a_receiver_is_shown_only_while_the_order_waits() -> None:
    """Once it left, the platform shows nobody; the error names the order and no person."""
    async with a_platform("pdd") as place:
        order = place.order()
        receiver = (await place.seen(order.number)).receiver
        await place.channel.write_back(await a_parcel(place, order.number, ONE))
        assert isinstance(place.channel, RevealsReceivers)
        assert receiver is not None

        with pytest.raises(Misused) as raised:
            await place.channel.reveal(order.number, receiver)

        assert order.number in str(raised.value)
        assert order.buyer.name not in str(raised.value)


async def test_a_cipher_the_platform_will_not_read_is_an_error() -> None:
    """Never a parcel to "~AgAAAA…"."""

    def respond(asked: Asked) -> Says:
        if asked.query["type"] == ORDER.type:
            return Says({ORDER.answer: {"order_info": an_order()}})
        rows = [{"encrypted_data": "~AgAAAAn~enc~", "decrypted_data": "", "error_code": 500}]
        return Says({"open_decrypt_batch_response": {"data_decrypt_list": rows}})

    async with fake_http(respond) as fake, Http() as http:
        shop = a_shop(fake.url, http)
        receiver = shop.read(an_order()).receiver
        assert receiver is not None

        with pytest.raises(Misused):
            await shop.reveal("261122-000000000000001", receiver)

    assert len(fake.asked) == 2

"""Waybills at JD: of whole orders and of parts, several of one order, and corrections."""

import asyncio

import pytest

from oms.channels.jd.waybills import Waybills
from oms.domain.order import PlatformStatus
from oms.ports import WriteBackRefused, WrittenBack
from tests.channels.jd_world import call, jd, two_lines
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import a_platform


@pytest.mark.parametrize("first", [0, 1])
async def test_the_parcels_of_an_order_may_be_told_in_any_order(first: int) -> None:
    """Each with its own lines; the order is shipped when all of them have been told, and not before."""
    async with a_platform("jd") as place:
        order = place.order(draft=two_lines(place))
        parcels = [
            await a_parcel(place, order.number, "SF1", lines=slice(0, 1), last=True),
            await a_parcel(place, order.number, "YT2", lines=slice(1, 2), last=True, carrier="yto"),
        ]

        one = await place.channel.write_back(parcels[first])
        between = (await place.seen(order.number)).snapshot
        two = await place.channel.write_back(parcels[1 - first])
        again = await place.channel.write_back(parcels[first])

        assert (one, two, again) == (WrittenBack(), WrittenBack(), WrittenBack())
        assert between.status is PlatformStatus.PAID
        assert (order.waybills, order.status) == ({"SF1", "YT2"}, "shipped")


async def test_a_parcel_with_part_of_a_line_leaves_the_rest_open() -> None:
    """Two were ordered, one has left."""
    async with a_platform("jd") as place:
        order = place.order(draft=two_lines(place))
        parcel = await a_parcel(place, order.number, "SF1", lines=slice(0, 1), last=False)
        one_piece = parcel.pieces[0].model_copy(update={"quantity": 1})

        answer = await place.channel.write_back(parcel.model_copy(update={"pieces": (one_piece,)}))

        assert answer == WrittenBack()
        assert [line.shipped for line in order.lines] == [1, 0]


async def test_more_than_was_ordered_is_refused_by_jd() -> None:
    """The reason is JD's."""
    async with a_platform("jd") as place:
        order = place.order(draft=two_lines(place))
        parcel = await a_parcel(place, order.number, "SF1", lines=slice(0, 1), last=False)
        many = parcel.pieces[0].model_copy(update={"quantity": 3})

        answer = await place.channel.write_back(parcel.model_copy(update={"pieces": (many,)}))

        assert isinstance(answer, WriteBackRefused)
        assert "10400003" in answer.reason


async def test_a_line_that_jd_does_not_know_is_refused_by_name() -> None:
    """Before anything is written."""
    async with a_platform("jd") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")
        strange = parcel.pieces[0].model_copy(update={"line": "77"})

        answer = await place.channel.write_back(parcel.model_copy(update={"pieces": (strange,)}))

        assert answer == WriteBackRefused(reason="JD's order has no line 77")


async def test_a_lost_answer_to_a_waybill_is_found_out() -> None:
    """The second attempt looks first, and does not ship twice."""
    async with a_platform("jd") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")
        await call(
            place,
            "jingdong.pop.order.shipment",
            {"orderId": order.number, "logiCoprId": "467", "logiNo": "SF1"},
        )

        answer = await place.channel.write_back(parcel)

        assert answer == WrittenBack()
        assert order.write_back_calls == 1


@pytest.mark.parametrize(
    ("company", "waybill", "shipped"),
    [("467|463", "SF1,SF2|YT3", True), ("467", "SF1|YT3", False), ("999", "SF1", False), ("", "", False)],
)
async def test_several_waybills_of_a_whole_order_are_joined(
    company: str, waybill: str, shipped: bool
) -> None:
    """Commas within a carrier, bars between carriers, as many groups as carriers, and only the shop's own."""
    async with a_platform("jd") as place:
        order = place.order()
        business = {"orderId": order.number, "logiCoprId": company, "logiNo": waybill}

        answer = await call(place, "jingdong.pop.order.shipment", business)
        payload = await place.channel.fetch(order.number)

        result = answer["jingdong_pop_order_shipment_responce"]["sopjosshipment_result"]
        assert result["success"] is shipped
        assert payload is not None
        assert (payload["logisticsId"], payload["waybill"]) == ((company, waybill) if shipped else ("", ""))


def test_joined_waybills_are_read_and_written() -> None:
    """What is read is what is written, and one of them can be exchanged."""
    known = Waybills.of("467|463", "SF1,SF2|YT3")

    moved = known.put_in_place_of("SF2", "463", "YT9")

    assert (known.logistics_ids, known.joined) == ("467|463", "SF1,SF2|YT3")
    assert known.has("YT3")
    assert not known.has("YT9")
    assert (moved.logistics_ids, moved.joined) == ("467|463", "SF1|YT9,YT3")
    assert Waybills.of("", "").pairs == ()


async def test_one_of_two_waybills_is_corrected() -> None:
    """The other one stays; a waybill that JD does not know is refused, and so is one before shipping."""
    async with a_platform("jd") as place:
        order, waits = place.order(draft=two_lines(place)), place.order()
        early = await jd(place).correct_waybill(await a_parcel(place, waits.number, "SF9"), "SF8")
        for number, lines in (("SF1", slice(0, 1)), ("SF2", slice(1, 2))):
            await place.channel.write_back(await a_parcel(place, order.number, number, lines=lines))
        right = await a_parcel(place, order.number, "YT9", lines=slice(1, 2), carrier="yto")

        answer = await jd(place).correct_waybill(right, "SF2")
        unknown = await jd(place).correct_waybill(await a_parcel(place, order.number, "SF7"), "SF8")

        assert answer == WrittenBack()
        assert order.waybills == {"SF1", "YT9"}
        assert isinstance(early, WriteBackRefused)
        assert isinstance(unknown, WriteBackRefused)


async def test_an_order_in_part_shipped_takes_no_correction() -> None:
    """JD's own no, with its code."""
    async with a_platform("jd") as place:
        order = place.order(draft=two_lines(place))
        await place.channel.write_back(
            await a_parcel(place, order.number, "SF1", lines=slice(0, 1), last=False)
        )

        answer = await jd(place).correct_waybill(await a_parcel(place, order.number, "SF2"), "SF1")

        assert isinstance(answer, WriteBackRefused)
        assert "10400014" in answer.reason


async def test_a_refusal_is_checked_against_what_jd_knows() -> None:
    """Two attempts may run at once: the slower one is refused, and yet the waybill is written."""
    async with a_platform("jd") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")

        answers = await asyncio.gather(*(place.channel.write_back(parcel) for _ in range(4)))

        assert answers == [WrittenBack()] * 4
        assert [order_parcel.waybill for order_parcel in order.parcels] == ["SF1"]

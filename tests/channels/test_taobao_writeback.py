"""Waybills: whole and in parts, told again after a lost answer, corrected, refused; and receivers revealed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from oms.domain.errors import Misused, Unavailable
from oms.domain.handover import ShippedParcel
from oms.domain.stock import Piece, pieces_of
from oms.ports import WriteBackRefused, WrittenBack
from simulator.draft import Draft
from simulator.people import a_person
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import PlatformWorld, a_platform

ONE, TWO, THREE = "SF1234567890123", "SF1234567890124", "SF1234567890125"


def three_lines(place: PlatformWorld) -> Draft:
    """Three things, two pieces of each."""
    lines = tuple(place.world.assortment.line(f"SKU-880{n}", 2) for n in (1, 2, 3))
    return Draft(a_person(place.world.buyers_random), lines)


async def test_a_waybill_whose_answer_was_lost_is_not_sent_twice() -> None:
    """We look before we write."""
    async with a_platform("taobao") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, ONE)
        place.arm("lost_answer", count=1, match="taobao.logistics.offline.send")

        with pytest.raises(Unavailable):
            await place.channel.write_back(parcel)
        again = await place.channel.write_back(parcel)

        assert again == WrittenBack()
        assert (order.write_back_calls, order.waybills) == (1, {ONE})


async def test_a_parcel_told_by_two_at_once_is_written_back_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looked before either wrote: the platform says "already sent", and a second look tells by whom."""
    async with a_platform("taobao") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, ONE)
        stale = await place.channel.fetch(order.number)
        await place.channel.write_back(parcel)
        channel: Any = place.channel
        honest, looks = channel._trades.fetch, [stale]

        async def late_look(number: str) -> Any:
            return looks.pop() if looks else await honest(number)

        monkeypatch.setattr(channel._trades, "fetch", late_look)
        answer = await place.channel.write_back(parcel)

        assert answer == WrittenBack()
        assert order.waybills == {ONE}


async def test_each_part_leaves_under_its_own_waybill() -> None:
    """The last parcel takes whatever still waits, also what nobody will send any more."""
    async with a_platform("taobao") as place:
        order = place.order(draft=three_lines(place))
        first = await a_parcel(place, order.number, ONE, lines=slice(1, 2), last=False)
        last = await a_parcel(place, order.number, TWO, lines=slice(0, 1), last=True)

        answers = [await place.channel.write_back(parcel) for parcel in (first, first, last, last)]

        assert answers == [WrittenBack()] * 4
        ids = [line.id for line in order.lines]
        assert [(parcel.waybill, set(parcel.pieces)) for parcel in order.parcels] == [
            (ONE, {ids[1]}),
            (TWO, {ids[0], ids[2]}),
        ]
        assert order.fulfilled


async def test_a_line_that_leaves_in_pieces_has_a_waybill_for_each() -> None:
    """The newer call counts the pieces; the order is shipped when the last one has left."""
    async with a_platform("taobao") as place:
        order = place.order(draft=three_lines(place))
        snapshot = (await place.seen(order.number)).snapshot
        half, *others = snapshot.lines
        one_piece = Piece(line=half.id, sku=half.sku, quantity=1)

        def parcel(waybill: str, *, last: bool, pieces: tuple[Piece, ...]) -> ShippedParcel:
            return ShippedParcel(
                order=snapshot.key, waybill=waybill, carrier="sf", pieces=pieces,
                shipped_at=datetime.now(UTC), last=last, idempotency_key=waybill,
            )  # fmt: skip

        rest = (one_piece, *pieces_of(others))
        parcels = [parcel(ONE, last=False, pieces=(one_piece,)), parcel(TWO, last=True, pieces=rest)]
        answers = [await place.channel.write_back(parcels[index]) for index in (0, 0, 1, 1)]

        assert answers == [WrittenBack()] * 4
        assert [dict(told.pieces) for told in order.parcels] == [
            {half.id: 1},
            {half.id: 1} | {line.id: line.quantity for line in others},
        ]
        assert (order.waybills, order.fulfilled) == ({ONE, TWO}, True)


async def test_a_second_waybill_for_what_has_left_is_refused_in_words() -> None:
    """A person must know; nothing is sent."""
    async with a_platform("taobao") as place:
        order = place.order(draft=three_lines(place))
        first = await a_parcel(place, order.number, ONE, lines=slice(0, 1), last=False)
        await place.channel.write_back(first)

        answer = await place.channel.write_back(first.model_copy(update={"waybill": TWO}))

        assert isinstance(answer, WriteBackRefused)
        assert "another waybill" in answer.reason
        assert order.write_back_calls == 1


async def test_lines_we_do_not_know_take_nothing_else_along() -> None:
    """A parcel of strange lines must not ship the whole order."""
    async with a_platform("taobao") as place:
        order = place.order(draft=three_lines(place))
        parcel = await a_parcel(place, order.number, ONE, last=False)
        strange = parcel.model_copy(
            update={"pieces": tuple(piece.model_copy(update={"line": "9"}) for piece in parcel.pieces)}
        )

        answer = await place.channel.write_back(strange)

        assert isinstance(answer, WriteBackRefused)
        assert order.waybills == set()


async def test_an_unpaid_order_takes_no_waybill() -> None:
    """It says in which state the order is."""
    async with a_platform("taobao") as place:
        order = place.order(paid=False)

        answer = await place.channel.write_back(await a_parcel(place, order.number, ONE))

        assert isinstance(answer, WriteBackRefused)
        assert "WAIT_BUYER_PAY" in answer.reason


@pytest.mark.parametrize(
    "carrier", ["sf", "yto", "zto", "sto", "yunda", "jd", "ems", "jt", "deppon", "postb", "ht"]
)
async def test_every_carrier_of_ours_has_a_company_code(carrier: str) -> None:
    """And the platform takes it."""
    async with a_platform("taobao") as place:
        order = place.order()

        answer = await place.channel.write_back(await a_parcel(place, order.number, ONE, carrier=carrier))

        assert answer == WrittenBack()


async def test_a_carrier_the_warehouse_named_keeps_its_code() -> None:
    """Qimen's codes are the platform's own; one it does not know is refused by it."""
    async with a_platform("taobao") as place:
        order, other = place.order(), place.order()

        known = await place.channel.write_back(await a_parcel(place, order.number, ONE, carrier="other:HTKY"))
        unknown = await place.channel.write_back(
            await a_parcel(place, other.number, TWO, carrier="other:XYZ")
        )

        assert known == WrittenBack()
        assert isinstance(unknown, WriteBackRefused)
        assert "B56" in unknown.reason


async def test_a_waybill_the_platform_does_not_like_is_refused_with_its_reason() -> None:
    """A person reads the platform's own words."""
    async with a_platform("taobao") as place:
        order = place.order()

        answer = await place.channel.write_back(await a_parcel(place, order.number, "no waybill!"))

        assert isinstance(answer, WriteBackRefused)
        assert "B60" in answer.reason


async def test_the_waybill_of_one_part_is_corrected_and_the_other_stays() -> None:
    """Corrected twice, it is corrected once; one that was never told cannot be."""
    async with a_platform("taobao") as place:
        order = place.order(draft=three_lines(place))
        channel: Any = place.channel
        await channel.write_back(await a_parcel(place, order.number, ONE, lines=slice(0, 1), last=False))
        await channel.write_back(await a_parcel(place, order.number, TWO, lines=slice(1, 3), last=True))
        right = await a_parcel(place, order.number, THREE, lines=slice(0, 1))

        answers = [await channel.correct_waybill(right, ONE) for _ in range(2)]
        never = await channel.correct_waybill(right.model_copy(update={"waybill": "SF0000000000009"}), "SF0")

        assert answers == [WrittenBack(), WrittenBack()]
        assert order.waybills == {THREE, TWO}
        assert isinstance(never, WriteBackRefused)


async def test_a_receiver_who_moved_meanwhile_is_not_revealed() -> None:
    """The old token belongs to the old address: whoever has it must fetch the order anew."""
    async with a_platform("taobao") as place:
        order, channel = place.order(), place.channel
        revealing: Any = channel
        old = (await place.seen(order.number)).receiver
        assert old is not None
        place.world.buyers.move(order, {"city": "宁波市", "street": "天童北路1号"})

        with pytest.raises(Misused, match="anew"):
            await revealing.reveal(order.number, old)
        with pytest.raises(Misused, match="oaid"):
            await revealing.reveal(order.number, old.model_copy(update={"token": ""}))

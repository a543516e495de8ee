"""Douyin's writing side: parcels, corrections, addresses and after-sales."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.douyin import Douyin
from oms.domain.errors import Misused, Unavailable, Unmappable
from oms.http import Http
from oms.ports import AfterSale, Answered, AnswerRefused, WriteBackRefused, WrittenBack
from simulator.draft import Draft
from simulator.people import a_person
from tests.channels.douyin_words import NOW, a_shop, a_shop_of, an_order
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.fake_http import Says, fake_http

ELSEWHERE = {"city": "宁波市", "district": "鄞州区", "street": "天童北路1号"}


def channel_of(place: PlatformWorld) -> Douyin:
    """The usual channel, with all it can do."""
    assert isinstance(place.channel, Douyin)
    return place.channel


def market_of(place: PlatformWorld) -> Any:
    """The neutral market behind the platform."""
    return place.market


def two_lines(place: PlatformWorld) -> Draft:
    """Two of one thing, one of another."""
    lines = (place.world.assortment.line("SKU-8801", 2), place.world.assortment.line("SKU-8802", 1))
    return Draft(a_person(place.world.buyers_random), lines)


async def cases_of(place: PlatformWorld) -> list[AfterSale]:
    """Every after-sale of the last minutes."""
    now = datetime.now(UTC)
    pages = channel_of(place).after_sales(now - timedelta(minutes=5), now + timedelta(seconds=1))
    return [channel_of(place).read_after_sale(row) async for page in pages for row in page.payloads]


async def test_a_parcel_of_some_pieces_leaves_the_rest_to_be_sent() -> None:
    """Told again after a lost answer, it is shipped once; the order then counts as paid, not as shipped."""
    async with a_platform("douyin") as place:
        order = place.order(draft=two_lines(place))
        parcel = await a_parcel(place, order.number, "SF1", lines=slice(0, 1), last=False)
        place.arm("lost_answer", match="logisticsAddMultiPack")

        with pytest.raises(Unavailable):
            await place.channel.write_back(parcel)
        again = await place.channel.write_back(parcel)

        assert again == WrittenBack()
        assert [line.shipped for line in order.lines] == [2, 0]
        assert (await place.seen(order.number)).snapshot.raw_status == "101"


async def test_the_same_request_id_ships_once() -> None:
    """The platform's own promise, which its simulator keeps."""
    async with a_platform("douyin") as place:
        order = place.order(draft=two_lines(place))
        parcel = await a_parcel(place, order.number, "SF1", lines=slice(0, 1), last=False)
        other = parcel.model_copy(update={"waybill": "SF2"})
        await place.channel.write_back(parcel)

        answer = await place.channel.write_back(other)

        assert answer == WrittenBack()
        assert order.waybills == {"SF1"}


async def test_the_shipping_of_a_whole_order_names_no_pieces() -> None:
    """What was left out of it, say a line given back, is not sent by anybody else either."""
    async with a_platform("douyin") as place:
        order = place.order(draft=two_lines(place))
        parcel = await a_parcel(place, order.number, "YT1", carrier="yto")

        answer = await place.channel.write_back(parcel)

        assert (answer, order.parcels[0].company, order.status) == (WrittenBack(), "yuantong", "shipped")


async def test_an_open_refund_stops_the_shipping_with_a_reason() -> None:
    """The platform says which; a person decides."""
    async with a_platform("douyin") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")
        market_of(place).wish(order, "refund_only", 100, "不想要了")

        answer = await place.channel.write_back(parcel)

        assert isinstance(answer, WriteBackRefused)
        assert "60040" in answer.reason
        assert (await place.seen(order.number)).snapshot.refund_open


async def test_an_order_nobody_knows_takes_no_waybill() -> None:
    """It is a refusal for a person, not a failure that is tried for ever."""
    async with a_platform("douyin") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")
        stranger = parcel.model_copy(
            update={"order": parcel.order.model_copy(update={"number": "6999999999999999999"})}
        )

        answers = (
            await place.channel.write_back(stranger),
            await channel_of(place).correct_waybill(stranger, "SF0"),
        )

        assert all(isinstance(answer, WriteBackRefused) for answer in answers)


async def test_one_waybill_of_two_is_corrected_by_its_parcel() -> None:
    """The call for whole orders does not do there, and the other parcel keeps its own."""
    async with a_platform("douyin") as place:
        order = place.order(draft=two_lines(place))
        for n, waybill in enumerate(("SF1", "SF2")):
            parcel = await a_parcel(place, order.number, waybill, lines=slice(n, n + 1), last=n == 1)
            await place.channel.write_back(parcel)
        right = await a_parcel(place, order.number, "SF3", lines=slice(0, 1))

        answer = await channel_of(place).correct_waybill(right, "SF1")

        assert (answer, order.waybills) == (WrittenBack(), {"SF2", "SF3"})


async def test_the_only_parcel_of_a_part_is_corrected_too() -> None:
    """The platform asks for the parcel's id there, and gets it."""
    async with a_platform("douyin") as place:
        order = place.order(draft=two_lines(place))
        parcel = await a_parcel(place, order.number, "SF1", lines=slice(0, 1), last=False)
        await place.channel.write_back(parcel)

        answer = await channel_of(place).correct_waybill(parcel.model_copy(update={"waybill": "SF2"}), "SF1")

        assert (answer, order.waybills) == (WrittenBack(), {"SF2"})


@pytest.mark.parametrize("accept", [True, False])
async def test_an_address_change_is_answered_once(accept: bool) -> None:
    """Answered so again it counts as answered; the other answer comes too late."""
    async with a_platform("douyin") as place:
        order, shop = place.order(), channel_of(place)
        market_of(place).wish_to_move(order, ELSEWHERE)

        first = await shop.answer_address_change(order.number, accept=accept, why="1003")
        again = await shop.answer_address_change(order.number, accept=accept, why="1003")
        other = await shop.answer_address_change(order.number, accept=not accept, why="")

        assert (first, again) == (Answered(), Answered())
        assert isinstance(other, AnswerRefused)
        assert (order.buyer.street == "天童北路1号") is accept


async def test_an_address_change_nobody_wished_for_is_refused() -> None:
    """The platform says that there is none."""
    async with a_platform("douyin") as place:
        order = place.order()

        answer = await channel_of(place).answer_address_change(order.number, accept=True, why="")

        assert isinstance(answer, AnswerRefused)
        assert "50039" in answer.reason


async def test_a_receiver_that_moved_meanwhile_is_not_revealed() -> None:
    """The label would carry an address that the order centre has never seen."""
    async with a_platform("douyin") as place:
        order = place.order()
        seen = (await place.seen(order.number)).receiver
        assert seen is not None
        place.world.buyers.move(order, ELSEWHERE)

        with pytest.raises(Unavailable, match="changed"):
            await channel_of(place).reveal(order.number, seen)

        fresh = (await place.seen(order.number)).receiver
        assert fresh is not None
        assert (await channel_of(place).reveal(order.number, fresh)).address == "天童北路1号"


async def test_a_receiver_the_platform_will_not_decrypt_is_said_so() -> None:
    """Without the person in the message."""
    async with fake_http(Says({"code": 10000, "data": None})) as fake, Http() as http:
        detail = {"shop_order_detail": an_order(encrypt_post_receiver="##c##", encrypt_post_tel="$$d$$")}
        fake.respond = lambda asked: (
            Says({"code": 10000, "data": detail})
            if "orderDetail" in asked.path
            else Says({"code": 50002, "sub_code": "isv.business-failed:300008", "sub_msg": "部分失败"})
        )
        shop = a_shop(http, fake.url)
        masked = shop.read(detail["shop_order_detail"]).receiver
        assert masked is not None

        with pytest.raises(Misused, match="300008") as raised:
            await shop.reveal("6900000000000000001", masked)

    assert "张" not in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "status", "accept", "ends"),
    [
        ("refund_only", "requested", True, "refunded"),
        ("refund_only", "requested", False, "refused"),
        ("return", "requested", True, "agreed"),
        ("return", "returning", True, "refunded"),
        ("return", "returning", False, "refused"),
        ("exchange", "requested", True, "agreed"),
    ],
)
async def test_an_after_sale_is_listed_and_answered_once(
    kind: str, status: str, accept: bool, ends: str
) -> None:
    """In the state in which we saw it; told again after a lost answer, it counts as answered."""
    async with a_platform("douyin") as place:
        order = place.order(draft=two_lines(place))
        case = market_of(place).wish(order, kind, 100, "少件", order.lines[0].id)
        if status != "requested":
            market_of(place).settle(case, status)
        (seen,) = await cases_of(place)

        first = await channel_of(place).answer_after_sale(seen, accept=accept, why="与买家协商一致")
        again = await channel_of(place).answer_after_sale(seen, accept=accept, why="与买家协商一致")

        assert (seen.kind, seen.status, seen.refund_fen, seen.line) == (kind, status, 100, order.lines[0].id)
        assert (seen.order.number, seen.quantity) == (order.number, 2)
        assert (first, again, case.status) == (Answered(), Answered(), ends)


async def test_an_after_sale_that_changed_meanwhile_is_not_answered() -> None:
    """We answer what we have seen, or nothing."""
    async with a_platform("douyin") as place:
        order = place.order()
        market_of(place).wish(order, "refund_only", 100, "少件")
        (seen,) = await cases_of(place)
        stale = seen.model_copy(update={"version": str(int(seen.version) - 60)})

        answer = await channel_of(place).answer_after_sale(stale, accept=True, why="")

        assert isinstance(answer, AnswerRefused)
        assert order.refunded_fen == 0


async def test_an_after_sale_that_means_nothing_is_named() -> None:
    """The field, not the content."""
    row = {"aftersale_info": {"aftersale_id": "1", "aftersale_type": 0}, "order_info": {"shop_order_id": "1"}}
    async with fake_http(Says({"code": 10000, "data": {"total": 1, "items": [row]}})) as fake, Http() as http:
        shop = a_shop(http, fake.url)
        (page,) = [page async for page in shop.after_sales(NOW - timedelta(minutes=1), NOW) if page.payloads]

        with pytest.raises(Unmappable) as raised:
            shop.read_after_sale(page.payloads[0])

    assert raised.value.field == "aftersale_info.aftersale_status"


async def test_a_return_agreed_to_names_the_shop_s_address() -> None:
    """The shops file says which of the platform's address book it is."""
    async with a_platform("douyin") as place:
        order = place.order()
        market_of(place).wish(order, "return", 100, "少件")
        (seen,) = await cases_of(place)

    async with (
        fake_http(Says({"code": 10000, "data": {"items": [{"status_code": 0}]}})) as fake,
        Http() as http,
    ):
        shop = a_shop(http, fake.url, return_address_id=95251)
        answer = await shop.answer_after_sale(seen, accept=True, why="")

    (item,) = fake.asked[0].json["items"]
    assert (answer, fake.asked[0].json["type"]) == (Answered(), 101)
    assert item["logistics"] == {"receiver_address_id": 95251}


async def test_a_line_given_back_is_not_sent_with_the_rest() -> None:
    """The order goes on without it, as the platform shows it."""
    async with a_platform("douyin") as place:
        order = place.order(draft=two_lines(place))
        gone = order.lines[0]
        case = market_of(place).wish(order, "refund_only", gone.draft.total_fen, "不要了", gone.id)
        market_of(place).settle(case, "refunded")

        snapshot = (await place.seen(order.number)).snapshot

        assert [line.id for line in snapshot.lines] == [order.lines[1].id]
        assert (snapshot.refunded_fen, snapshot.refund_open) == (gone.draft.total_fen, False)
        assert a_shop_of(place).properties == place.channel.properties

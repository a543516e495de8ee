"""A WeChat shop's daily work: parcels in part, wrong waybills, new addresses, after-sales; and a third party's client."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wechatpy.client.base import BaseWeChatClient
from wechatpy.exceptions import WeChatClientException

from oms.channels.wechat import WeChat
from oms.domain.errors import Misused
from oms.domain.order import PlatformStatus
from oms.domain.receiver import Receiver
from oms.domain.stock import Piece
from oms.ports import (
    AfterSale,
    Answered,
    AnswerRefused,
    AnswersAddressChanges,
    CorrectsWaybills,
    HasAfterSales,
    Hears,
    RevealsReceivers,
    ShippedParcel,
    WriteBackRefused,
    WrittenBack,
)
from simulator.draft import Draft
from simulator.people import a_person
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import PlatformWorld, a_platform


def shop_of(place: PlatformWorld) -> WeChat:
    assert isinstance(place.channel, WeChat)
    return place.channel


def a_draft(place: PlatformWorld, *lines: tuple[str, int]) -> Draft:
    wanted = tuple(place.world.assortment.line(sku, quantity) for sku, quantity in lines)
    return Draft(a_person(place.world.buyers_random), wanted)


async def with_pieces(place: PlatformWorld, number: str, waybill: str, *pieces: int) -> ShippedParcel:
    """A parcel with so many pieces of the first line, of the second, and so on."""
    whole = await a_parcel(place, number, waybill, last=False)
    some = [
        Piece(line=piece.line, sku=piece.sku, quantity=count)
        for piece, count in zip(whole.pieces, pieces, strict=False)
        if count
    ]
    return whole.model_copy(update={"pieces": tuple(some)})


async def after_sales(place: PlatformWorld) -> list[AfterSale]:
    now = datetime.now(UTC)
    pages = shop_of(place).after_sales(now - timedelta(days=3), now + timedelta(seconds=1))
    return [shop_of(place).read_after_sale(row) async for page in pages for row in page.payloads]


async def test_the_channel_can_all_that_the_protocol_has() -> None:
    """The core asks a channel what it can, and offers only that."""
    async with a_platform("wechat") as place:
        channel = place.channel

    assert isinstance(channel, CorrectsWaybills)
    assert isinstance(channel, AnswersAddressChanges)
    assert isinstance(channel, HasAfterSales)
    assert isinstance(channel, RevealsReceivers)
    assert isinstance(channel, Hears)


async def test_a_line_may_leave_in_two_parcels() -> None:
    """Piece by piece; in between the order is still to be sent."""
    async with a_platform("wechat") as place:
        order = place.order(draft=a_draft(place, ("SKU-8801", 3)))
        one = await with_pieces(place, order.number, "SF1", 1)
        two = await with_pieces(place, order.number, "SF2", 2)

        first = await place.channel.write_back(one)
        between = (await place.seen(order.number)).snapshot
        second = await place.channel.write_back(two)
        after = (await place.seen(order.number)).snapshot

        assert (first, second) == (WrittenBack(), WrittenBack())
        assert (between.status, between.raw_status) == (PlatformStatus.PAID, "21")
        assert (after.status, after.raw_status) == (PlatformStatus.SHIPPED, "30")
        assert between.lines == after.lines


async def test_the_same_product_in_two_lines_is_shipped_as_one() -> None:
    """WeChat tells them apart no more than we do."""
    async with a_platform("wechat") as place:
        order = place.order(draft=a_draft(place, ("SKU-8801", 1), ("SKU-8801", 2)))
        snapshot = (await place.seen(order.number)).snapshot

        answer = await place.channel.write_back(await a_parcel(place, order.number, "SF1"))

        assert [line.quantity for line in snapshot.lines] == [3]
        assert (answer, order.fulfilled) == (WrittenBack(), True)


async def test_more_than_is_left_is_refused_with_the_platform_s_code() -> None:
    """A person must look; nothing was written."""
    async with a_platform("wechat") as place:
        order = place.order(draft=a_draft(place, ("SKU-8801", 2)))
        await place.channel.write_back(await with_pieces(place, order.number, "SF1", 1))

        answer = await place.channel.write_back(await with_pieces(place, order.number, "SF2", 2))

        assert isinstance(answer, WriteBackRefused)
        assert "10020103" in answer.reason
        assert order.waybills == {"SF1"}


async def test_a_parcel_of_nothing_but_our_own_gifts_is_not_written() -> None:
    """WeChat knows none of its pieces."""
    async with a_platform("wechat") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")
        gift = parcel.pieces[0].model_copy(update={"line": "gift-1"})

        answer = await place.channel.write_back(parcel.model_copy(update={"pieces": (gift,)}))

        assert isinstance(answer, WriteBackRefused)
        assert order.waybills == set()


@pytest.mark.parametrize("status", [12, 13])
async def test_what_may_not_leave_yet_is_not_shipped(status: int) -> None:
    """A gift nobody took, a group that is not complete: paid, and held."""
    async with a_platform("wechat") as place:
        order = place.order(raw={"status": status})
        snapshot = (await place.seen(order.number)).snapshot

        answer = await place.channel.write_back(await a_parcel(place, order.number, "SF1"))

        assert (snapshot.status, snapshot.platform_risk) == (PlatformStatus.PAID, True)
        assert isinstance(answer, WriteBackRefused)
        assert str(status) in answer.reason


async def test_an_answer_that_was_lost_does_not_write_twice() -> None:
    """We look before we write."""
    async with a_platform("wechat") as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")
        place.arm("lost_answer", match="delivery/send")

        with pytest.raises(Exception, match="order/delivery/send"):
            await place.channel.write_back(parcel)
        again = await place.channel.write_back(parcel)

        assert (again, order.waybills, order.write_back_calls) == (WrittenBack(), {"SF1"}, 1)


async def test_one_of_two_waybills_is_corrected_and_the_other_stays() -> None:
    """WeChat wants to hear all of them again."""
    async with a_platform("wechat") as place:
        order = place.order(draft=a_draft(place, ("SKU-8801", 1), ("SKU-8802", 1)))
        await place.channel.write_back(await with_pieces(place, order.number, "SF1", 1))
        await place.channel.write_back(await with_pieces(place, order.number, "SF2", 0, 1))
        right = await a_parcel(place, order.number, "YT9", carrier="yto")

        answer = await shop_of(place).correct_waybill(right, "SF2")
        refused = await shop_of(place).correct_waybill(right.model_copy(update={"waybill": "YT10"}), "SF404")

        assert (answer, order.waybills) == (WrittenBack(), {"SF1", "YT9"})
        assert [parcel.company for parcel in order.parcels] == ["SF", "YTO"]
        assert isinstance(refused, WriteBackRefused)


async def test_a_buyer_s_wish_for_another_address_is_answered() -> None:
    """Yes moves the parcel, no leaves it; said twice, it is said once; without a wish there is nothing to say."""
    async with a_platform("wechat") as place:
        shop, market = shop_of(place), place.world.platforms["wechat"].market
        yes, no, never = place.order(), place.order(), place.order()
        before = (await place.seen(yes.number)).receiver
        for order in (yes, no):
            market.wish_to_move(order, {"city": "宁波市", "street": "天童北路1号"})

        taken = await shop.answer_address_change(yes.number, accept=True, why="in time")
        again = await shop.answer_address_change(yes.number, accept=True, why="in time")
        left = await shop.answer_address_change(no.number, accept=False, why="too late")
        nothing = await shop.answer_address_change(never.number, accept=True, why="")

        assert (taken, again, left) == (Answered(), Answered(), Answered())
        assert isinstance(nothing, AnswerRefused)
        assert (yes.buyer.city, no.buyer.city == "宁波市") == ("宁波市", no.draft.buyer.city == "宁波市")
        assert (await place.seen(yes.number)).receiver != before


async def test_after_sales_are_listed_and_answered() -> None:
    """Money goes back at once, goods must come first; said twice, it is said once."""
    async with a_platform("wechat") as place:
        shop, market = shop_of(place), place.world.platforms["wechat"].market
        order, other = place.order(draft=a_draft(place, ("SKU-8801", 2))), place.order()
        market.wish(order, "refund_only", 500, "不想要了", order.lines[0].id)
        market.wish(other, "return", 900, "尺寸不对")
        refund, back = sorted(await after_sales(place), key=lambda case: case.id)
        held = (await place.seen(order.number)).snapshot

        answers = [await shop.answer_after_sale(refund, accept=True, why="ok") for _ in range(2)]
        refused = [await shop.answer_after_sale(back, accept=False, why="已拆封") for _ in range(2)]
        too_late = await shop.answer_after_sale(back, accept=True, why="ok")
        settled = (await place.seen(order.number)).snapshot

        assert (refund.kind, refund.status, refund.refund_fen) == ("refund_only", "requested", 500)
        assert (back.kind, refund.line) == ("return", held.lines[0].id)
        assert answers == refused == [Answered(), Answered()]
        assert isinstance(too_late, AnswerRefused)
        assert (held.refund_open, held.refunded_fen) == (True, 0)
        assert (settled.refund_open, settled.refunded_fen) == (False, 500)
        assert [case.status for case in sorted(await after_sales(place), key=lambda c: c.id)] == [
            "refunded",
            "rejected",
        ]


async def test_many_after_sales_of_three_days_are_all_listed() -> None:
    """No more than a day at a time, and ten to a page."""
    async with a_platform("wechat") as place:
        market = place.world.platforms["wechat"].market
        order = place.order()
        cases = [market.wish(order, "refund_only", 1, "x") for _ in range(45)]
        for number, case in enumerate(cases):
            case.modified = datetime.now(UTC) - timedelta(hours=number * 1.5)

        found = [case.id for case in await after_sales(place)]

        assert sorted(set(found)) == sorted(case.id for case in cases)


async def test_a_receiver_without_a_right_to_be_seen_is_a_person_s_matter() -> None:
    """Unknown order, no receiver: our mistake, said without anybody's name."""
    async with a_platform("wechat") as place:
        receiver = Receiver(name="张**", phone="138****0000")

        with pytest.raises(Misused) as raised:
            await shop_of(place).reveal("3799999999999999999", receiver)

        assert "张" not in str(raised.value)


async def test_a_revealed_receiver_keeps_its_token() -> None:
    """So that the next snapshot's masked one is known to be the same address."""
    async with a_platform("wechat") as place:
        order = place.order()
        masked = (await place.seen(order.number)).receiver
        assert masked is not None

        plain = await shop_of(place).reveal(order.number, masked)

        assert plain.token == masked.token != ""
        assert "*" in masked.name + masked.phone
        assert "*" not in plain.name + plain.phone + plain.address


def a_client(base: str, app_id: str, secret: str) -> Any:
    """Wechatpy's own client, whose token address, fixed in its code, is the simulator's."""
    client = BaseWeChatClient(app_id)
    client.API_BASE_URL = base
    query = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
    client.fetch_access_token = lambda: client._fetch_access_token(f"{base}/cgi-bin/token", query)
    return client


async def test_a_third_party_s_client_is_served() -> None:
    """Wechatpy fetches its token, lists, reads and ships, and gets over a token that has expired."""
    async with a_platform("wechat") as place:
        order = place.order(draft=a_draft(place, ("SKU-8801", 1)))
        now = int(datetime.now(UTC).timestamp())
        client = a_client(f"{place.url}/wechat", place.secrets["app_id"], place.secrets["app_secret"])

        async def ask(path: str, **question: Any) -> Any:
            return await asyncio.to_thread(client.post, f"/channels/ec/{path}", data=question)

        listed = await ask("order/list/get", update_time_range={"start_time": now - 60, "end_time": now + 5})
        place.arm("token_expired")
        shown = await ask("order/get", order_id=order.number)
        (product,) = shown["order"]["order_detail"]["product_infos"]
        row = {"product_id": product["product_id"], "sku_id": product["sku_id"], "product_cnt": 1}
        parcel = {"delivery_id": "SF", "waybill_id": "SF1", "deliver_type": 1, "product_infos": [row]}
        sent = await ask("order/delivery/send", order_id=order.number, delivery_list=[parcel])
        with pytest.raises(WeChatClientException) as raised:
            await ask("order/get", order_id="3799999999999999999")

        assert (listed["order_id_list"], listed["has_more"]) == ([order.number], False)
        assert (sent["errcode"], order.waybills, raised.value.errcode) == (0, {"SF1"}, 100002)

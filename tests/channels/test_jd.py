"""JD over routerjson: signature, time, waybills of whole orders and parts, cancellations, receivers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.jd.client import PROPERTIES, Jd
from oms.channels.jd.config import JdConfig
from oms.channels.jd.signature import sign
from oms.channels.jd.words import signed_stamp
from oms.domain.errors import Misused, Unmappable
from oms.domain.order import PlatformStatus
from oms.ports import (
    AfterSale,
    Answered,
    AnswerRefused,
    CorrectsWaybills,
    HasAfterSales,
    Hears,
    Listens,
    RevealsReceivers,
    WriteBackRefused,
)
from tests.channels.jd_world import call, jd, market
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import PlatformWorld, a_platform

OFFICIAL = {
    "method": "jingdong.pop.order.search",
    "app_key": "yourappkey",
    "access_token": "yourtoken",
    "v": "2.0",
    "timestamp": "2021-05-07 09:20:39.683+0800",
    "360buy_param_json": '{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT",'
    '"page":"1","page_size":"200","start_date":null}',
}
OFFICIAL_SIGN = "D70825340F4084360B9362B60DFD7930"


def test_the_published_signature_is_ours() -> None:
    """JD's own example, to the letter."""
    assert sign("yourappSecret", OFFICIAL) == OFFICIAL_SIGN


def test_chinese_is_signed_as_utf_8() -> None:
    """Worked out by hand: md5 of `sa中bs`, in capitals."""
    assert sign("s", {"a": "中", "b": ""}) == "A506DB5B9504CE1E0B67DD84CFFA0476"


def test_jd_does_not_push() -> None:
    """Nobody knows its messages, so nothing pretends to hear them."""
    assert PROPERTIES.push == "none"
    assert not issubclass(Jd, Hears)
    assert not issubclass(Jd, Listens)


@pytest.mark.parametrize("kind", [CorrectsWaybills, HasAfterSales, RevealsReceivers])
async def test_what_the_protocol_has_the_channel_offers(kind: type) -> None:
    """Each found by its Protocol, as the activities ask for it."""
    async with a_platform("jd") as place:
        assert isinstance(place.channel, kind)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sign": "0" * 32}, "12"),
        ({"app_key": "12345"}, "12"),
        ({"access_token": "another"}, "19"),
        ({"timestamp": timedelta(minutes=-11)}, "8"),
        ({"timestamp": timedelta(minutes=11)}, "8"),
        ({"timestamp": "yesterday"}, "8"),
        ({"timestamp": ""}, "7"),
        ({"v": "1.0"}, "5"),
        ({"v": ""}, "4"),
        ({"method": ""}, "14"),
        ({"method": "jingdong.pop.order.gone"}, "15"),
    ],
)
async def test_the_simulated_jd_is_as_strict_as_the_real_one(
    changes: dict[str, str | timedelta], code: str
) -> None:
    """Signature, application, token, six minutes of tolerance, version and method, each with its own code."""
    async with a_platform("jd") as place:
        said = {
            name: signed_stamp(datetime.now(UTC) + value) if isinstance(value, timedelta) else value
            for name, value in changes.items()
        }
        answer = await call(place, "jingdong.pop.order.get", {"order_id": "1"}, **said)

        assert answer["error_response"]["code"] == code


async def test_our_clock_eleven_minutes_off_is_our_fault_and_says_so() -> None:
    """Asking again changes nothing; the connection check names the clock and how far it is off."""
    async with a_platform("jd") as place:
        order = place.order()
        late = Jd(
            JdConfig.of(place.shop),
            place.http,
            place.tokens,
            lambda: datetime.now(UTC) - timedelta(minutes=11),
        )

        found = await late.check()
        with pytest.raises(Misused, match="clock"):
            await late.fetch(order.number)

        assert (found.authorised, found.active) == (True, False)
        assert "clock" in found.problem
        assert found.clock_skew_seconds in range(658, 663)


@pytest.mark.parametrize(
    "business",
    [
        {
            "start_date": "2026-01-01 00:00:00",
            "end_date": "2026-03-01 00:00:00",
            "page": "1",
            "page_size": "50",
        },
        {"page": "1", "page_size": "101"},
        {"page": "0", "page_size": "50"},
        {"page": "1", "page_size": "50", "order_state": ""},
    ],
)
async def test_the_simulated_jd_refuses_what_jd_refuses(business: dict[str, str]) -> None:
    """A window of more than a month, a page too large, no state: no list at all, and no error of the gateway."""
    async with a_platform("jd") as place:
        place.order()

        answer = await call(place, "jingdong.pop.order.search", {"order_state": "ALL"} | business)

        result = answer["jingdong_pop_order_search_responce"]["searchorderinfo_result"]
        assert result["apiResult"]["success"] is False
        assert "orderInfoList" not in result


async def the_wish(place: PlatformWorld, order: Any) -> AfterSale:
    """The one wish to cancel an order, as listed."""
    now = datetime.now(UTC)
    pages = [
        page async for page in jd(place).after_sales(now - timedelta(days=9), now + timedelta(seconds=1))
    ]
    (case,) = [jd(place).read_after_sale(row) for page in pages for row in page.payloads]
    assert case.order.number == order.number
    return case


@pytest.mark.parametrize(
    ("accept", "status", "state"),
    [(True, "approved", PlatformStatus.REFUNDED), (False, "rejected", PlatformStatus.PAID)],
)
async def test_a_wish_to_cancel_locks_the_order_until_it_is_answered(
    accept: bool, status: str, state: PlatformStatus
) -> None:
    """Listed with its amount in fen; answered once, whatever the answer; the opposite is then too late."""
    async with a_platform("jd") as place:
        order = place.order()
        market(place).wish(order, "refund_only", order.draft.total_fen, "不想要了")
        locked = (await place.seen(order.number)).snapshot
        shipped = await place.channel.write_back(await a_parcel(place, order.number, "SF1"))
        case = await the_wish(place, order)

        first = await jd(place).answer_after_sale(case, accept=accept, why="仓库已处理")
        again = await jd(place).answer_after_sale(case, accept=accept, why="仓库已处理")
        other = await jd(place).answer_after_sale(case, accept=not accept, why="")

        assert (locked.status, locked.refund_open) == (PlatformStatus.PAID, True)
        assert isinstance(shipped, WriteBackRefused)
        assert (case.kind, case.status, case.refund_fen) == (
            "refund_only",
            "requested",
            order.draft.total_fen,
        )
        assert (first, again) == (Answered(), Answered())
        assert isinstance(other, AnswerRefused)
        assert (await the_wish(place, order)).status == status
        answered = (await place.seen(order.number)).snapshot
        assert (answered.status, answered.refund_open) == (state, False)


async def test_a_wish_that_nobody_knows_is_refused() -> None:
    """Not a failure that is tried for ever."""
    async with a_platform("jd") as place:
        order = place.order()
        market(place).wish(order, "refund_only", 100, "不想要了")
        case = await the_wish(place, order)

        answer = await jd(place).answer_after_sale(case.model_copy(update={"id": "1"}), accept=True, why="")

        assert isinstance(answer, AnswerRefused)


@pytest.mark.parametrize(
    ("place", "value"),
    [("applyRefundSum", "1.5"), ("id", "张三丰"), ("applyTime", "张三丰"), ("orderId", None)],
)
async def test_a_broken_wish_is_named_and_not_quoted(place: str, value: object) -> None:
    """As for orders."""
    row = {"id": 9, "orderId": "3", "status": 0, "applyRefundSum": 100, "applyTime": "2026-11-22 10:00:00"}
    async with a_platform("jd") as world:
        with pytest.raises(Unmappable) as raised:
            jd(world)._cancellations.read(row | {place: value})

        assert raised.value.field == place
        assert "张三丰" not in str(raised.value)


async def test_a_receiver_of_a_cancelled_order_is_not_revealed() -> None:
    """JD's no is final, and says nothing of the person."""
    async with a_platform("jd") as place:
        order = place.order()
        masked = (await place.seen(order.number)).receiver
        place.world.buyers.cancel(order)
        assert masked is not None

        with pytest.raises(Misused, match=order.number) as raised:
            await jd(place).reveal(order.number, masked)
        with pytest.raises(Misused, match="oaid"):
            await jd(place).reveal(order.number, masked.model_copy(update={"token": ""}))

        assert masked.token not in str(raised.value)


async def test_a_street_that_changed_changes_the_token() -> None:
    """The street is masked: without the token the buyer's new house would go unseen."""
    async with a_platform("jd") as place:
        order = place.order()
        before = (await place.seen(order.number)).receiver
        place.world.buyers.move(order, {"street": "文三路2号"})

        after = (await place.seen(order.number)).receiver

        assert before is not None
        assert after is not None
        assert before.model_copy(update={"token": ""}) == after.model_copy(update={"token": ""})
        assert before.token != after.token


async def test_a_token_that_was_replaced_opens_nothing_any_more() -> None:
    """The new one is kept for all of us and refreshed with its own refresh token the next time."""
    async with a_platform("jd") as place:
        order = place.order()
        place.arm("token_expired", count=1)
        await place.channel.fetch(order.number)
        first = place.tokens.kept[place.shop.key]
        place.arm("token_expired", count=1)

        await place.channel.fetch(order.number)
        old = await call(place, "jingdong.pop.order.get", {"order_id": order.number})

        second = place.tokens.kept[place.shop.key]
        assert len({first.access, second.access, place.secrets["access_token"]}) == 3
        assert len({first.refresh, second.refresh, place.secrets["refresh_token"]}) == 3
        assert first.expires_at is not None
        assert first.expires_at > datetime.now(UTC) + timedelta(hours=23)
        assert old["error_response"]["code"] == "19"

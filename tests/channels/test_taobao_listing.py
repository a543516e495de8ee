"""The list of changed trades: pages, windows, what is not in it, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.domain.errors import CredentialsExpired, Misused, Unavailable
from oms.paging import Window
from simulator.wire import Json
from tests.channels.platform_world import PlatformWorld, a_platform

SECOND = timedelta(seconds=1)


def lately() -> tuple[datetime, datetime]:
    """A window that ends in a moment."""
    now = datetime.now(UTC)
    return now - timedelta(minutes=5), now + SECOND


def pages_of(place: PlatformWorld) -> Any:
    """Our connector, of which the protocol of all channels tells only a part."""
    return place.channel


async def test_only_the_first_page_is_counted_and_the_others_are_cheaper() -> None:
    """The platform asks for that; what the others tell is enough to know whether more follow."""
    async with a_platform("taobao") as place:
        _, (since, until) = place.aged(107)

        pages = [await pages_of(place).ask_page(Window(since, until), number) for number in (1, 2, 3, 4)]

        assert [len(page.rows) for page in pages] == [50, 50, 7, 0]
        assert [page.total for page in pages] == [107, 101, 107, 150]


async def test_each_order_of_a_quiet_window_is_listed_once() -> None:
    """Neighbouring windows share their border, so an order on it may come twice; never three times, never none."""
    async with a_platform("taobao") as place:
        numbers, (since, until) = place.aged(120)

        found = await place.listed(since, until)

        assert set(found) == numbers
        assert len(found) == 120


async def test_a_window_that_is_not_over_yet_loses_nothing_either() -> None:
    """The seconds that are over are read first, then the rest: what moved meanwhile is in it."""
    async with a_platform("taobao") as place:
        numbers, (since, _) = place.aged(120)
        place.arm("moving", rate=1.0)

        found = set(await place.listed(since, datetime.now(UTC) + SECOND))

        assert numbers <= found


async def test_a_window_of_more_than_a_day_is_refused_by_the_platform() -> None:
    """So it is us who cut it up."""
    async with a_platform("taobao") as place:
        now = datetime.now(UTC)

        with pytest.raises(Misused):
            await pages_of(place).ask_page(Window(now - timedelta(days=1, seconds=1), now), 1)


async def test_what_the_buyer_wrote_is_fetched_because_the_list_does_not_tell() -> None:
    """The list says that something was written; the words are only in the single trade."""
    async with a_platform("taobao") as place:
        usual = place.world.assortment.usual(place.world.buyers_random, with_remark=True)
        place.order(draft=usual)
        place.order()

        payloads = await place.payloads(*lately())

        mapped = [place.channel.read(payload) for payload in payloads]
        assert sorted(one.remark for one in mapped) == ["", usual.note]
        assert sorted(one.snapshot.has_remark for one in mapped) == [False, True]


async def test_one_broken_order_on_a_page_delays_no_other() -> None:
    """It is handed on as it came, to be parked."""
    async with a_platform("taobao") as place:
        place.order(raw={"payment": None, "has_buyer_message": "perhaps"})
        place.order()

        payloads = await place.payloads(*lately())

        assert len(payloads) == 2


async def test_a_page_that_lost_orders_is_a_failed_poll() -> None:
    """The count of the first page says that something is missing."""
    async with a_platform("taobao") as place:
        _, (since, until) = place.aged(60)
        place.arm("truncated", count=2)

        with pytest.raises(Unavailable):
            await place.listed(since, until)


@pytest.mark.parametrize(
    ("raw", "risk", "refund"),
    [
        ({"status": "PAID_FORBID_CONSIGN"}, True, False),
        ({}, False, True),
    ],
)
async def test_what_forbids_shipping_is_in_the_list_already(raw: Json, risk: bool, refund: bool) -> None:
    """Nobody has to fetch an order to learn that it must not leave."""
    async with a_platform("taobao") as place:
        order = place.order(raw=raw)
        if refund:
            market: Any = place.market
            market.wish(order, "refund_only", 100, "不想要了")

        (payload,) = await place.payloads(*lately())

        snapshot = place.channel.read(payload).snapshot
        assert (snapshot.platform_risk, snapshot.refund_open) == (risk, refund)


async def test_a_promised_time_is_read_from_the_list_and_from_the_trade_alike() -> None:
    """A deadline that comes and goes with the way an order came would be news each time."""
    async with a_platform("taobao") as place:
        promised = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=48)
        usual = place.world.assortment.usual(place.world.buyers_random)
        usual.meta["_ship_by"] = promised.isoformat()
        order = place.order(draft=usual)

        (payload,) = await place.payloads(*lately())

        assert place.channel.read(payload).snapshot.ship_by == promised
        assert (await place.seen(order.number)).snapshot.ship_by == promised


async def test_a_refresh_token_is_good_for_one_time() -> None:
    """The new one is kept in its place; one that is refused needs a person."""
    async with a_platform("taobao") as place:
        place.arm("token_expired", count=1)
        await place.payloads(*lately())
        first = place.tokens.kept[place.shop.key]
        place.arm("token_expired", count=1)
        await place.payloads(*lately())
        second = place.tokens.kept[place.shop.key]

        place.tokens.kept[place.shop.key] = first
        with pytest.raises(CredentialsExpired, match="authorise"):
            await place.payloads(*lately())

        assert len({first.refresh, second.refresh, place.secrets["refresh_token"]}) == 3
        assert second.expires_at is not None
        assert second.expires_at > datetime.now(UTC) + timedelta(hours=23)


async def test_a_number_that_is_none_is_not_even_asked_for() -> None:
    """Whatever a push or a person names."""
    async with a_platform("taobao") as place:
        assert await place.channel.fetch("../7") is None
        assert await place.channel.fetch("9" * 40) is None


async def test_a_trade_that_has_not_changed_is_not_fetched_by_the_next_poll() -> None:
    """Polls overlap by minutes; a trade that is under way is fetched once, and again when it has changed."""
    async with a_platform("taobao") as place:
        _, (since, until) = place.aged(3)
        count = a_counter(place)

        first = await place.payloads(since, until)
        after_first = count()
        again = await place.payloads(since, until)
        after_again = count()

        assert (first, after_first, after_again) == (again, 3, 3)


async def test_a_trade_that_changed_this_second_is_fetched_each_time() -> None:
    """Times are whole seconds: it may change once more and keep its stamp."""
    async with a_platform("taobao") as place:
        place.order()
        count = a_counter(place)

        await place.payloads(*lately())
        await place.payloads(*lately())

        assert count() == 2


async def test_a_trade_nobody_ships_any_more_is_not_fetched() -> None:
    """Nor one that is not paid: what the list does not tell matters to neither."""
    async with a_platform("taobao") as place:
        place.order(paid=False)
        place.world.buyers.cancel(place.order(), "refunded")
        count = a_counter(place)

        payloads = await place.payloads(*lately())

        assert (len(payloads), count()) == (2, 0)


def a_counter(place: PlatformWorld) -> Callable[[], int]:
    """Count how often a single trade is asked for from now on."""
    details: Any = place.channel
    trades, asked = details._listing._details._trades, []
    fetch = trades.fetch

    async def counted(number: str) -> Any:
        asked.append(number)
        return await fetch(number)

    trades.fetch = counted
    return lambda: len(asked)

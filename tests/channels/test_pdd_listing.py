"""Pinduoduo's list is asked for what has come to rest, and an order's refunds are counted with it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from oms.channels.pdd.interfaces import ORDERS
from oms.domain.errors import Misused, Unavailable
from oms.domain.order import PlatformStatus
from oms.http import Http
from oms.paging import Window
from tests.channels.pdd_world import a_shop, an_order
from tests.channels.platform_world import a_platform
from tests.unit.fake_http import Asked, Says, fake_http

SETTLE = {"settle_seconds": "180"}


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


async def test_a_window_ends_where_the_list_has_come_to_rest() -> None:
    """What changed within the last three minutes is left for the next poll."""
    async with a_platform("pdd", options=SETTLE) as place:
        rested, fresh = place.order(), place.order()
        place.put_at(rested, now() - timedelta(seconds=240))

        found = await place.listed(now() - timedelta(minutes=30), datetime.now(UTC))
        later = await place.listed(now() - timedelta(seconds=100), datetime.now(UTC))

        assert (found, later) == ([rested.number], [])
        assert fresh.number not in found


async def test_the_platform_refuses_a_window_that_ends_later() -> None:
    """As its manual has it, and so that a connector which forgets it is noticed."""
    async with a_platform("pdd", options=SETTLE) as place:
        channel: Any = place.channel
        window = Window(now() - timedelta(minutes=10), now() - timedelta(seconds=60))

        with pytest.raises(Misused):
            await channel.ask_page(window, 1)


async def test_the_platform_refuses_more_than_half_an_hour() -> None:
    """Longer stretches are cut before we ask."""
    async with a_platform("pdd") as place:
        channel: Any = place.channel
        window = Window(now() - timedelta(seconds=1801), now())

        with pytest.raises(Misused):
            await channel.ask_page(window, 1)


async def test_the_platform_s_clock_decides_not_ours() -> None:
    """Ours five minutes ahead asks for no second too many."""
    async with a_platform("pdd", options=SETTLE) as place:
        order = place.order()
        place.put_at(order, now() - timedelta(seconds=200))
        channel: Any = place.channel
        channel._orders._now = lambda: datetime.now(UTC) + timedelta(minutes=5)

        found = await place.listed(now() - timedelta(minutes=20), now() + timedelta(minutes=5))

        assert found == [order.number]


async def test_old_windows_cost_no_question_for_the_time() -> None:
    """A sweep of yesterday asks only for orders."""
    async with fake_http(Says({ORDERS.answer: {"total_count": 0}})) as fake, Http() as http:
        shop = a_shop(fake.url, http, settle_seconds=180)
        since = now() - timedelta(days=1)

        pages = [page async for page in shop.changed(since, since + timedelta(minutes=50))]

    assert [asked.query["type"] for asked in fake.asked] == [ORDERS.type] * 2
    assert [page.payloads for page in pages] == [(), ()]


async def test_a_list_without_a_count_is_not_an_empty_list() -> None:
    """The key of an empty list may be missing, its count may not."""
    async with fake_http(Says({ORDERS.answer: {"order_sn_list": [an_order()]}})) as fake, Http() as http:
        shop = a_shop(fake.url, http)

        with pytest.raises(Unavailable):
            [page async for page in shop.changed(now() - timedelta(minutes=5), now())]

    assert len(fake.asked) == 1


async def test_pages_are_asked_for_from_the_last_to_the_first() -> None:
    """After one look at how many there are."""

    def respond(asked: Asked) -> Says:
        rows = [an_order(order_sn=f"261122-{asked.form['page']}-{n}") for n in range(100)]
        return Says({ORDERS.answer: {"total_count": 300, "order_sn_list": rows}})

    async with fake_http(respond) as fake, Http() as http:
        shop = a_shop(fake.url, http)

        pages = [page async for page in shop.changed(now() - timedelta(minutes=5), now())]

    assert [asked.form["page"] for asked in fake.asked] == ["1", "3", "2", "1"]
    assert sum(len(page.payloads) for page in pages) == 300


async def test_part_of_the_money_back_does_not_end_an_order() -> None:
    """The order only says "refunded"; its after-sales, fetched with it, say how much. List and detail agree."""
    async with a_platform("pdd") as place:
        part, whole = place.order(), place.order()
        place.market.refund(part, Decimal("0.50"), "少件")
        place.market.refund(whole, None, "不想要了")

        listed = {
            place.channel.read(payload).snapshot.key.number: place.channel.read(payload).snapshot
            for payload in await place.payloads(now() - timedelta(minutes=1), now() + timedelta(seconds=1))
        }

        assert (listed[part.number].status, listed[part.number].refunded_fen) == (PlatformStatus.PAID, 50)
        assert listed[whole.number].status is PlatformStatus.REFUNDED
        assert listed[part.number].fingerprint == (await place.seen(part.number)).snapshot.fingerprint

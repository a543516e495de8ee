"""Douyin's list of orders: pages from 0, a cap on how deep one may page, windows of ninety days."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from oms.domain.errors import Misused, Unavailable
from oms.http import Http
from oms.paging import Window
from simulator.douyin import Douyin as SimulatedDouyin
from simulator.platforms import PLATFORMS
from tests.channels.douyin_words import NOW, a_shop, a_shop_of, an_order
from tests.channels.platform_world import a_platform
from tests.unit.fake_http import Asked, Says, fake_http


async def test_a_window_fuller_than_the_cap_is_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page beyond the cap is asked for, and nothing behind it is lost."""
    monkeypatch.setitem(PLATFORMS, "douyin", partial(SimulatedDouyin, most_rows=6))
    async with a_platform("douyin") as place:
        numbers, (since, until) = place.aged(25)
        shop = a_shop_of(place, most_rows=6, page_size=2)

        found = [row["order_id"] async for page in shop.changed(since, until) for row in page.payloads]

        assert set(found) == numbers


async def test_the_simulator_refuses_a_page_beyond_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a connector which pages too deep fails in the tests, as it would out there."""
    monkeypatch.setitem(PLATFORMS, "douyin", partial(SimulatedDouyin, most_rows=6))
    async with a_platform("douyin") as place:
        _, (since, until) = place.aged(10)
        shop = a_shop_of(place, page_size=2)

        last = await shop.ask_page(Window(since, until), 2)
        with pytest.raises(Misused, match="20013"):
            await shop.ask_page(Window(since, until), 3)

        assert (len(last.rows), last.total) == (2, 10)


@pytest.mark.parametrize(("page", "size", "days", "code"), [(-1, 100, 1, "10035"), (0, 100, 91, "20022")])
async def test_the_simulator_refuses_what_the_platform_refuses(
    page: int, size: int, days: int, code: str
) -> None:
    """A page before the first one, and a window that is too long."""
    async with a_platform("douyin") as place:
        now = datetime.now(UTC)
        shop = a_shop_of(place, page_size=size)

        with pytest.raises(Misused, match=code):
            await shop.ask_page(Window(now - timedelta(days=days), now), page)

        assert (await shop.check()).active


async def test_page_one_is_the_second_page() -> None:
    """Who begins at 1 misses the first hundred orders."""
    async with a_platform("douyin") as place:
        numbers, (since, until) = place.aged(3)
        shop = a_shop_of(place, page_size=2)

        first, second = [await shop.ask_page(Window(since, until), page) for page in (0, 1)]

        assert (len(first.rows), len(second.rows)) == (2, 1)
        assert {row["order_id"] for row in first.rows + second.rows} == numbers


async def test_a_year_is_asked_in_pieces_of_ninety_days() -> None:
    """And each piece begins with the second in which the one before ended."""

    def nothing(_asked: Asked) -> Says:
        return Says({"code": 10000, "data": {"total": 0, "shop_order_list": None}})

    async with fake_http(nothing) as fake, Http() as http:
        shop = a_shop(http, fake.url)
        pages = [page async for page in shop.changed(NOW - timedelta(days=365), NOW)]

    spans = [(asked.json["update_time_start"], asked.json["update_time_end"]) for asked in fake.asked]
    assert len(pages) == len(spans) == 5
    assert all(until - since <= 90 * 86_400 for since, until in spans)
    assert [until for _, until in spans[:-1]] == [since for since, _ in spans[1:]]


async def test_a_page_that_came_with_fewer_rows_than_counted_fails() -> None:
    """Never taken for the whole."""
    page = {"page": 0, "size": 100, "total": 3, "shop_order_list": [an_order()]}
    async with fake_http(Says({"code": 10000, "data": page})) as fake, Http() as http:
        shop = a_shop(http, fake.url)

        with pytest.raises(Unavailable, match="only 1"):
            _ = [page async for page in shop.changed(NOW - timedelta(minutes=1), NOW)]

    assert len(fake.asked) == 1


async def test_a_row_that_is_no_order_does_not_cost_the_others() -> None:
    """It is handed on as it is, and parked by whoever reads it."""
    page = {"page": 0, "size": 100, "total": 2, "shop_order_list": [an_order(), "garbage"]}
    async with fake_http(Says({"code": 10000, "data": page})) as fake, Http() as http:
        shop = a_shop(http, fake.url)

        rows = [row async for page in shop.changed(NOW - timedelta(minutes=1), NOW) for row in page.payloads]

    assert (rows[0]["order_id"], len(rows)) == ("6900000000000000001", 2)

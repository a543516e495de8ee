"""The desk's first page: what needs a person now, with a way to it, and how the day goes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oms.domain.messages import Way
from tests.unit.desk_orders import HOUR, WAYBILL, a_key, one_of_each, there_is
from tests.unit.intake_world import NOON, SHOP, a_store
from tests.unit.web_world import WebWorld


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


def figures(text: str) -> list[int]:
    """The figures of the cards: locks, late, soon, other holds, untold parcels, parked, alerts."""
    return [int(n) for n in re.findall(r'class="figure[^"]*">(\d+)<', text)]


async def test_the_front_leads_to_today(world: WebWorld) -> None:
    """One address to remember."""
    assert (await world.get("/")).headers["location"] == "/desk"


async def test_an_empty_day_says_so(world: WebWorld) -> None:
    """Nothing to do is an answer, too."""
    text = (await world.get("/desk")).text

    assert figures(text) == [0] * 7
    for shown in ("Nothing is held.", "Every parcel is known.", "No orders yet."):
        assert shown in text


async def test_what_needs_a_person_is_counted_and_named(world: WebWorld) -> None:
    """Each figure leads to its orders; a lock says why; a parcel says what the platform does not know."""
    one_of_each(world)
    await world.intake.receive(SHOP, Way.POLL, {"number": "1", "street": "文三路"})

    text = (await world.get("/desk")).text

    assert figures(text) == [1, 1, 0, 1, 1, 1, 0]
    for shown in (
        "no waybill in 12 h",
        "supervisor: find out why",
        WAYBILL,
        "high value",
        "1 payload could not be read",
    ):
        assert shown in text
    for way in (
        "hold=no_waybill_lock",
        "due=late",
        "hold=high_value",
        "orders/woocommerce:main:1004",
        "channel=woo",
    ):
        assert way in text
    assert "文三路" not in text


async def test_a_parcel_has_ten_minutes_to_be_told(world: WebWorld) -> None:
    """Before that it is on its way to the platform, not refused."""
    one_of_each(world)
    world.store.books.written_back(a_key("1003"), WAYBILL)

    assert figures((await world.get("/desk")).text)[4] == 0


async def test_the_page_follows_by_itself(world: WebWorld) -> None:
    """204 while nothing changes; then the content, without the frame. Who asks within a second shares one look."""
    page = (await world.get("/desk")).text
    again = re.search(r'hx-get="(/desk/today/now[^"]+)"', page)
    assert again is not None

    still = await world.get(again[1])
    there_is(world, "1", holds=("manual",))
    shared = await world.get(again[1])
    world.clock.now += timedelta(seconds=2)
    moved = await world.get(again[1])

    assert [(reply.status_code, reply.text) for reply in (still, shared)] == [(204, "")] * 2
    assert figures(moved.text)[3] == 1
    assert "<html" not in moved.text


async def test_orders_per_hour_are_a_picture_and_a_table(world: WebWorld) -> None:
    """Of the last day, by the reader's clock; the table says what the picture shows."""
    for number, ago in (("1", 0), ("2", 0), ("3", 3), ("4", 30)):
        there_is(world, number, created_at=NOON - ago * HOUR)

    text = (await world.get("/desk")).text

    assert text.count("<rect") == 24
    assert "<title>12:00: 2</title>" in text
    assert '<th scope="row">09:00</th><td class="num">1</td>' in text
    assert sum(int(n) for n in re.findall(r"<title>\d\d:00: (\d+)</title>", text)) == 3


async def test_the_day_begins_at_the_readers_midnight(world: WebWorld) -> None:
    """Noon in Shanghai is four in the morning in London: an order of 5 hours ago is of yesterday there."""
    there_is(world, "1", created_at=NOON - timedelta(hours=5))
    here = (await world.get("/desk")).text

    world.store.people.change("admin", zone="Europe/London")
    there = (await world.get("/desk")).text

    assert '<td class="num">1</td><td class="num">1</td>' in here
    assert '<td class="num">0</td><td class="num">1</td>' in there


async def test_today_is_chinese_for_a_chinese_reader(world: WebWorld) -> None:
    """Figures, reasons, and who must act."""
    one_of_each(world)
    await world.get("/desk")
    world.store.people.change("admin", language="zh_CN")

    text = (await world.get("/desk")).text

    for shown in ("红锁", "逾期", "每小时订单", "渠道", "谁来处理"):
        assert shown in text
    assert "Under way" not in text

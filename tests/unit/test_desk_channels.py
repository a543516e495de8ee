"""The desk's channels, interfaces and completeness: how far, how well, what is missing, what ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from oms.domain.calls import CallMade, CallResult
from oms.domain.expiries import beginning_of
from oms.domain.healthiness import Standing
from oms.domain.interfaces import Health
from oms.domain.periods import BUSINESS_ZONE
from oms.domain.roles import Role
from oms.register import Register
from oms.store.interfaces import NewExpiry
from oms.store.polls import Completeness
from tests.unit.intake_world import NOON, SHOP, a_store
from tests.unit.outside_world import OutsideWorld
from tests.unit.register_world import settings_of

ENDS = "interface:jd/jingdong.pop.order.search"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[OutsideWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield OutsideWorld(store)
    store.close()


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Four shops, whose interfaces a team looks after."""
    (tmp_path / "settings").mkdir()
    return Register(settings_of(tmp_path / "settings"))


def a_proof(day: date, **more: int) -> Completeness:
    counts = {"platform_count": 12, "our_count": 12, **more}
    return Completeness(shop=SHOP, day=day, note="", checked_at=NOON, **counts)


def a_call(minutes: int, result: CallResult) -> CallMade:
    return CallMade(
        at=NOON + minutes * MINUTE, system="woocommerce", interface="orders", shop=str(SHOP), duration_ms=80, result=result
    )  # fmt: skip


def ends_on(world: OutsideWorld, day: date) -> None:
    at = beginning_of(day, BUSINESS_ZONE)
    world.store.interfaces.expires(NewExpiry(key=ENDS, at=at, source="open.jd.com", by="wang", why="notice"))


async def test_a_shop_shows_how_far_it_is_read_and_how_its_interface_is(world: OutsideWorld) -> None:
    """Cursor, failures, yesterday's proof, health, calls of the last hour."""
    world.store.polls.advance(SHOP, NOON)
    world.store.polls.failed(SHOP, "<i>down</i>")
    world.store.polls.completeness(a_proof(date(2026, 11, 21), our_count=9, delivered=2, parked=1))
    world.store.health.put(
        {"woocommerce/orders": Standing(health=Health.SLOW, since=NOON, reason="takes 2 s")}, NOON
    )
    world.store.calls.add(
        [a_call(1, CallResult.OK), a_call(2, CallResult.RATE_LIMITED), a_call(-90, CallResult.OK)]
    )

    page = (await world.get("/desk/channels")).text

    for words in ("2026-11-22 12:00", "&lt;i&gt;down", "11/12", "takes 2 s", "<dd>2 ·", "over the quota 1"):
        assert words in page


async def test_an_old_cursor_is_marked(world: OutsideWorld) -> None:
    """Three quarters of an hour, divided by the pace of a demonstration."""
    world.store.polls.advance(SHOP, NOON)

    early = (await world.get("/desk/channels")).text
    world.clock.now += 30 * MINUTE
    late = (await world.get("/desk/channels")).text

    assert "minutes ago" not in early
    assert "60 minutes ago" in late


async def test_the_channels_are_sent_again_only_when_something_is_new(world: OutsideWorld) -> None:
    """Minutes that pass by themselves are nothing new."""
    world.store.polls.advance(SHOP, NOON)
    mark = (await world.get("/desk/channels")).text.partition("?seen=")[2].partition('"')[0]

    world.clock.now += MINUTE
    same = await world.get(f"/desk/channels?seen={mark}")
    world.store.polls.failed(SHOP, "down")
    other = await world.get(f"/desk/channels?seen={mark}")

    assert (same.status_code, other.status_code) == (204, 200)
    assert "<html" not in other.text


async def test_a_shop_has_a_page_with_its_days_holes_and_calls(world: OutsideWorld) -> None:
    """A day without a proof is said to be one; an unknown shop is told."""
    world.store.polls.completeness(a_proof(date(2026, 11, 21)))
    world.store.holes.begin(SHOP, "pulls:woocommerce:main", NOON - DAY, "poll")
    world.store.calls.add([a_call(1, CallResult.OK)])

    page = await world.get("/desk/channels/woocommerce/main")
    unknown = await world.get("/desk/channels/woocommerce/nobody")

    assert page.text.count("not swept") == 13
    for words in ("2026-11-21", "pulls:woocommerce:main", "woocommerce/orders", "80 ms"):
        assert words in page.text
    assert unknown.status_code == 404


async def test_the_old_address_of_the_shops_leads_on(world: OutsideWorld) -> None:
    """Bookmarks keep working."""
    reply = await world.get("/desk/shops")

    assert (reply.status_code, reply.headers["location"]) == (301, "/desk/channels")


async def test_completeness_can_be_had_as_page_and_workbook(world: OutsideWorld) -> None:
    """Of the days that were chosen, every shop, every day; a formula in a note is text."""
    world.store.polls.completeness(a_proof(date(2026, 11, 20), our_count=11))
    world.store.polls.completeness(a_proof(date(2026, 11, 21)).model_copy(update={"note": "=1+1"}))
    days = "?since=2026-11-19&until=2026-11-21"

    page = (await world.get(f"/desk/reports/completeness{days}")).text
    kept = await world.get(f"/desk/reports/completeness.html{days}")
    book = await world.get(f"/desk/reports/completeness.xlsx{days}")

    assert "1 of 3 days are equal." in page
    assert "not swept" in page
    assert (
        kept.headers["content-disposition"]
        == 'attachment; filename="completeness-2026-11-19_2026-11-21.html"'
    )
    assert "2026-11-20" in kept.text
    assert book.content[:2] == b"PK"


@pytest.mark.parametrize(
    "days", ["since=soon", "since=2026-11-22&until=2026-11-21", "since=1999-01-01&until=2026-11-21"]
)
async def test_days_that_are_none_are_said(world: OutsideWorld, days: str) -> None:
    """In each of the forms."""
    replies = [await world.get(f"/desk/reports/completeness{form}?{days}") for form in ("", ".xlsx", ".html")]

    assert [reply.status_code for reply in replies] == [422] * 3


async def test_what_ends_is_listed_and_looked_after(world: OutsideWorld, register: Register) -> None:
    """With name and reason, in the register's own log; its alert is asked only when one is open."""
    world.register = register
    ends_on(world, date(2026, 12, 1))

    page = (await world.get("/desk/interfaces")).text
    reply = await world.post("/desk/interfaces/acknowledge", {"key": ENDS, "why": "moving on Monday"})
    shown = (await world.get(reply.headers["location"])).text

    assert page.index("jingdong.pop.order.search") < page.index("woocommerce/")
    assert reply.status_code == 303
    assert "admin: moving on Monday" in shown
    assert "acknowledged step 15" in shown
    assert world.answering.asked == []
    assert world.store.interfaces.get(ENDS).acknowledged_step == 15


async def test_the_open_alert_of_an_end_is_quietened(world: OutsideWorld, register: Register) -> None:
    """Nobody else is called for it."""
    world.register = register
    ends_on(world, date(2026, 12, 1))
    world.store.interfaces.reminded(ENDS, beginning_of(date(2026, 12, 1), BUSINESS_ZONE), 15)

    await world.post("/desk/interfaces/acknowledge", {"key": ENDS, "why": "moving"})

    assert world.answering.asked == [(f"alert:expiry:{ENDS}", "acknowledge", "admin", "moving")]


@pytest.mark.parametrize(
    ("key", "why", "ends", "status", "words"),
    [
        (ENDS, "", date(2026, 12, 1), 409, "Say why"),
        (ENDS, "x", date(2027, 12, 1), 409, "does not end soon"),
        ("interface:jd/none", "x", date(2026, 12, 1), 404, "Nothing of that name"),
    ],
)
async def test_what_cannot_be_looked_after_is_said(
    world: OutsideWorld, register: Register, key: str, why: str, ends: date, status: int, words: str
) -> None:
    """And nothing is written."""
    world.register = register
    ends_on(world, ends)

    reply = await world.post("/desk/interfaces/acknowledge", {"key": key, "why": why})

    assert reply.status_code == status
    assert words in reply.text
    assert world.store.interfaces.get(ENDS).acknowledged_by == ""


async def test_an_interface_has_a_page(world: OutsideWorld, register: Register) -> None:
    """Purpose, owner, addresses, what was done about it; an unknown one is told."""
    world.register = register
    ends_on(world, date(2026, 12, 1))

    page = await world.get("/desk/interfaces/of/jd/jingdong.pop.order.search")
    unknown = await world.get("/desk/interfaces/of/jd/none")

    for words in ("operations", "jd:", "ends 2026-11-30 16:00 UTC", "notice"):
        assert words in page.text
    assert unknown.status_code == 404


async def test_without_an_owner_the_page_says_so(world: OutsideWorld) -> None:
    """The health of what was looked at is shown all the same."""
    world.store.health.put({"jd/orders": Standing(since=datetime(2026, 11, 1, tzinfo=NOON.tzinfo))}, NOON)

    page = (await world.as_(Role.VIEWER).get("/desk/interfaces")).text

    assert "OMS_INTERFACE_OWNER" in page
    assert "jd/orders" in page

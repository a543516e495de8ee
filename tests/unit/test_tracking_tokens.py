"""Links to tracking pages: nobody can make one, change one, or use one for ever."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.web.tokens import Link, TrackingTokens, Worn
from tests.unit.buyers_world import a_box, link, placed, read
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld

KEY = b"digest key"
ORDER = "OLABCDEFGHIJKLM"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def tokens(now: datetime = NOW, key: bytes = KEY, days: int = 60) -> TrackingTokens:
    return TrackingTokens(key, lambda: now, days * DAY)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


def test_a_token_opens_its_order_for_as_long_as_it_says() -> None:
    """To the end of its last day, and not a moment longer; the same token all day."""
    token = tokens().token(ORDER)

    assert tokens(NOW + 60 * DAY).read(token) == Link(ORDER)
    assert tokens(NOW + 61 * DAY).read(token) == Worn()
    assert tokens(NOW + 19 * timedelta(hours=1)).token(ORDER) == token
    assert tokens(NOW + DAY).token(ORDER) != token


def test_nothing_about_a_token_can_be_changed() -> None:
    """Neither the order nor the day: both are under the digest."""
    token = tokens().token(ORDER)
    body, _, mac = token.rpartition("-")

    changed = [
        "", body, mac, token[:-1], f"{token}a", f"{token}\n", token.upper(), token.lower(), f"{body}-{'a' * 26}",
        token.replace("OLABC", "OLABD"), token.replace("-20", "-21"), token.replace("-20", "-２０"),
    ]  # fmt: skip

    assert token not in changed
    assert {tokens().read(each) for each in changed} == {None}
    assert tokens(key=b"another key").read(token) is None


def test_a_link_of_an_earlier_release_is_over_and_a_made_up_one_is_unknown() -> None:
    """Such links had no end; they are told from made-up ones, and open nothing."""
    mac = hmac.new(KEY, f"tracking-page|{ORDER}".encode(), hashlib.sha256).hexdigest()[:32]

    assert tokens().read(f"{ORDER}-{mac}") == Worn()
    assert tokens().read(f"{ORDER}-{'0' * 32}") is None


def test_a_key_is_shown_to_nobody() -> None:
    """Whoever prints it."""
    assert KEY.decode() not in repr(tokens())


async def test_a_token_shows_its_own_order_only(world: WebWorld) -> None:
    """The digest of one order opens no other, however the two are put together."""
    mine = link(world, placed(world, "shipped", a_box(1), number="1"))
    theirs = link(world, placed(world, "shipped", a_box(2), number="2"))

    mixed = f"{mine.rpartition('-')[0]}-{theirs.rpartition('-')[2]}"
    pages = [await read(world, path) for path in (mine, theirs, mixed)]

    assert [page.status_code for page in pages] == [200, 200, 404]
    assert "SF1001" in pages[0].text
    assert "SF1002" not in pages[0].text
    assert "SF100" not in pages[2].text


@pytest.mark.parametrize(("days", "status"), [(60, 200), (61, 410), (4000, 410)])
async def test_a_link_whose_time_is_over_leads_to_the_form(world: WebWorld, days: int, status: int) -> None:
    """With a sentence that says so, and nothing of the order."""
    path = link(world, placed(world, "shipped", a_box()))
    world.clock.now += days * DAY

    page = await read(world, path)

    assert page.status_code == status
    assert ("SF1001" in page.text) is (status == 200)
    assert ('href="/t"' in page.text) is (status == 410)


async def test_made_up_links_are_all_unknown_in_the_same_words(world: WebWorld) -> None:
    """Whatever is wrong with them, and whether there is such an order."""
    token = link(world, placed(world, "shipped", a_box()))[3:]
    order = token.partition("-")[0]
    others = [
        "x",
        order,
        f"{order}-",
        f"{token}0",
        token[:-1],
        token.upper(),
        "é-é",
        f"{order}-20800-{'a' * 26}",
    ]

    pages = [await read(world, f"/t/{other}?lang=en") for other in others]

    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1

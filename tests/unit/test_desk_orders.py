"""The desk's list of orders: chosen, searched, kept, read on, and fresh; nothing a person types breaks it."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from oms.domain.errors import Unavailable
from oms.domain.roles import Role
from tests.unit.desk_orders import HOUR, WAYBILL, one_of_each, there_is
from tests.unit.intake_world import NOON, a_store
from tests.unit.web_world import WebWorld


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


def listed(text: str) -> list[str]:
    """The numbers of the orders on a page, from the top."""
    return re.findall(r'<tr data-key="woocommerce:main:(\w+)"', text)


async def test_orders_are_listed_with_why_who_and_by_when(world: WebWorld) -> None:
    """In the reader's words, in the reader's time, and escaped."""
    one_of_each(world)

    text = (await world.get("/desk/orders")).text

    for shown in ("allocated", "high value", "service: confirm address", "2026-11-24 12:00", "key_order"):
        assert shown in text
    assert "amount above 5000 &lt;b&gt;&amp; more&lt;/b&gt;" in text
    assert listed(text)[0] == "1001"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {"1001", "1002", "1003", "1004"}),
        ("stage=in_transit", {"1003"}),
        ("hold=high_value", {"1001"}),
        ("hold=manual", set()),
        ("tag=key_order", {"1001"}),
        ("due=late", {"1004"}),
        ("due=24h", {"1004"}),
        ("channel=woocommerce&shop=main&stage=allocated", {"1004"}),
        ("channel=tmall", set()),
        ("q=1003", {"1003"}),
        (f"q={WAYBILL}", {"1003"}),
        (f"q=+{WAYBILL[:6].lower()}+", {"1003"}),
        ("q=OL1002", {"1002"}),
        ("q=woocommerce:main:1001", {"1001"}),
        ("q=100&hold=high_value", {"1001"}),
    ],
)
async def test_a_list_shows_what_was_asked_for(world: WebWorld, query: str, numbers: set[str]) -> None:
    """By stage, hold, tag, deadline, channel, shop and text, each narrowing the others."""
    one_of_each(world)

    reply = await world.get(f"/desk/orders?{query}")

    assert reply.status_code == 200
    assert set(listed(reply.text)) == numbers


@pytest.mark.parametrize(
    "text", ["'", "' OR '1'='1", "%", "100_", '"><script>alert(1)</script>', "\\", "订单", ";--"]
)
@pytest.mark.parametrize("field", ["q", "channel", "shop", "tag"])
async def test_what_is_typed_stands_for_itself(world: WebWorld, field: str, text: str) -> None:
    """Nothing matches, nothing breaks, and it is shown again as text."""
    one_of_each(world)

    reply = await world.get(f"/desk/orders?{field}={quote(text)}")

    assert reply.status_code == 200
    assert listed(reply.text) == []
    assert "<script>alert" not in reply.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"q={'x' * 10_000}", "too long"),
        (f"tag={'x' * 101}", "too long"),
        ("q=10%0001", "characters that no order"),
        ("stage=nonsense", "no such stage"),
        ("stage=%27%3B--", "no such stage"),
        ("hold=nonsense", "no such hold"),
        ("due=tomorrow", "no such deadline"),
        ("after=nonsense", "place in the list"),
        ("after=2026-11-22T04:00:00~woocommerce:main:1", "place in the list"),
        ("after=2026-11-22T04:00:00Z~x", "place in the list"),
    ],
)
async def test_a_question_that_cannot_be_meant_is_answered_in_words(
    world: WebWorld, query: str, words: str
) -> None:
    """No order is listed as if it matched, and what was typed is not thrown back at length."""
    one_of_each(world)

    reply = await world.get(f"/desk/orders?{query}")

    assert reply.status_code == 422
    assert words in reply.text
    assert listed(reply.text) == []
    assert "x" * 200 not in reply.text


async def test_a_long_list_is_read_on(world: WebWorld) -> None:
    """From page to page by the place where the last one ended, back to the first at once."""
    for number in range(53):
        there_is(world, f"{number:03}", holds=("manual",), created_at=NOON + HOUR * (number // 2))

    first = (await world.get("/desk/orders?hold=manual")).text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = (await world.get(older[1].replace("&amp;", "&"))).text

    assert len(listed(first)) == 50
    assert sorted(listed(first) + listed(second)) == [f"{n:03}" for n in range(53)]
    assert 'rel="next"' not in second
    assert 'hx-trigger="every' not in second
    assert 'href="/desk/orders?hold=manual"' in second


async def test_rows_come_anew_only_when_an_order_has_moved(world: WebWorld) -> None:
    """204 costs a reader nothing; only the rows are sent, never the whole page."""
    there_is(world, "1", holds=("manual",))
    page = (await world.get("/desk/orders?hold=manual")).text
    again = re.search(r'hx-get="(/desk/orders/rows[^"]+)"', page)
    assert again is not None
    address = again[1].replace("&amp;", "&")

    still = await world.get(address)
    there_is(world, "1", holds=("manual",), seq=2, why_here="a word was added")
    moved = await world.get(address)
    there_is(world, "1", seq=3)
    gone = await world.get(address)

    assert (still.status_code, still.text) == (204, "")
    assert "a word was added" in moved.text
    assert "<html" not in moved.text
    assert listed(gone.text) == []


async def test_a_view_is_kept_shown_and_forgotten(world: WebWorld) -> None:
    """Each person's own; what was chosen comes back by a click."""
    name = "Mine <b>'%_"
    kept = await world.post("/desk/orders/views", {"name": name, "hold": "manual", "q": "10"})
    target = kept.headers["location"]
    mine = (await world.get(target)).text
    theirs = (await world.as_(Role.VIEWER).get("/desk/orders")).text
    forgotten = await world.post("/desk/orders/views/forget", {"name": name})

    assert (kept.status_code, target) == (303, "/desk/orders?q=10&hold=manual")
    assert "★ Mine &lt;b&gt;&#39;%_" in mine
    assert "Forget this view" in mine
    assert "★" not in theirs
    assert forgotten.status_code == 303
    assert "★" not in (await world.get("/desk/orders")).text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "hold": "manual"}, "needs a name"),
        ({"name": "x" * 61, "hold": "manual"}, "needs a name"),
        ({"name": "a\x00b", "hold": "manual"}, "needs a name"),
        ({"name": "a", "hold": "nonsense"}, "no such hold"),
    ],
)
async def test_a_view_that_cannot_be_kept_says_why(world: WebWorld, form: dict[str, str], words: str) -> None:
    """And is not kept."""
    reply = await world.post("/desk/orders/views", form)

    assert reply.status_code == 422
    assert words in reply.text
    assert world.store.saved_views.of("admin") == ()


async def test_only_who_may_act_on_many_can_select(world: WebWorld) -> None:
    """A viewer reads the same list without boxes."""
    one_of_each(world)

    acting, viewing = [
        (await world.as_(role).get("/desk/orders")).text for role in (Role.SERVICE, Role.VIEWER)
    ]

    assert acting.count('type="checkbox" name="key"') == 4
    assert 'action="/desk/bulk/preview"' in acting
    assert 'type="checkbox"' not in viewing
    assert listed(viewing) == listed(acting)


async def test_the_list_is_chinese_for_a_chinese_reader(world: WebWorld) -> None:
    """No English word of ours is left in what it says."""
    one_of_each(world)
    await world.get("/desk/orders")
    world.store.people.change("admin", language="zh_CN")

    text = (await world.get("/desk/orders?due=late")).text

    for shown in ("订单", "已占库存", "为什么在这里", "谁来处理", "已逾期", "保存"):
        assert shown in text
    assert "Why it is here" not in text


async def test_a_database_that_is_gone_is_said_in_words(
    world: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, to be tried again."""

    def gone(*_: object) -> None:
        raise Unavailable("the database")

    await world.get("/desk/orders")
    monkeypatch.setattr(world.store.order_lists, "page", gone)
    reply = await world.get("/desk/orders")

    assert reply.status_code == 503

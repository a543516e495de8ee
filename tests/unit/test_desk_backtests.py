"""Rules on the desk: versions, what one changes against another, and backtests in the background."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oms.cli.rule_changes import keep
from oms.domain.book import Sold
from oms.domain.roles import Role
from oms.rules.table import parse_table
from oms.store import Activation
from oms.web.desk.background import work_off
from tests.unit.intake_world import NOON, a_key, a_store
from tests.unit.outside_world import OutsideWorld
from tests.unit.rule_tables import text_of
from tests.unit.store_builders import a_book

HOUR = timedelta(hours=1)
STRICTER = {"combine": "platform_only", "ahead": "24h"}
ASKED = {"version": "v", "against": "", "file": "f", "shop": "", "first_day": "", "last_day": ""}


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[OutsideWorld]:
    """One order that left after thirty hours, of forty that its platform gives."""
    store = a_store(tmp_path, sqlite_template)
    world = OutsideWorld(store)
    sold = Sold(ship_by=NOON + 40 * HOUR, province="浙江省")
    book = a_book(1, created_at=NOON, paid_at=NOON, shipped_at=NOON + 30 * HOUR, sold=sold)
    store.books.commit(book.model_copy(update={"row": book.row.model_copy(update={"key": a_key()})}))
    yield world
    store.close()


def a_file(text: str, name: str = "stricter.yaml") -> dict[str, tuple[str, bytes, str]]:
    return {"file": (name, text.encode(), "application/yaml")}


def activated(world: OutsideWorld, version: str) -> None:
    """Bring a version into force, whose own shop ships a day earlier."""
    text = text_of(version=version, ship=STRICTER)
    table = parse_table(text, version)
    keep(world.store, Activation(
        version=version, digest=table.digest, text=text, effective_from=NOON - HOUR, activated_by="lin",
        why="<b>trial</b>", activated_at=NOON - HOUR,
    ))  # fmt: skip


async def test_a_table_that_was_sent_is_tried_in_the_background(world: OutsideWorld) -> None:
    """The page shows how far it is, then the answer with a chart, a table and the orders that change."""
    files = a_file(text_of(version="stricter", ship=STRICTER))

    reply = await world.post("/desk/rules/backtests", {}, files=files)
    place = reply.headers["location"]
    before = (await world.get(place)).text
    await work_off(world.parts, "backtest")
    after = (await world.get(place)).text
    listed = (await world.get("/desk/rules/backtests")).text

    assert reply.status_code == 303
    assert 'hx-trigger="every 2s"' in before
    assert "hx-trigger" not in after
    assert "1 order tried; 1 would have gone otherwise." in after
    assert after.count("<rect") >= 2
    assert 'href="/desk/orders/woocommerce%3Amain%3A1001"' in after
    assert "ship-late" in after
    assert place in listed
    assert world.store.acts.newest()[0].what == "backtest begun"


async def test_the_answer_can_be_kept_as_one_page(world: OutsideWorld) -> None:
    """Which needs no network; before there is an answer there is no page."""
    reply = await world.post(
        "/desk/rules/backtests", {}, files=a_file(text_of(version="stricter", ship=STRICTER))
    )
    early = await world.get(f"{reply.headers['location']}/page")
    await work_off(world.parts, "backtest")

    page = await world.get(f"{reply.headers['location']}/page")

    assert early.status_code == 404
    assert page.headers["content-disposition"].startswith("attachment")
    assert "<svg" in page.text
    assert "http://" not in page.text


async def test_a_refused_table_is_shown_with_line_and_column(world: OutsideWorld) -> None:
    """Every fault, in the reader's language, and what stands there; nothing is tried."""
    wrong = text_of(version="wrong").replace(
        "table_version: wrong", "table_version: wrong\ntabel_version: <b>2</b>"
    )

    english = await world.post("/desk/rules/backtests", {}, files=a_file(wrong, "wrong.yaml"))
    world.store.people.change("admin", language="zh_CN")
    chinese = await world.post("/desk/rules/backtests", {}, files=a_file(wrong, "wrong.yaml"))

    assert (english.status_code, chinese.status_code) == (422, 422)
    assert "it has 1 fault." in english.text
    assert "tabel_version: &lt;b&gt;2&lt;/b&gt;" in english.text
    assert english.text != chinese.text
    line = wrong.splitlines().index("tabel_version: <b>2</b>") + 1
    assert f'<td class="num">{line}</td><td class="num">1</td>' in english.text
    assert world.store.desk_jobs.list("backtest") == ()


@pytest.mark.parametrize(
    ("form", "files", "words"),
    [
        ({}, None, "Choose a file"),
        ({"version": "nine"}, None, "No such version"),
        ({}, {"file": ("a.yaml", b"\xff\xfe\x00", "application/yaml")}, "not UTF-8"),
        ({}, {"file": ("a.yaml", b"a" * 1_000_001, "application/yaml")}, "longer than 1 MB"),
        ({}, {"file": ("a.yaml", b"a: [", "application/yaml")}, "cannot be used"),
        ({"since": "soon"}, a_file(text_of(version="v")), "A day is written like"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, a_file(text_of(version="v")), "lies after"),
        ({"against": "nine"}, a_file(text_of(version="v")), "No such version"),
    ],
)  # fmt: skip
async def test_what_cannot_be_tried_is_said(
    world: OutsideWorld, form: dict[str, str], files: dict[str, tuple[str, bytes, str]] | None, words: str
) -> None:
    """On the page of the form; no job is begun."""
    reply = await world.post("/desk/rules/backtests", form, files=files)

    assert reply.status_code == 422
    assert words in reply.text
    assert world.store.desk_jobs.list("backtest") == ()


async def test_a_version_that_is_here_can_be_tried_on_chosen_days(world: OutsideWorld) -> None:
    """Days are those of the business zone, the last one included."""
    activated(world, "2026-11.2")
    days = {"since": "2026-11-23", "until": "2026-11-23"}

    none = await world.post("/desk/rules/backtests", {"version": "2026-11.2", **days})
    await work_off(world.parts, "backtest")
    one = await world.post(
        "/desk/rules/backtests", {"version": "2026-11.2", "since": "2026-11-22", "until": "2026-11-22"}
    )
    await work_off(world.parts, "backtest")

    assert "0 orders tried" in (await world.get(none.headers["location"])).text
    assert "1 order tried" in (await world.get(one.headers["location"])).text


async def test_versions_say_who_brought_them_and_what_they_changed(world: OutsideWorld) -> None:
    """The file itself can be had; a reason is text."""
    activated(world, "2026-11.2")

    page = (await world.get("/desk/rules/versions")).text
    link = page.partition('href="/desk/rules/diff?')[2].partition('"')[0].replace("&amp;", "&")
    diff = (await world.get(f"/desk/rules/diff?{link}")).text
    text = await world.get("/desk/rules/versions/text?version=2026-11.2")

    assert "&lt;b&gt;trial" in page
    assert "in force" in page
    assert "ship.ahead" in diff
    assert text.text == text_of(version="2026-11.2", ship=STRICTER)
    assert text.headers["content-disposition"] == 'attachment; filename="rules-2026-11-2.yaml"'


async def test_a_version_that_nobody_knows_is_said_in_words(world: OutsideWorld) -> None:
    """Compared or asked for; and so a backtest."""
    places = (
        "diff?before=a&after=b",
        "versions/text?version=a",
        "backtests/nothing",
        "backtests/nothing/page",
    )

    replies = [await world.get(f"/desk/rules/{place}") for place in places]

    assert [reply.status_code for reply in replies] == [404] * 4


async def test_a_table_that_breaks_the_trial_is_told(world: OutsideWorld) -> None:
    """A job that cannot come to its end says so on its page."""
    name = world.store.desk_jobs.begin("backtest", "lin", ASKED, "no: table")

    await work_off(world.parts, "backtest")
    page = (await world.get(f"/desk/rules/backtests/{name}")).text

    assert "broken off" in page
    assert 'role="alert"' in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SERVICE, Role.PURCHASING])
async def test_who_may_not_run_a_backtest_sees_answers_only(world: OutsideWorld, role: Role) -> None:
    """No form, and none is taken."""
    someone = world.as_(role)

    page = await someone.get("/desk/rules/backtests")
    sent = await someone.post("/desk/rules/backtests", {"version": "x"})

    assert page.status_code == 200
    assert 'type="file"' not in page.text
    assert sent.status_code == 403

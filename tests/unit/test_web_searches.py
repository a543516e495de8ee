"""The list of searches on the desk leads to the Temporal UI with the query in it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from oms.stack.blueprint import ROOT
from oms.web.desk.searches import SEARCHES, link
from tests.unit.intake_world import a_store
from tests.unit.web_world import UI, WebWorld

HANDBOOK = ROOT / "docs" / "reading-orders-in-temporal.md"
USUAL_UI = "http://localhost:8233/namespaces/default/workflows"
ROW = re.compile(r"^\| \[([^\]]+\?)\]\((\S+)\) \| `([^`]+)` \|$", re.MULTILINE)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if (tag, name) == ("a", "href") and value]


async def test_every_question_opens_the_list_with_its_query(world: WebWorld) -> None:
    """One link a question, to the configured UI; a moment in it is two hours from now."""
    page = await world.get("/desk/searches")

    there = [address for address in Links(page.text).found if address.startswith(f"{UI}?")]
    asked = [parse_qs(urlsplit(address).query)["query"] for address in there]
    assert asked == [[search.at(world.clock())] for search in SEARCHES]
    assert ["NextDeadline < '2026-11-22T06:30:00+00:00' AND ExecutionStatus = 'Running'"] in asked


async def test_a_chinese_reader_reads_the_questions_in_chinese(world: WebWorld) -> None:
    """All of them; the queries are Temporal's own words."""
    world.token()
    world.store.people.change("admin", language="zh_CN")

    page = (await world.get("/desk/searches")).text

    assert "哪些订单在等货？" in page
    assert [search.question for search in SEARCHES if search.question in page] == []


def test_the_handbook_has_the_same_questions_and_links() -> None:
    """As asked at noon of 22 November, of a UI at its usual port; question, link and query agree."""
    noon = datetime(2026, 11, 22, 4, tzinfo=UTC)

    rows = ROW.findall(HANDBOOK.read_text(encoding="utf-8"))

    assert rows == [
        (search.question, link(USUAL_UI, search.at(noon)), search.at(noon)) for search in SEARCHES
    ]
    assert len(rows) >= 10

"""The staff guide on the desk: the rules in force, in Chinese or English, on one page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oms.rules.table import read_table
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


@pytest.mark.parametrize(
    ("query", "title", "name"), [("", "平台规则指南", "抖音"), ("?lang=en", "The rules of each", "Douyin")]
)
async def test_the_guide_is_on_the_desk(world: WebWorld, query: str, title: str, name: str) -> None:
    """With the version in force, and a way to the other language."""
    reply = await world.get(f"/desk/rules{query}")

    assert reply.status_code == 200
    for words in (title, name, read_table().version, "待确认", "/desk/rules?lang="):
        assert words in reply.text


async def test_the_desk_leads_to_it(world: WebWorld) -> None:
    """From the list of orders."""
    assert 'href="/desk/rules"' in (await world.get("/desk")).text


async def test_another_language_is_refused(world: WebWorld) -> None:
    """Named as a wrong parameter."""
    reply = await world.get("/desk/rules?lang=fr")

    assert reply.status_code == 422
    assert reply.json()["places"] == ["query.lang"]

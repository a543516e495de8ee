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


@pytest.mark.parametrize(("query", "name"), [("", "Douyin"), ("?lang=en", "Douyin"), ("?lang=zh", "抖音")])
async def test_the_guide_is_on_the_desk(world: WebWorld, query: str, name: str) -> None:
    """In the reader's language or the other one, with the version in force."""
    reply = await world.get(f"/desk/rules{query}")

    assert reply.status_code == 200
    for words in ("The rules of each", name, read_table().version, "to be confirmed", "/desk/rules?lang="):
        assert words in reply.text


async def test_a_chinese_reader_reads_it_in_chinese(world: WebWorld) -> None:
    """The page as well as the rules."""
    await world.get("/desk")
    world.store.people.change("admin", language="zh_CN")

    page = (await world.get("/desk/rules")).text

    for words in ("各平台规则", "抖音", "待确认", "/desk/rules?lang=en"):
        assert words in page


async def test_another_language_is_refused(world: WebWorld) -> None:
    """Named as a wrong parameter."""
    reply = await world.get("/desk/rules?lang=fr")

    assert reply.status_code == 422

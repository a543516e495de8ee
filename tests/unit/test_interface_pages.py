"""People see how the outside world is: on the desk and on the command line."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from oms.domain.healthiness import Standing
from oms.domain.interfaces import Health
from oms.domain.shapes import Contract
from oms.opening import open_store
from oms.settings import Settings
from oms.store import Store
from oms.store.shapes import Recorded
from tests.unit.command_line import configured, say
from tests.unit.intake_world import NOON, a_store
from tests.unit.web_world import WebWorld

STANDINGS = {
    "jd/check": Standing(since=NOON),
    "jd/orders": Standing(health=Health.RETIRED, since=NOON, reason="jd:main: it is <no> more", retired_for=("jd:main",)),
    "pdd/orders": Standing(health=Health.SLOW, since=NOON, reason="takes 2000 ms, usually 90 ms"),
}  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """A configured place with a database of its own."""
    return configured(tmp_path)


@pytest.fixture
def theirs(environ: Mapping[str, str]) -> Iterator[Store]:
    """The database that the command line reads."""
    store = open_store(Settings.from_environ(environ))
    store.migrate()
    yield store
    store.close()


async def test_the_desk_shows_every_interface_the_gravest_first(world: WebWorld) -> None:
    """In the reader's language, and nothing of it is markup."""
    world.store.health.put(STANDINGS, NOON)

    page = (await world.get("/desk/interfaces")).text
    world.store.people.change("admin", language="zh_CN")
    chinese = (await world.get("/desk/interfaces")).text

    assert page.index("jd/orders") < page.index("pdd/orders") < page.index("jd/check")
    assert ">retired<" in page
    assert ">已下线<" in chinese
    assert "&lt;no&gt;" in page


async def test_a_desk_before_the_first_round_says_so_and_the_desk_leads_there(world: WebWorld) -> None:
    """No empty page."""
    assert "Nobody has looked yet" in (await world.get("/desk/interfaces")).text
    assert 'href="/desk/interfaces"' in (await world.get("/desk")).text


def test_the_command_line_shows_the_ill_ones_and_fails_when_one_is_grave(
    theirs: Store, environ: Mapping[str, str], tmp_path: Path
) -> None:
    """With the reason, the gravest first; --all and --json show all."""
    theirs.health.put(STANDINGS, NOON)

    shown = say("interfaces", "health", environ=environ, base=tmp_path)
    everything = say("interfaces", "health", "--json", environ=environ, base=tmp_path)

    assert shown.code == 1
    assert shown.out.index("jd/orders") < shown.out.index("pdd/orders")
    assert "jd/check" not in shown.out
    assert "1 of 3 interfaces: jd/orders" in shown.err
    assert [row["state"] for row in everything.json] == ["retired", "slow", "healthy"]


def test_a_slow_interface_is_no_failure(theirs: Store, environ: Mapping[str, str], tmp_path: Path) -> None:
    """Exit code 0: nothing is lost by it."""
    theirs.health.put({"pdd/orders": STANDINGS["pdd/orders"]}, NOON)

    assert say("interfaces", "health", environ=environ, base=tmp_path).code == 0


def test_a_shape_is_learnt_anew_when_a_person_says_so(
    theirs: Store, environ: Mapping[str, str], tmp_path: Path
) -> None:
    """One that nobody knows is named with those there are."""
    known = Recorded(interface="jd/orders", version="v", contract=Contract(answers=9), looked_at=NOON)
    theirs.shapes.put(known)

    wrong = say("interfaces", "relearn", "jd/order", environ=environ, base=tmp_path)
    right = say("interfaces", "relearn", "jd/orders", environ=environ, base=tmp_path)

    assert (wrong.code, right.code) == (2, 0)
    assert "there are: jd/orders" in wrong.err
    assert theirs.shapes.all() == ()

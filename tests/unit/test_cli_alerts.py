"""Alerts at the command line and at the desk: listed, shown, acknowledged, tried out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from oms.domain import alerting
from oms.domain.alerting import AlertState
from oms.domain.alerts import AcknowledgeAlert, AlertKind, ConditionOver
from oms.opening import open_store
from oms.settings import Settings
from oms.store import Store
from tests.process.alert_rota import a_condition
from tests.unit.command_line import configured, say
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def some_alerts(store: Store) -> None:
    """One that lin looks after, and one that is over."""
    going = AlertState.begin(a_condition("canary", since=NOON), NOON)
    alerting.acknowledge(going, AcknowledgeAlert(by="lin", why="restarts it"), NOON + HOUR)
    over = AlertState.begin(
        a_condition("pulls:jd:main", kind=AlertKind.PULLS_FAILING, since=NOON), NOON - HOUR
    )
    alerting.ended(over, ConditionOver(at=NOON + HOUR, why="polls work again"), NOON + HOUR)
    for state in (going, over):
        store.alerts.save(state)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Settings without a rota, and two alerts."""
    environ = configured(tmp_path)
    store = open_store(Settings.from_environ(environ))
    store.migrate()
    some_alerts(store)
    store.close()
    return environ


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ((), ["canary", "pulls:jd:main"]),
        (("--open",), ["canary"]),
        (("--kind", "pulls_failing"), ["pulls:jd:main"]),
    ],
)
def test_alerts_are_listed(
    environ: dict[str, str], tmp_path: Path, options: tuple[str, ...], keys: list[str]
) -> None:
    """All, those that are not over, or those of a kind; newest first."""
    shown = say("alerts", "list", *options, "--json", environ=environ, base=tmp_path)
    table = say("alerts", "list", *options, environ=environ, base=tmp_path)

    assert (shown.code, table.code) == (0, 0)
    assert [row["key"] for row in shown.json] == keys
    assert all(key in table.out for key in keys)


def test_an_alert_is_shown_with_its_history(environ: dict[str, str], tmp_path: Path) -> None:
    """Who had it, why it ended; an unknown key is told."""
    shown = say("alerts", "show", "canary", environ=environ, base=tmp_path)
    as_json = say("alerts", "show", "pulls:jd:main", "--json", environ=environ, base=tmp_path)
    unknown = say("alerts", "show", "nothing", environ=environ, base=tmp_path)

    for words in ("acknowledged", "lin", "restarts it", "No canary came back"):
        assert words in shown.out
    assert (as_json.json["stage"], as_json.json["closed_why"]) == ("closed", "polls work again")
    assert [line["what"] for line in as_json.json["history"]] == ["opened", "over"]
    assert unknown.code == 1
    assert "alerts list" in unknown.err


def test_acknowledging_asks_temporal(environ: dict[str, str], tmp_path: Path) -> None:
    """Which does not run here; without a name it is wrong use."""
    away = say("alerts", "acknowledge", "canary", "--by", "lin", "--why", "x", environ=environ, base=tmp_path)
    nameless = say("alerts", "acknowledge", "canary", "--why", "x", environ=environ, base=tmp_path)

    assert (away.code, nameless.code) == (3, 2)


def test_everybody_of_the_rota_gets_a_test_notice(environ: dict[str, str], tmp_path: Path) -> None:
    """Each way is tried; the exit code says that one does not work, and no address is shown."""
    rota = tmp_path / "rota.yaml"
    people = [{"name": "lin", "roles": ["all"], "ways": ["OMS_WAY_A"]}]
    rota.write_text(yaml.safe_dump({"people": people}), encoding="utf-8")
    broken = {
        **environ,
        "OMS_ROTA_FILE": str(rota),
        "OMS_WAY_A": "dingtalk+http://127.0.0.1:1/robot/send?access_token=t0ken",
    }

    none = say("alerts", "test", environ=environ, base=tmp_path)
    failed = say("alerts", "test", "--json", environ=broken, base=tmp_path)
    wrong = say("alerts", "test", environ={**broken, "OMS_WAY_A": "nonsense"}, base=tmp_path)

    assert (none.code, failed.code, wrong.code) == (0, 1, 2)
    assert [(row["person"], row["way"], row["reached"]) for row in failed.json] == [
        ("lin", "OMS_WAY_A", False)
    ]
    assert "t0ken" not in failed.out + failed.err
    assert "OMS_WAY_A" in wrong.err
    assert "nonsense" not in wrong.err


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    """The desk, with two alerts."""
    store = a_store(tmp_path, sqlite_template)
    some_alerts(store)
    yield WebWorld(store)
    store.close()


async def test_the_desk_shows_what_is_open_and_what_was(world: WebWorld) -> None:
    """And leads there from the list of orders."""
    reply, front = await world.get("/desk/alerts"), await world.get("/desk/orders")

    assert reply.status_code == 200
    assert reply.text.index("lin: restarts it") < reply.text.index("polls work again")
    assert 'href="/desk/alerts"' in front.text


def test_an_alert_is_kept_on_both_databases(store: Store) -> None:
    """As it was written last; a condition that comes back has another row."""
    some_alerts(store)
    again = AlertState.begin(a_condition("canary", since=NOON + 3 * HOUR), NOON + 3 * HOUR)
    store.alerts.save(again)

    newest, first = store.alerts.of("canary")

    assert (newest.stage, first.stage, first.acknowledged_by) == ("open", "acknowledged", "lin")
    assert store.alerts.counts() == {"open": 1, "acknowledged": 1}
    assert store.alerts.orders_between("jd:main", NOON, NOON + HOUR) == 0
    assert store.alert_posts.claim_turn("lin", 1, NOON) is None
    assert store.alert_posts.claim_turn("lin", 1, NOON) == NOON + timedelta(minutes=1)
    assert store.alert_posts.prune(NOON) == 0

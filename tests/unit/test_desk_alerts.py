"""The desk's alerts: open and over, looked after with name and reason, and refusals in words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.domain import alerting
from oms.domain.alerting import AlertState
from oms.domain.alerts import AcknowledgeAlert, AlertKind, ConditionOver
from oms.domain.roles import Role
from oms.ports.asking import Declined, NotRunning
from tests.process.alert_rota import a_condition
from tests.unit.intake_world import a_store
from tests.unit.outside_world import OutsideWorld

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = "pulls:jd:main"


def an_alert(key: str = KEY, kind: AlertKind = AlertKind.PULLS_FAILING, **more: object) -> AlertState:
    return AlertState.begin(a_condition(key, kind=kind, since=NOON, **more), NOON)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[OutsideWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield OutsideWorld(store)
    store.close()


async def test_what_nobody_looks_after_comes_first_and_the_gravest_of_it(world: OutsideWorld) -> None:
    """Then what somebody has taken on; one kind can be chosen."""
    for state in (an_alert("mild", severity="info"), an_alert("grave", AlertKind.CANARY, severity="red")):
        world.store.alerts.save(state)
    taken = an_alert("taken", severity="red")
    alerting.acknowledge(taken, AcknowledgeAlert(by="lin", why="calls them"), NOON)
    world.store.alerts.save(taken)

    page = (await world.get("/desk/alerts")).text
    only = (await world.get("/desk/alerts?kind=canary")).text

    assert page.index("/of/grave") < page.index("/of/mild") < page.index("/of/taken")
    assert "lin: calls them" in page
    assert "/of/grave" in only
    assert "/of/mild" not in only


async def test_a_person_looks_after_an_alert_with_name_and_reason(world: OutsideWorld) -> None:
    """The alert is asked, the act is noted, and the page says what that means."""
    world.store.alerts.save(an_alert())

    reply = await world.as_(Role.SERVICE).post(
        "/desk/alerts/acknowledge", {"key": KEY, "why": " calls them "}
    )
    page = await world.as_(Role.SERVICE).get(reply.headers["location"])

    assert reply.status_code == 303
    assert world.answering.asked == [(f"alert:{KEY}", "acknowledge", "service", "calls them")]
    assert "nobody else is called" in page.text
    (done,) = world.store.acts.of(f"alert:{KEY}")
    assert (done.who, done.what, done.why) == ("service", "alert acknowledged", "calls them")


async def test_an_alert_that_is_over_already_refuses_in_words(world: OutsideWorld) -> None:
    """Nothing is noted; whether its workflow says so or is gone."""
    state = an_alert()
    alerting.ended(state, ConditionOver(at=NOON + HOUR, why="polls work again"), NOON + HOUR)
    world.store.alerts.save(state)

    replies = []
    for answer in (NotRunning(), Declined(why=f"alert {KEY} is over: polls work again")):
        world.answering.answer = answer
        replies.append(await world.post("/desk/alerts/acknowledge", {"key": KEY, "why": "x"}))

    for reply in replies:
        assert reply.status_code == 409
        assert "This alert is over" in reply.text
        assert "polls work again" in reply.text
    assert world.store.acts.of(f"alert:{KEY}") == ()


@pytest.mark.parametrize(
    ("why", "words"),
    [("", "Say why"), ("   ", "Say why"), ("x" * 501, "Say why"), ("fine", "looks after it already")],
)
async def test_what_cannot_be_acknowledged_is_said_and_the_reason_is_not_lost(
    world: OutsideWorld, why: str, words: str
) -> None:
    """No reason, too long a one, or somebody was quicker."""
    world.store.alerts.save(an_alert())
    world.answering.answer = Declined(why=f"lin looks after {KEY} already")

    reply = await world.post("/desk/alerts/acknowledge", {"key": KEY, "why": why})

    assert reply.status_code == 409
    assert words in reply.text
    assert f'value="{why.strip()}"' in reply.text


async def test_the_list_is_sent_again_only_when_it_has_changed(world: OutsideWorld) -> None:
    """So that any number of browsers may look every two seconds."""
    world.store.alerts.save(an_alert())
    page = (await world.get("/desk/alerts")).text
    mark = page.partition("/desk/alerts/live?seen=")[2].partition('"')[0]

    same = await world.get(f"/desk/alerts/live?seen={mark}")
    world.store.alerts.save(an_alert("canary", AlertKind.CANARY))
    other = await world.get(f"/desk/alerts/live?seen={mark}")

    assert (same.status_code, other.status_code) == (204, 200)
    assert "/of/canary" in other.text
    assert "<html" not in other.text


async def test_an_alert_that_nobody_knows_is_said_in_words(world: OutsideWorld) -> None:
    """Looked at or acknowledged."""
    looked = await world.get("/desk/alerts/of/no/such:alert")
    sent = await world.post("/desk/alerts/acknowledge", {"key": "no/such:alert", "why": "x"})

    assert (looked.status_code, sent.status_code) == (404, 404)
    assert "No such alert" in sent.text


async def test_a_viewer_sees_alerts_and_acknowledges_none(world: OutsideWorld) -> None:
    """No form is shown, and none is taken."""
    world.store.alerts.save(an_alert(title="<script>alert(1)</script>"))
    viewer = world.as_(Role.VIEWER)

    page = await viewer.get(f"/desk/alerts/of/{KEY}")
    sent = await viewer.post("/desk/alerts/acknowledge", {"key": KEY, "why": "x"})

    assert page.status_code == 200
    assert 'action="/desk/alerts/acknowledge"' not in page.text
    assert "<script>alert(1)" not in page.text
    assert (sent.status_code, world.answering.asked) == (403, [])


async def test_history_is_paged(world: OutsideWorld) -> None:
    """Fifty a page, the newest first; the next page begins where this one ends."""
    for number in range(53):
        state = AlertState.begin(a_condition(f"c{number:02}", since=NOON), NOON + number * HOUR)
        alerting.ended(state, ConditionOver(at=NOON + 99 * HOUR, why="gone"), NOON + 99 * HOUR)
        world.store.alerts.save(state)

    first = (await world.get("/desk/alerts")).text
    older = first.partition('href="/desk/alerts?before=')[2].partition('"')[0]
    second = (await world.get(f"/desk/alerts?before={older}")).text

    assert first.count("/desk/alerts/of/c") == 50
    assert second.count("/desk/alerts/of/c") == 3
    assert "/of/c52" in first
    assert "/of/c02" in second


async def test_with_temporal_gone_nothing_is_noted_and_that_is_said(world: OutsideWorld) -> None:
    """A page in words, not a stack of errors; the form may be sent again."""
    world.store.alerts.save(an_alert())
    world.answering.away = True

    reply = await world.post("/desk/alerts/acknowledge", {"key": KEY, "why": "x"})

    assert reply.status_code == 503
    assert "nobody answers at" not in reply.text
    assert world.store.acts.of(f"alert:{KEY}") == ()

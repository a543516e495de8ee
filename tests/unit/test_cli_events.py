"""`starter.py events …`: what is told, how far, and telling it again."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from oms.cli.output import Code
from oms.cli.told import still_telling
from oms.opening import open_store
from oms.settings import Settings
from oms.stack.keys import fresh_webhook_secret
from oms.stack.subscribers import subscribers_file
from oms.store import Subscription
from tests.unit.command_line import NOBODY_LISTENS, Said, configured, say
from tests.unit.store_builders import a_book, a_change, a_row

TOPICS = ("order.admitted", "order.shipped", "sla.late", "parcel.delivered")


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """One subscriber, four events of two orders of which it wants three, and no Temporal."""
    file = tmp_path / "subscribers.yaml"
    file.write_text(subscribers_file(NOBODY_LISTENS, ("erp",)), encoding="utf-8")
    settings = configured(
        tmp_path / "place", OMS_SUBSCRIBERS_FILE=str(file), OMS_SUBSCRIBER_ERP_SECRET=fresh_webhook_secret()
    )
    store = open_store(Settings.from_environ(settings))
    store.migrate()
    for seq, topic in enumerate(TOPICS, start=1):
        row = a_row(seq % 2, seq=seq)
        change = a_change(row, id=f"{row.key}#{seq}", topic=topic)
        store.books.commit(a_book(seq % 2, seq=seq).model_copy(update={"changes": (change,)}))
    store.subscriptions.begin("erp", 4)
    store.close()
    return settings


def events(environ: Mapping[str, str], *words: str) -> Said:
    """Run `starter.py events` with these words."""
    return say("events", *words, environ=environ, base=Path(environ["OMS_SUBSCRIBERS_FILE"]).parent)


def standing(environ: Mapping[str, str]) -> Subscription:
    """Where the subscriber stands."""
    store = open_store(Settings.from_environ(environ))
    found = store.subscriptions.get("erp")
    store.close()
    assert found is not None
    return found


def test_events_are_listed_in_the_order_in_which_they_are_told(environ: Mapping[str, str]) -> None:
    """All, or those of a topic, of an order, behind a number."""
    everything = events(environ, "list", "--json").json
    shipped = events(environ, "list", "--topic", "order.shipped", "--json").json
    of_one = events(environ, "list", "--order", "woo:main:1", "--json").json
    later = events(environ, "list", "--after", "2", "--limit", "1", "--json").json

    assert [row["topic"] for row in everything] == list(TOPICS)
    assert [row["seq"] for row in shipped] == [2]
    assert [row["seq"] for row in of_one] == [1, 3]
    assert [row["seq"] for row in later] == [3]


def test_an_event_is_shown_as_it_is_heard_and_who_has_it(environ: Mapping[str, str]) -> None:
    """By its number or its id; one that is not there is said so."""
    by_number = events(environ, "show", "2", "--json").json
    by_id = events(environ, "show", "woo:main:0#2", "--json").json
    alert = events(environ, "show", "3", "--json").json
    missing = events(environ, "show", "99")

    assert by_number == by_id
    assert by_number["event"]["type"] == "com.orderloom.order.shipped.v1"
    assert (by_number["told"], alert["told"]) == ({"erp": "yes"}, {"erp": "not for it"})
    assert (missing.code, "no event 99 is kept" in missing.err) == (Code.WRONG_USE, True)


def test_subscribers_are_listed_with_how_far_they_are_behind(environ: Mapping[str, str]) -> None:
    """Without their secrets."""
    said = events(environ, "subscribers", "--json")

    (row,) = said.json
    assert (row["subscriber"], row["state"], row["behind"], row["cursor"]) == ("erp", "active", 0, 4)
    assert environ["OMS_SUBSCRIBER_ERP_SECRET"] not in said.out


def test_a_subscriber_is_paused_with_a_reason_and_resumed(environ: Mapping[str, str]) -> None:
    """Without Temporal too: the relay looks by itself."""
    events(environ, "pause", "erp", "--why", "it moves")
    paused = standing(environ)
    resumed = events(environ, "resume", "erp")

    assert (paused.state, paused.why) == ("paused", "it moves")
    assert standing(environ).state == "active"
    assert "within ten minutes" in resumed.err


def test_a_replay_shows_its_plan_first_and_does_nothing_when_it_is_a_dry_run(
    environ: Mapping[str, str],
) -> None:
    """Three of the four are for it; two from the second on."""
    plan = events(environ, "replay", "erp", "--from", "1", "--dry-run", "--json").json
    later = events(environ, "replay", "erp", "--from", "2", "--dry-run", "--json").json

    assert (plan["events"], later["events"], plan["skips"]) == (3, 2, 0)
    assert standing(environ).cursor == 4


@pytest.mark.parametrize("start", ["2", "2026-11-22T20:00"])
def test_a_replay_sets_the_cursor_back_to_a_number_or_a_time(environ: Mapping[str, str], start: str) -> None:
    """A time without an offset is Asia/Shanghai's; all events happened a moment after 20:00 there."""
    done = events(environ, "replay", "erp", "--from", start, "--yes")

    assert done.code == Code.OK
    assert standing(environ).cursor == (1 if start == "2" else 0)


def test_what_was_never_told_is_skipped_only_when_it_is_meant(environ: Mapping[str, str]) -> None:
    """--from a number in front of the cursor."""
    events(environ, "replay", "erp", "--from", "1", "--yes")

    refused = events(environ, "replay", "erp", "--from", "4", "--yes")
    between = standing(environ).cursor
    meant = events(environ, "replay", "erp", "--from", "4", "--yes", "--skip")

    assert (refused.code, between) == (Code.WRONG_USE, 0)
    assert "2 events would never be told" in refused.err
    assert (meant.code, standing(environ).cursor) == (Code.OK, 3)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("pause", "nobody"), "no subscriber nobody"),
        (("replay", "erp", "--from", "yesterday"), "neither a number nor a time"),
    ],
)
def test_wrong_use_says_what_is_wrong(
    environ: Mapping[str, str], words: tuple[str, ...], complaint: str
) -> None:
    """And what there is instead."""
    said = events(environ, *words)

    assert said.code == Code.WRONG_USE
    assert complaint in said.err


def test_a_run_is_still_telling_until_everybody_who_is_not_stopped_has_everything(
    environ: Mapping[str, str],
) -> None:
    """Somebody who is paused is waited for by nobody."""
    settings = Settings.from_environ(environ)
    store = open_store(settings)

    at_first = still_telling(store, settings.subscribers)
    store.subscriptions.replay("erp", 1)
    behind = still_telling(store, settings.subscribers)
    store.subscriptions.pause("erp", "moving")
    paused = still_telling(store, settings.subscribers)
    store.close()

    assert (at_first, behind, paused) == (0, 2, 0)

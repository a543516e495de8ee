"""What the Temporal UI shows of workflows that are not orders: whose turn it is stands there, and nobody's name."""

from datetime import UTC, datetime

import pytest

from oms.domain import cards
from oms.domain.alerting import AlertState, acknowledge, ended, heard
from oms.domain.alerts import AcknowledgeAlert, AlertKind, Condition, ConditionOver
from oms.domain.errands import (
    PollDone,
    PollFailed,
    PollShop,
    ReportWritten,
    RulesSpread,
    SpreadRules,
    SweepDone,
    SweepShop,
    WatchDone,
)
from oms.domain.ids import ShopKey
from oms.domain.relaying import (
    NotSubscribed,
    RelayEvents,
    RelayState,
    Turn,
    TurnFailed,
    TurnOver,
    TurnStopped,
)

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SHOP = ShopKey(channel="jd", shop="flagship")
SECRET = "token 9f8e of 张三 was refused"


def shown(card: str) -> dict[str, str]:
    """The rows of a card; its title under an empty name."""
    title, _, rows = card.partition("\n\n")
    pairs = (row.removeprefix("**").partition(":** ") for row in rows.split("  \n"))
    return {"": title.removeprefix("### "), **{name: text for name, _, text in pairs}}


def a_condition(severity: str = "warning") -> Condition:
    return Condition.model_validate(
        {
            "key": "order:jd:flagship:1:out_of_stock", "kind": AlertKind.OUT_OF_STOCK, "severity": severity,
            "to": "purchasing", "title": "SKU-1 is out of stock", "body": SECRET, "order": "jd:flagship:1",
            "shop": "jd:flagship", "since": NOON,
        }
    )  # fmt: skip


def test_a_poll_says_how_far_the_shop_is_fetched() -> None:
    """And how it went with the after-sales, whose cursor is another."""
    cases = PollFailed(failures=2, error=SECRET, alert=False)
    done = PollDone(seen=7, delivered=2, repeated=4, parked=1, cursor=NOON, after_sales=cases)

    card = shown(cards.poll(PollShop(shop=SHOP), done))

    assert card == {
        "": "jd:flagship",
        "Orders": "7 seen, 2 new or changed, 4 known, 1 parked; fetched up to 11-22 12:00",
        "After-sales": "failed, 2 in a row",
        "Who must act": "nobody yet",
    }


@pytest.mark.parametrize(
    ("more", "who"),
    [
        ({"alert": False}, "nobody yet"),
        ({"alert": True}, "operations: three failures in a row are told"),
        ({"alert": True, "retired": "jd.order.list"}, "operations, at once: jd.order.list does not exist any more"),
    ],
)  # fmt: skip
def test_a_failed_poll_says_who_must_act_and_keeps_the_platforms_words(
    more: dict[str, object], who: str
) -> None:
    """What the platform answered may hold anything: it stays in the sealed result."""
    failed = PollFailed.model_validate({"failures": 3, "error": SECRET, **more})

    card = cards.poll(PollShop(shop=SHOP), failed)

    assert shown(card)["Who must act"] == who
    assert SECRET not in card


def test_a_sweep_says_what_was_missing() -> None:
    """By number; a row that has nothing to say is left out."""
    card = shown(
        cards.sweep(SweepShop(shop=SHOP), SweepDone(platform=9, ours=7, recovered=2, which=("a", "b")))
    )

    assert card == {"": "jd:flagship", "Platform": "9 orders", "Ours": "7 orders", "Recovered": "2: a, b"}


@pytest.mark.parametrize(
    ("turn", "where", "who"),
    [
        (TurnOver(delivered=3), "it takes what it is told; 3 in the last turn", None),
        (TurnFailed(failures=4, seconds=5, answer=SECRET), "failed 4 times in a row; tried again", "nobody yet"),
        (TurnStopped(state=RelayState.PAUSED, why=SECRET), "paused", "operations: `starter.py events resume erp`"),
        (NotSubscribed(subscriber="erp"), "the settings know no such subscriber any more", None),
    ],
)  # fmt: skip
def test_a_relay_says_whether_its_subscriber_listens(turn: Turn, where: str, who: str | None) -> None:
    """And who must act when it does not."""
    card = cards.relay(RelayEvents(subscriber="erp"), turn)

    assert (shown(card)["Where"], shown(card).get("Who must act")) == (where, who)
    assert SECRET not in card


def test_a_report_a_round_and_a_spreading_say_their_figures() -> None:
    """So that nobody has to open a result."""
    written = ReportWritten(
        name="violations-2026-W47", files=("a.html", "a.xlsx"), violations=5, near_misses=2, violations_before=9,
        open=1, orders=800, concerned=4, headline="shipping fails most",
    )  # fmt: skip
    errand = SpreadRules(version="2026-12", effective_from=NOON)

    report, round_ = (
        shown(cards.report(written)),
        shown(cards.parcels(WatchDone(due=4, asked=3, healed=1, failed=1))),
    )
    before, after = (
        cards.spread_begins(errand),
        cards.spread(errand, RulesSpread(told=3, failed=("jd:flagship:1",))),
    )

    assert report["Violations"] == "5 (the period before: 9), 1 still open"
    assert (round_["Asked for"], round_["Failed"], "No first scan in time" in round_) == ("3", "1", False)
    assert shown(before)["Orders in flight"] == "not told yet"
    assert shown(after)["Orders in flight"] == "told 3, kept 0, gone 0, failed 1"


def test_an_alert_says_whose_turn_it_is_and_names_no_person() -> None:
    """First those it is for, then whoever acknowledged it, then nobody; graver when it is raised."""
    state = AlertState.begin(a_condition(), NOON)
    seen = [cards.alert(state)]
    heard(state, a_condition("red"), NOON)
    seen.append(cards.alert(state))
    acknowledge(state, AcknowledgeAlert(by="lin", why="on it"), NOON)
    seen.append(cards.alert(state))
    ended(state, ConditionOver(at=NOON, why="stock came"), NOON)
    seen.append(cards.alert(state))

    assert [(shown(card)["Where"], shown(card)["Who must act"]) for card in seen] == [
        ("open, warning", "purchasing"),
        ("open, red", "purchasing"),
        ("acknowledged, red", "the person of purchasing who has acknowledged it"),
        ("closed, red", "nobody: it is over"),
    ]
    assert all("lin" not in card and SECRET not in card for card in seen)

"""Notices of orders that are conditions open alerts; everything else stays a notice."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from activities.notices import NoticeActivities
from activities.requests import TellPeople
from oms.domain import strikes
from oms.domain.alerting import AlertState, Word
from oms.domain.alerts import AlertKind, Condition
from oms.domain.conditions import LONGEST_KEY, condition_of, key_of
from oms.domain.errors import Unavailable
from oms.domain.handover import Notice
from oms.domain.model import Moment
from oms.notices.words import KINDS, SEVERITIES, WORDS, alert_text, lasted
from oms.store import Store
from oms.store.vault import Vault
from tests.process.alert_rota import a_condition
from tests.process.fakes import FakeNotices

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ORDER = "woocommerce:main:1001"


class FakeAlarms:
    """Whoever opens alerts, and remembers."""

    def __init__(self) -> None:
        self.opened: list[Condition] = []
        self.away = False

    async def open(self, condition: Condition) -> None:
        if self.away:
            raise Unavailable("Temporal is away")
        self.opened.append(condition)

    async def over(self, key: str, at: Moment, why: str) -> None:
        raise AssertionError(f"{key} {at} {why}: nobody says so here")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database of its own."""
    opened = Store.open(f"sqlite:///{tmp_path / 'oms.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    opened.migrate()
    yield opened
    opened.close()


def a_notice(title: str = "out of stock", **changes: object) -> Notice:
    given = {"id": f"{ORDER}:{title}", "to": "purchasing", "title": title, "body": "b", "order": ORDER}
    return Notice.model_validate({**given, **changes})


@pytest.mark.parametrize(
    "title", [*strikes._TITLES.values(), "out of stock", "unmapped SKU", "an order needs you"]
)
def test_everything_an_order_is_stuck_with_is_a_condition(title: str) -> None:
    """Also a title that is worded anew: then this says so."""
    condition = condition_of(a_notice(title), NOON)

    assert condition is not None
    assert condition.key.startswith(f"order:{ORDER}:")
    assert (condition.shop, condition.order, condition.to) == ("woocommerce:main", ORDER, "purchasing")


def test_the_steps_of_one_clock_are_one_condition_and_other_troubles_are_others() -> None:
    """A reminder that becomes late is the same alert, graver."""
    keys = {
        title: getattr(condition_of(a_notice(title), NOON), "key", "")
        for title in ("ship-by time is near", "ship-by time has passed", "out of stock")
    }
    first, second = (condition_of(a_notice("an order needs you", id=f"{ORDER}:{n}"), NOON) for n in range(2))

    assert keys["ship-by time is near"] == keys["ship-by time has passed"] == f"order:{ORDER}:sla"
    assert keys["out of stock"] == f"order:{ORDER}:out_of_stock"
    assert first is not None
    assert second is not None
    assert first.key != second.key


@pytest.mark.parametrize(
    "notice", [a_notice("polling works again"), a_notice(order=""), a_notice("an after-sale needs you")]
)
def test_news_stays_a_notice(notice: Notice) -> None:
    """It is not so until something is over."""
    assert condition_of(notice, NOON) is None


def test_a_key_never_grows_too_long_and_has_no_strange_characters() -> None:
    """Two long ones stay two."""
    long = [key_of("order", "x" * 300 + end, "y") for end in "ab"]

    assert key_of("order", "a b#c:1") == "order:a_b_c:1"
    assert len(set(long)) == 2
    assert max(map(len, long)) <= LONGEST_KEY


async def test_a_condition_opens_an_alert_once_and_news_are_told(store: Store) -> None:
    """The same notice again opens nothing; nobody is told beside the alert."""
    people, alarms = FakeNotices(), FakeAlarms()
    activities = NoticeActivities(people, store, alarms)

    for _ in range(2):
        await activities.tell(TellPeople(notice=a_notice()))
        await activities.tell(TellPeople(notice=a_notice("a report is ready", order="")))

    assert [condition.kind for condition in alarms.opened] == [AlertKind.OUT_OF_STOCK]
    assert people.titles() == ["a report is ready"]


async def test_an_alert_that_could_not_be_opened_is_opened_by_the_next_attempt(store: Store) -> None:
    """Nothing is told off as done before it is."""
    alarms = FakeAlarms()
    activities = NoticeActivities(FakeNotices(), store, alarms)
    alarms.away = True

    with pytest.raises(Unavailable):
        await activities.tell(TellPeople(notice=a_notice()))
    alarms.away = False
    await activities.tell(TellPeople(notice=a_notice()))

    assert len(alarms.opened) == 1


def test_everything_has_words_in_both_languages() -> None:
    """A kind without words would be found by whoever is woken by it."""
    assert set(KINDS) == set(AlertKind)
    assert set(WORDS) == set(get_args(Word))
    assert all(set(both) == {"zh", "en"} for table in (KINDS, SEVERITIES, WORDS) for both in table.values())


def test_an_alert_says_what_since_when_and_how_to_acknowledge_it() -> None:
    """In the reader's language; the title first, for that is all that a telephone shows."""
    state = AlertState.begin(a_condition("pulls:jd:main", shop="jd:main", since=NOON), NOON)

    chinese, english = (alert_text(state, "opened", language, NOON) for language in ("zh", "en"))

    assert chinese.title == "[紧急] 新告警: 流程引擎无响应 · the canary is silent"
    assert english.title == "[RED] alert: the engine does not answer · the canary is silent"
    assert "店铺: jd:main" in chinese.text
    assert "starter.py alerts acknowledge pulls:jd:main" in english.text
    assert (lasted(state.opened_at - NOON), lasted(5 * (NOON - NOON), "zh")) == ("0 min", "0 分")

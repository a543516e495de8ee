"""What the desk asks of both databases: background jobs, pages of parked payloads, lists of alerts, proofs of days."""

from datetime import date, timedelta

from oms.domain import alerting
from oms.domain.alerting import AlertState
from oms.domain.alerts import AcknowledgeAlert, AlertKind, ConditionOver
from oms.domain.ids import ShopKey
from oms.domain.messages import Way
from oms.store import Store
from oms.store.alert_lists import AlertLists
from oms.store.desk_jobs import LOST_AFTER
from oms.store.parked import Reason, Which
from oms.store.polls import Completeness
from oms.store.proofs import proofs_between
from tests.process.alert_rota import a_condition
from tests.unit.store_builders import NOON, SHOP

OTHER = ShopKey(channel="woo", shop="other")


def test_a_job_is_taken_once_and_by_nobody_while_it_is_worked_at(store: Store) -> None:
    """The oldest of its kind first; a silent holder loses it after a minute, and cannot write any more."""
    jobs, database = store.desk_jobs, store.database
    now = database.clock()
    database.clock = lambda: now
    first = jobs.begin("backtest", "lin", {"version": "v"}, text="table")
    database.clock = lambda: now + timedelta(seconds=1)
    second = jobs.begin("backtest", "lin", {})
    other = jobs.begin("retry", "lin", {})

    taken = [jobs.claim("backtest", holder) for holder in ("a", "b", "c")]
    assert jobs.beat(first, "a", 3, 7)
    database.clock = lambda: now + LOST_AFTER + timedelta(seconds=3)
    again = jobs.claim("backtest", "d")

    assert [job and job.id for job in taken] == [first, second, None]
    assert again is not None
    assert (again.id, again.done, again.total, jobs.text(first)) == (first, 3, 7, "table")
    assert [jobs.finish(first, "a", {}), jobs.finish(first, "d", {"n": 1}), jobs.beat(first, "d", 9, 9)] == [
        False, True, False
    ]  # fmt: skip
    assert [job.id for job in jobs.list("retry")] == [other]


def test_a_job_that_is_given_back_is_taken_by_the_next(store: Store) -> None:
    """At once: its process ends."""
    jobs = store.desk_jobs
    name = jobs.begin("retry", "lin", {}, holder="a")

    given, taken = jobs.give_back(name, "a"), jobs.claim("retry", "b")

    assert given
    assert taken is not None
    assert (taken.id, taken.holder) == (name, "b")


def test_parked_payloads_are_found_by_shop_source_and_reason(store: Store) -> None:
    """In pages, the oldest first; a reason with a quote is a reason like others."""
    quote = 'it\'s "wrong"; --'
    ids = [*store.inbox.put_all(SHOP, Way.POLL, "channel", [b"1", b"2", b"3"], NOON)]
    ids += store.inbox.put_all(OTHER, Way.WEBHOOK, "payment", [b"4"], NOON + timedelta(seconds=1))
    for inbox_id, reason in zip(ids, ("missing", "missing", quote, quote), strict=True):
        store.inbox.settle(inbox_id, "parked", reason=reason)
    delivered = store.inbox.put(SHOP, Way.POLL, "channel", b"5", NOON + timedelta(seconds=2))
    store.inbox.settle(delivered, "delivered")
    parked = store.parked

    first = parked.page(limit=2)
    rest = parked.page(after=first[-1].inbox_id, until=ids[2])

    assert [each.inbox_id for each in (*first, *rest)] == ids[:3]
    assert [each.inbox_id for each in parked.page(Which(OTHER, "payment", quote))] == [ids[3]]
    assert (parked.count(), parked.count(Which(reason="missing")), parked.last()) == (4, 2, ids[3])
    assert parked.reasons() == (Reason(quote, 2), Reason("missing", 2))
    assert parked.shops() == (SHOP, OTHER)
    assert [each.status for each in parked.find([delivered, "nothing"])] == ["delivered"]


def test_alerts_are_listed_by_who_must_look(store: Store) -> None:
    """What nobody looks after, the gravest first; what is over, the newest first."""
    mild = AlertState.begin(a_condition("mild", severity="info", since=NOON), NOON)
    grave = AlertState.begin(a_condition("grave", severity="red", since=NOON), NOON)
    taken = AlertState.begin(a_condition("taken", severity="red", since=NOON), NOON)
    alerting.acknowledge(taken, AcknowledgeAlert(by="lin", why="x"), NOON)
    over = AlertState.begin(a_condition("over", kind=AlertKind.SLA, since=NOON), NOON)
    alerting.ended(over, ConditionOver(at=NOON, why="gone"), NOON)
    for state in (mild, grave, taken, over):
        store.alerts.save(state)
    lists = AlertLists(store.database)

    found = [alert.key for alert in lists.under_way()]

    assert found == ["grave", "mild", "taken"]
    assert [alert.key for alert in lists.over(AlertKind.SLA)] == ["over"]
    assert lists.over(before=NOON) == ()


def test_proofs_of_several_days_come_the_newest_first(store: Store) -> None:
    """The first and the last day belong to them."""
    for day in (19, 20, 21, 22):
        proof = Completeness(
            shop=SHOP, day=date(2026, 11, day), platform_count=1, our_count=1, checked_at=NOON
        )
        store.polls.completeness(proof)

    found = proofs_between(store.database, date(2026, 11, 20), date(2026, 11, 21))

    assert [(proof.day.day, proof.shop) for proof in found] == [(21, SHOP), (20, SHOP)]

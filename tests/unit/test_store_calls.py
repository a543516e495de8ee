"""The call log in the database: written in batches, asked for by people and by the watch, pruned in small batches."""

from datetime import timedelta
from typing import Any

from oms.domain.calls import CallMade, CallResult
from oms.store import CallQuery, Store
from tests.unit.store_builders import NOON

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def a_call(**fields: Any) -> CallMade:
    known = {
        "at": NOON,
        "system": "taobao",
        "interface": "taobao.trade.fullinfo.get",
        "shop": "taobao:main",
        "duration_ms": 80,
        "status": 200,
        "result": CallResult.OK,
    }
    return CallMade(**(known | fields))


def test_a_call_is_kept_with_all_that_was_noted(store: Store) -> None:
    """Nothing is lost on the way into the database and back."""
    call = a_call(
        version="2.0", order="taobao:main:1", attempt=3, result=CallResult.RATE_LIMITED, request_id="rid-1",
        bytes_sent=20, bytes_received=5_000_000_000, skew_seconds=-7, excerpt="code=7",
        marks=(("sunset", "Wed, 11 Nov 2026 23:59:59 GMT"),),
    )  # fmt: skip

    store.calls.add([call])

    (kept,) = store.calls.find(CallQuery())
    assert kept.call == call
    assert store.calls.get(kept.id) == kept
    assert store.calls.get(kept.id + 1) is None


def test_calls_are_found_by_what_is_asked_newest_first(store: Store) -> None:
    """Shop, system, interface, order, failures, a class, and a time; all of them together."""
    calls = [
        a_call(at=NOON - 3 * SECOND, order="taobao:main:1"),
        a_call(at=NOON - 2 * SECOND, result=CallResult.REFUSED),
        a_call(at=NOON - 1 * SECOND, result=CallResult.RETIRED, shop="taobao:second"),
        a_call(at=NOON, system="qimen", interface="order.cancel", shop="", result=CallResult.UNAVAILABLE),
    ]
    store.calls.add(calls)

    def found(**query: Any) -> list[CallMade]:
        return [kept.call for kept in store.calls.find(CallQuery(**query))]

    assert found() == calls[::-1]
    assert found(shop="taobao:main") == [calls[1], calls[0]]
    assert found(system="qimen") == found(interface="order.cancel") == [calls[3]]
    assert found(order="taobao:main:1") == [calls[0]]
    assert found(failed=True) == [calls[3], calls[2]]
    assert found(results=frozenset({CallResult.RETIRED})) == [calls[2]]
    assert found(since=NOON - 2 * SECOND, until=NOON) == [calls[2], calls[1]]
    assert found(failed=True, system="taobao", since=NOON) == []
    assert [kept.call for kept in store.calls.find(CallQuery(), limit=1)] == [calls[3]]


def test_statistics_tell_each_interface_s_results_durations_and_last_success(store: Store) -> None:
    """By nearest rank: half of the calls took no longer than p50, 95 % no longer than p95."""
    store.calls.add([a_call(at=NOON + number * SECOND, duration_ms=number) for number in range(1, 101)])
    failed_at = NOON + 200 * SECOND
    store.calls.add(
        [
            a_call(at=failed_at, result=CallResult.RETIRED, duration_ms=1),
            a_call(at=failed_at - SECOND, result=CallResult.REFUSED, duration_ms=1, skew_seconds=40),
            a_call(at=NOON + SECOND, skew_seconds=1, duration_ms=1),
            a_call(system="qimen", interface="order.cancel", shop="", duration_ms=9),
            a_call(at=NOON + 300 * SECOND),
        ]
    )

    ours, theirs = store.calls.statistics(NOON, NOON + 300 * SECOND)[::-1]

    assert (theirs.key, theirs.p50_ms, theirs.p95_ms, theirs.failed) == ("qimen/order.cancel", 9, 9, 0)
    assert ours.counts == {CallResult.OK: 101, CallResult.RETIRED: 1, CallResult.REFUSED: 1}
    assert (ours.total, ours.failed, ours.p50_ms, ours.p95_ms) == (103, 1, 49, 95)
    assert (ours.last_ok_at, ours.last_failed_at) == (failed_at - SECOND, failed_at)
    assert ours.skew_seconds == 40


def test_statistics_are_told_by_shop_when_asked(store: Store) -> None:
    """One shop's retired version is not another's."""
    store.calls.add([a_call(), a_call(shop="taobao:second", result=CallResult.RETIRED)])

    found = store.calls.statistics(NOON, NOON + SECOND, by_shop=True)

    assert [(one.shop, one.failed) for one in found] == [("taobao:main", 0), ("taobao:second", 1)]
    assert found[1].last_ok_at is None


def test_no_call_in_a_window_is_no_statistics(store: Store) -> None:
    """An interface nobody asked is not called healthy."""
    store.calls.add([a_call()])

    assert store.calls.statistics(NOON - DAY, NOON) == ()


def test_old_calls_are_pruned_a_batch_at_a_time(store: Store) -> None:
    """The oldest first; what is young enough stays."""
    store.calls.add([a_call(at=NOON - number * DAY, duration_ms=number) for number in range(5)])

    pruned = [store.calls.prune(NOON - DAY, batch=2) for _ in range(3)]

    assert pruned == [2, 1, 0]
    assert [kept.call.duration_ms for kept in store.calls.find(CallQuery())] == [0, 1]

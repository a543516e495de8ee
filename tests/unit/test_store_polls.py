"""How polling goes, the proof that nothing is missing, and notices that are heard once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from oms.domain.ids import ShopKey
from oms.ports import Notice
from oms.store import Completeness, PollState, Store
from tests.unit.store_builders import NOON, SHOP

NOTICE = Notice(id="poll:woo:main", to="operations", title="three polls failed", body="see the desk")


def test_failures_in_a_row_are_counted_and_told_once(open_store: Callable[..., Store]) -> None:
    """A success ends the row; the next row is told again; another shop is another matter."""
    store = open_store(clock=lambda: NOON)
    counts = [store.polls.failed(SHOP, "Unavailable: 503") for _ in range(3)]
    told = [store.polls.note_alerted(SHOP), store.polls.note_alerted(SHOP)]
    failing = store.polls.state(SHOP)

    store.polls.advance(SHOP, NOON)
    again = (store.polls.failed(SHOP, "x"), store.polls.note_alerted(SHOP))

    assert (counts, told, again) == ([1, 2, 3], [True, False], (1, True))
    assert failing == PollState(failures=3, last_error="Unavailable: 503", alerted=True)
    assert store.polls.state(ShopKey(channel="woo", shop="other")) == PollState()


def test_the_cursor_never_moves_back(open_store: Callable[..., Store]) -> None:
    """A slow poll that ends late must not undo a faster one."""
    store = open_store(clock=lambda: NOON)

    for minutes in (5, 30, 10):
        store.polls.advance(SHOP, NOON + timedelta(minutes=minutes))

    assert store.polls.state(SHOP) == PollState(cursor=NOON + timedelta(minutes=30), last_ok_at=NOON)


def test_failures_counted_at_once_are_all_counted(store: Store) -> None:
    """Two workers, one count."""
    with ThreadPoolExecutor(8) as threads:
        counts = sorted(threads.map(lambda _: store.polls.failed(SHOP, "x"), range(40)))

    assert counts == list(range(1, 41))


def test_the_proof_of_a_day_is_its_last_check(store: Store) -> None:
    """Newest day first, per shop or for all."""
    first = Completeness(shop=SHOP, day=date(2026, 11, 21), platform_count=9, our_count=8, checked_at=NOON)
    better = first.model_copy(update={"our_count": 9, "delivered": 1, "note": "1 was missing"})
    other = first.model_copy(update={"shop": ShopKey(channel="woo", shop="b"), "day": date(2026, 11, 22)})

    for row in (first, better, other):
        store.polls.completeness(row)

    assert store.polls.completeness_rows() == (other, better)
    assert store.polls.completeness_rows(SHOP) == (better,)


def test_a_notice_is_given_out_once(store: Store) -> None:
    """Also when many ask at once; one that could not be given out may be tried again."""
    with ThreadPoolExecutor(8) as threads:
        firsts = list(threads.map(lambda _: store.notices.first_time(NOTICE.id, NOTICE), range(20)))
    store.notices.forget(NOTICE.id)

    assert sum(firsts) == 1
    assert store.notices.first_time(NOTICE.id, NOTICE)
    assert [told.title for told in store.notices.recent()] == ["three polls failed"]

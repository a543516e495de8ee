"""How far each subscriber was told: kept by whoever took over last, and by nobody else; and what is cleared away."""

from datetime import timedelta

from oms.domain.relaying import RelayState
from oms.store import Store
from tests.unit.store_builders import NOON, a_book, a_change, a_row


def tell_of(store: Store, count: int, **fields: object) -> None:
    """Write so many events."""
    for number in range(1, count + 1):
        row = a_row(number)
        change = a_change(row, topic="order.shipped", **fields)
        store.books.commit(a_book(number).model_copy(update={"changes": (change,)}))


def test_a_subscriber_begins_once(store: Store) -> None:
    """Every worker says so when it starts."""
    store.subscriptions.begin("erp", 5)
    store.subscriptions.begin("erp", 9)

    standing = store.subscriptions.get("erp")
    assert standing is not None
    assert (standing.cursor, standing.state) == (5, RelayState.ACTIVE)
    assert store.subscriptions.get("other") is None


def test_a_relay_that_was_believed_dead_writes_no_more(store: Store) -> None:
    """Whoever takes over begins a new term."""
    store.subscriptions.begin("erp", 0)
    old = store.subscriptions.take_over("erp")
    new = store.subscriptions.take_over("erp")

    late = store.subscriptions.progress(
        old.model_copy(update={"cursor": 3}), delivered=3, answer="HTTP 204", moved=True
    )
    kept = store.subscriptions.progress(
        new.model_copy(update={"cursor": 2, "ahead": (4, 5)}), delivered=4, answer="HTTP 204", moved=True
    )

    standing = store.subscriptions.get("erp")
    assert standing is not None
    assert (late, kept) == (False, True)
    assert (standing.cursor, standing.ahead, standing.delivered) == (2, (4, 5), 4)


def test_failures_are_counted_until_the_cursor_moves(store: Store) -> None:
    """What others took meanwhile does not end the row."""
    store.subscriptions.begin("erp", 0)
    ours = store.subscriptions.take_over("erp")
    store.subscriptions.failed(ours, "HTTP 503", NOON, NOON + timedelta(seconds=5))
    store.subscriptions.progress(
        ours.model_copy(update={"ahead": (2,)}), delivered=1, answer="HTTP 204", moved=False
    )
    store.subscriptions.failed(ours, "HTTP 503", NOON, NOON + timedelta(seconds=30))

    failing = store.subscriptions.get("erp")
    store.subscriptions.progress(
        ours.model_copy(update={"cursor": 2}), delivered=1, answer="HTTP 204", moved=True
    )
    well = store.subscriptions.get("erp")

    assert failing is not None
    assert well is not None
    assert (failing.state, failing.failures, failing.failing_since) == ("waiting", 2, NOON)
    assert (well.state, well.failures, well.failing_since, well.next_try_at) == ("active", 0, None, None)


def test_what_is_stopped_is_not_written_to_until_it_is_resumed(store: Store) -> None:
    """By a person's wish, or because it said farewell."""
    store.subscriptions.begin("erp", 7)
    ours = store.subscriptions.take_over("erp")
    gone = store.subscriptions.gave_up(ours, RelayState.GONE, "HTTP 410", "it wants no more")

    late = store.subscriptions.progress(
        ours.model_copy(update={"cursor": 9}), delivered=2, answer="HTTP 204", moved=True
    )
    stopped = store.subscriptions.get("erp")
    store.subscriptions.resume("erp")
    resumed = store.subscriptions.get("erp")

    assert stopped is not None
    assert resumed is not None
    assert (gone, late) == (True, False)
    assert (stopped.state, stopped.cursor, stopped.why) == ("gone", 7, "it wants no more")
    assert (resumed.state, resumed.cursor, resumed.failures) == ("active", 7, 0)


def test_a_replay_sets_the_cursor_and_ends_the_term(store: Store) -> None:
    """What is under way at that moment must not set it forward again; a pause stays one."""
    store.subscriptions.begin("erp", 7)
    ours = store.subscriptions.take_over("erp")
    store.subscriptions.pause("erp", "moving")

    store.subscriptions.replay("erp", 2)
    late = store.subscriptions.progress(
        ours.model_copy(update={"cursor": 9}), delivered=2, answer="HTTP 204", moved=True
    )

    standing = store.subscriptions.get("erp")
    assert standing is not None
    assert (late, standing.cursor, standing.state) == (False, 2, "paused")
    assert not store.subscriptions.replay("nobody", 1)


def test_events_are_found_by_number_by_id_and_by_time(store: Store) -> None:
    """For whoever looks, or replays from a moment on."""
    tell_of(store, 3)
    second = store.outbox.read(0)[1]

    assert store.outbox.find(second.seq) == store.outbox.find(second.id) == second
    assert store.outbox.find("nothing") is None
    assert (store.outbox.first(), store.outbox.end()) == (1, 3)
    assert store.outbox.first_at(NOON) == 1
    assert store.outbox.first_at(NOON + timedelta(seconds=1)) is None
    assert [event.seq for event in store.outbox.walk(1)] == [2, 3]


def test_old_events_are_cleared_away_in_batches_but_never_beyond_what_everybody_has(store: Store) -> None:
    """Oldest first; what is younger stays, too."""
    tell_of(store, 5)
    later = NOON + timedelta(days=31)

    young = store.outbox.clear(5, NOON)
    first = store.outbox.clear(3, later, batch=2)
    rest = store.outbox.clear(3, later, batch=2)
    again = store.outbox.clear(3, later, batch=2)

    assert (young, first, rest, again) == (0, 2, 1, 0)
    assert [event.seq for event in store.outbox.read(0)] == [4, 5]


def test_an_empty_outbox_has_nothing_to_find_and_nothing_to_clear(store: Store) -> None:
    """A new installation."""
    assert (store.outbox.first(), store.outbox.end(), store.outbox.clear(10, NOON)) == (0, 0, 0)

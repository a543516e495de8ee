"""Versions in force are switched once and never silently; holes are noted, read again, and kept."""

from datetime import timedelta

from oms.domain.ids import ShopKey
from oms.store import Store
from oms.store.shop_versions import switched
from tests.unit.store_builders import NOON, SHOP

JD = ShopKey(channel="jd", shop="pop")
HOUR = timedelta(hours=1)


def test_a_shop_begins_with_a_version_and_keeps_it(store: Store) -> None:
    """A process that starts later with another file changes nothing."""
    first = store.shop_versions.begin(switched(SHOP, NOON, "orderloom", ("", "v3"), "first"))
    again = store.shop_versions.begin(switched(SHOP, NOON, "orderloom", ("", "v4"), "first"))

    assert (first, again) == (True, False)
    assert store.shop_versions.all() == {str(SHOP): "v3"}


def test_a_switch_says_who_when_from_what_to_what(store: Store) -> None:
    """The log keeps every one, the newest first."""
    store.shop_versions.begin(switched(SHOP, NOON, "orderloom", ("", "v3"), "first"))

    done = store.shop_versions.switch(switched(SHOP, NOON + HOUR, "lin", ("v3", "v4"), "v3 ends"))

    newest = store.shop_versions.log(SHOP)[0]
    assert done
    assert (newest.actor, newest.at, newest.was, newest.version, newest.why) == (
        "lin",
        NOON + HOUR,
        "v3",
        "v4",
        "v3 ends",
    )
    assert len(store.shop_versions.log()) == 2
    assert store.shop_versions.log(JD) == ()


def test_two_who_switch_at_once_do_not_undo_each_other(store: Store) -> None:
    """The second looked at a version that is not in force any more; to the same version nothing is switched."""
    store.shop_versions.begin(switched(SHOP, NOON, "orderloom", ("", "v3"), "first"))
    store.shop_versions.switch(switched(SHOP, NOON, "lin", ("v3", "v4"), ""))

    late = store.shop_versions.switch(switched(SHOP, NOON, "wang", ("v3", "v5"), ""))
    same = store.shop_versions.switch(switched(SHOP, NOON, "wang", ("v4", "v4"), ""))

    assert (late, same) == (False, False)
    assert store.shop_versions.all() == {str(SHOP): "v4"}


def test_a_hole_begins_once_ends_once_and_is_due_until_it_is_filled(store: Store) -> None:
    """Said again while it is open, it stays the same hole; after its end it may come again."""
    new = [store.holes.begin(SHOP, "shape:jd/x", NOON + number * HOUR, "watch") for number in range(2)]
    before = store.holes.due(SHOP)
    store.holes.end("shape:jd/x", NOON + 3 * HOUR, found_by=("watch",))
    due = store.holes.due(SHOP)
    store.holes.read(due, NOON + 3 * HOUR, 7)
    store.holes.filled(due, NOON + 4 * HOUR)
    store.holes.begin(SHOP, "shape:jd/x", NOON + 9 * HOUR, "watch")

    assert new == [True, False]
    assert before == ()
    assert [(hole.since, hole.until) for hole in due] == [(NOON, NOON + 3 * HOUR)]
    assert store.holes.due(SHOP) == ()
    assert [(hole.recovered, hole.filled_at) for hole in store.holes.all()] == [
        (0, None),
        (7, NOON + 4 * HOUR),
    ]


def test_a_poll_knows_better_than_the_watch_when_a_hole_began(store: Store) -> None:
    """Both report the same condition: its cursor counts."""
    store.holes.begin(SHOP, "retired:jd/x:woo:main", NOON, "watch")

    store.holes.begin(SHOP, "retired:jd/x:woo:main", NOON - HOUR, "poll")

    assert [(hole.found_by, hole.since) for hole in store.holes.open(SHOP)] == [("poll", NOON - HOUR)]


def test_a_condition_of_several_shops_ends_for_all(store: Store) -> None:
    """Each shop's hole is its own."""
    for shop in (SHOP, JD):
        store.holes.begin(shop, "unhealthy:jd/x", NOON, "watch")

    ended = store.holes.end("unhealthy:jd/x", NOON + HOUR, found_by=("watch",))

    assert ended == 2
    assert len(store.holes.due(JD)) == 1

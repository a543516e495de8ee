"""A message that was taken in is remembered as long as any platform repeats it, and no longer."""

import threading
from collections.abc import Callable
from datetime import timedelta

from oms.store import Store
from oms.store.pushes import FORGOTTEN_AT_ONCE, REMEMBERED
from tests.unit.store_builders import NOON, ON_POSTGRES, SHOP

OTHER = SHOP.model_copy(update={"shop": "other"})
EVERY = ((SHOP, "old"), (OTHER, "old too"), (SHOP, "younger"), (SHOP, "new"))


def test_a_message_is_known_in_its_own_shop_only(store: Store) -> None:
    """Ids are a shop's own; said twice, it is noted once."""
    store.pushes.note(SHOP, "m-1")
    store.pushes.note(SHOP, "m-1")

    assert store.pushes.seen(SHOP, "m-1")
    assert not store.pushes.seen(OTHER, "m-1")
    assert not store.pushes.seen(SHOP, "m-2")


def test_a_message_that_nobody_repeats_any_more_is_forgotten(open_store: Callable[..., Store]) -> None:
    """The next one to come sweeps it out, of whatever shop it is; one that is a second younger stays."""
    now = [NOON]
    store = open_store(clock=lambda: now[0])
    store.pushes.note(SHOP, "old")
    store.pushes.note(OTHER, "old too")
    now[0] += timedelta(seconds=1)
    store.pushes.note(SHOP, "younger")

    now[0] = NOON + REMEMBERED + timedelta(milliseconds=1)
    store.pushes.note(SHOP, "new")

    known = [(shop, event) for shop, event in EVERY if store.pushes.seen(shop, event)]
    assert known == [(SHOP, "younger"), (SHOP, "new")]


def test_a_backlog_is_forgotten_a_little_at_a_time(open_store: Callable[..., Store]) -> None:
    """No message waits for a year's worth of others; the oldest go first."""
    now = [NOON]
    store = open_store(clock=lambda: now[0])
    numbers = range(FORGOTTEN_AT_ONCE + 5)
    for number in numbers:
        now[0] += timedelta(seconds=1)
        store.pushes.note(SHOP, f"old-{number}")
    now[0] += REMEMBERED + timedelta(seconds=1)

    store.pushes.note(SHOP, "new-1")
    left = [number for number in numbers if store.pushes.seen(SHOP, f"old-{number}")]
    store.pushes.note(SHOP, "new-2")

    assert left == list(numbers)[FORGOTTEN_AT_ONCE:]
    assert not any(store.pushes.seen(SHOP, f"old-{number}") for number in numbers)
    assert store.pushes.seen(SHOP, "new-1")


@ON_POSTGRES
def test_forgetting_waits_for_nobody(open_store: Callable[..., Store]) -> None:
    """Several processes hear at once; what one is forgetting, the others leave to it."""
    now = [NOON]
    store = open_store(clock=lambda: now[0])
    for number in range(FORGOTTEN_AT_ONCE):
        store.pushes.note(SHOP, f"old-{number}")
    now[0] += REMEMBERED + timedelta(seconds=1)

    with store.database.write() as connection:
        connection.exec_driver_sql("SELECT * FROM pushes FOR UPDATE")
        noting = threading.Thread(target=store.pushes.note, args=(SHOP, "new"), daemon=True)
        noting.start()
        noting.join(timeout=20)
        waits = noting.is_alive()

    assert not waits
    assert store.pushes.seen(SHOP, "new")

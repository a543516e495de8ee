"""A number that was drawn is found again by the code of its delivery order."""

from collections.abc import Callable
from datetime import timedelta

from oms.store import Store
from tests.unit.store_builders import NOON, a_key


class Ticking:
    """A clock that is a second later each time."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> object:
        self.now += timedelta(seconds=1)
        return self.now


def test_what_was_drawn_is_remembered_by_its_code(store: Store) -> None:
    """With whom it was drawn from: that is where it goes back."""
    store.waybills.put(a_key(), "OL1-1", "SF1", "sf", "taobao")

    found = store.waybills.find("OL1-1")

    assert found is not None
    assert (found.order, found.waybill, found.carrier, found.by) == (str(a_key()), "SF1", "sf", "taobao")
    assert found.given_back_at is None
    assert store.waybills.find("OL1-2") is None


def test_an_order_s_numbers_are_listed_oldest_first(open_store: Callable[..., Store]) -> None:
    """Of this order only."""
    store = open_store(clock=Ticking())
    for code, key in (("OL1-2", a_key()), ("OL1-1", a_key()), ("OL2-1", a_key(1002))):
        store.waybills.put(key, code, f"SF-{code}", "sf", "kuaidi100")

    listed = [row.waybill for row in store.waybills.of(a_key())]

    assert listed == ["SF-OL1-2", "SF-OL1-1"]


def test_a_number_given_back_twice_went_back_once(open_store: Callable[..., Store]) -> None:
    """The first moment stays; another number of the same code is not touched."""
    store = open_store(clock=Ticking())
    store.waybills.put(a_key(), "OL1-1", "SF1", "sf", "kuaidi100")

    store.waybills.given_back("OL1-1", "SF9")
    untouched = store.waybills.find("OL1-1")
    store.waybills.given_back("OL1-1", "SF1")
    first = store.waybills.find("OL1-1")
    store.waybills.given_back("OL1-1", "SF1")

    assert untouched is not None
    assert untouched.given_back_at is None
    assert first is not None
    assert first.given_back_at is not None
    assert store.waybills.find("OL1-1") == first


def test_a_number_drawn_anew_takes_the_place_of_one_that_went_back(store: Store) -> None:
    """It has not gone back."""
    store.waybills.put(a_key(), "OL1-1", "SF1", "sf", "kuaidi100")
    store.waybills.given_back("OL1-1", "SF1")

    store.waybills.put(a_key(), "OL1-1", "SF2", "sf", "platform")

    found = store.waybills.find("OL1-1")
    assert found is not None
    assert (found.waybill, found.by, found.given_back_at) == ("SF2", "platform", None)

"""A waybill's activity opens a receiver on the record, and has it revealed only where a courier must print it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from activities.requests import DrawWaybill, GiveBackWaybill
from activities.waybills import WaybillActivities
from oms.domain.errors import RateLimited
from oms.domain.receiver import Receiver
from oms.ports import Channel, Drawn
from oms.store import Store, Vault
from oms.waybills import WaybillDesk, Ways
from tests.unit.waybill_wishes import KEY, MASKED, PLAIN, FakeDrawer, FakePlatform, a_shop, a_wish

SHOP = KEY.shop_key
NUMBER = "SF0000000000001"


@pytest.fixture(name="store")
def a_store(tmp_path: Path, sqlite_template: Path, vault: Vault) -> Iterator[Store]:
    """An empty store; what is told apart here does not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / "oms.db")
    store = Store.open(f"sqlite:///{tmp_path}/oms.db", vault)
    yield store
    store.close()


class Counter:
    """Somebody at the activities' counter."""

    def __init__(self, store: Store, platform: FakePlatform, way: str) -> None:
        self.couriers = FakeDrawer()
        channels = {SHOP: cast("Channel", platform)}
        shop = a_shop(waybills=way)
        desk = WaybillDesk(Ways({SHOP: shop}, channels, self.couriers), store.waybills)
        self.activities = WaybillActivities(desk, store, channels)
        self.store = store

    async def draw(self, receiver: Receiver) -> Any:
        """Ask for a number; the receiver is in the vault."""
        digest = self.store.receivers.put(KEY, receiver)
        request = DrawWaybill(wish=a_wish(carrier=""), receiver_digest=digest)
        return await ActivityEnvironment().run(self.activities.draw, request)

    @property
    def looks(self) -> list[str]:
        """What receivers were opened for."""
        return [look.purpose for look in self.store.decryptions.of(str(KEY))]


async def test_a_masked_receiver_is_revealed_for_a_courier_and_both_looks_are_on_the_record(
    store: Store,
) -> None:
    """The vault's and the platform's."""
    platform = FakePlatform({MASKED.token: PLAIN})
    counter = Counter(store, platform, "kuaidi100")

    answer = await counter.draw(MASKED)

    assert answer == Drawn(waybill=NUMBER, carrier="sf")
    assert [receiver for _, _, receiver in counter.couriers.drawn] == [PLAIN]
    assert platform.revealed == [KEY.number]
    assert counter.looks == [
        "draw a waybill for OLABC-1",
        "have its platform reveal it, to draw a waybill",
    ]


async def test_a_platform_that_draws_reveals_nobody(store: Store) -> None:
    """It knows the receiver by the token."""
    platform = FakePlatform({MASKED.token: PLAIN})
    counter = Counter(store, platform, "platform")

    await counter.draw(MASKED)

    assert [receiver for _, _, receiver in platform.drawn] == [MASKED]
    assert (platform.revealed, counter.looks) == ([], ["draw a waybill for OLABC-1"])


async def test_a_plain_receiver_of_an_own_shop_needs_no_revealing(store: Store) -> None:
    """There is no token to reveal by."""
    platform = FakePlatform()
    counter = Counter(store, platform, "kuaidi100")

    await counter.draw(PLAIN)

    assert [receiver for _, _, receiver in counter.couriers.drawn] == [PLAIN]
    assert platform.revealed == []


async def test_a_repeated_draw_opens_nobody_and_asks_nobody(store: Store) -> None:
    """After a crash the number stands in our own database."""
    first = await Counter(store, FakePlatform({MASKED.token: PLAIN}), "kuaidi100").draw(MASKED)
    counter = Counter(store, FakePlatform(), "kuaidi100")
    before = len(counter.looks)

    again = await counter.draw(MASKED)

    assert (again, counter.couriers.drawn, len(counter.looks)) == (first, [], before)


@pytest.mark.parametrize(("way", "receiver"), [("platform", MASKED), ("kuaidi100", MASKED)])
async def test_a_platform_that_banned_us_is_not_asked(store: Store, way: str, receiver: Receiver) -> None:
    """Neither to draw nor to reveal."""
    store.polls.ban(SHOP, datetime.now(UTC) + timedelta(minutes=5))
    platform = FakePlatform({MASKED.token: PLAIN})

    with pytest.raises(RateLimited):
        await Counter(store, platform, way).draw(receiver)

    assert (platform.drawn, platform.revealed) == ([], [])


async def test_a_courier_is_asked_though_the_platform_banned_us(store: Store) -> None:
    """A plain receiver needs no platform."""
    store.polls.ban(SHOP, datetime.now(UTC) + timedelta(minutes=5))

    answer = await Counter(store, FakePlatform(), "kuaidi100").draw(PLAIN)

    assert answer == Drawn(waybill=NUMBER, carrier="sf")


async def test_a_number_is_given_back_once(store: Store) -> None:
    """Asked twice, the courier hears of it once."""
    counter = Counter(store, FakePlatform(), "kuaidi100")
    await counter.draw(PLAIN)
    request = GiveBackWaybill(order=KEY, waybill=NUMBER, carrier="sf")

    await ActivityEnvironment().run(counter.activities.give_back, request)
    await ActivityEnvironment().run(counter.activities.give_back, request)

    assert counter.couriers.back == [("OLABC-1", NUMBER, "sf")]

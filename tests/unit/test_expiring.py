"""Reminding people of what ends: from the register, the tokens, and the certificates."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.domain.errors import Unavailable
from oms.domain.expiries import Reminded
from oms.domain.ids import ShopKey
from oms.expiring import UNRENEWED, Endings, Expiring, names_of, origin_of
from oms.ports import Token
from oms.register import Register
from oms.settings import Settings
from oms.store import Store
from oms.store.interfaces import NewExpiry
from tests.unit.register_world import NOW, FakeAlarms, settings_of

SEARCH = "interface:jd/jingdong.pop.order.search"
ORDERS = "interface:woocommerce/orders"
DAY = timedelta(days=1)


@pytest.fixture(name="settings")
def the_settings(tmp_path: Path) -> Settings:
    """Four shops, a team."""
    return settings_of(tmp_path / "settings")


@pytest.fixture(name="endings")
def the_endings(settings: Settings, store: Store) -> Endings:
    """Everything that ends there."""
    return Endings(Register(settings), store)


@pytest.fixture(name="alarms")
def the_alarms() -> FakeAlarms:
    """Who would be told."""
    return FakeAlarms()


@pytest.fixture(name="expiring")
def the_reminding(endings: Endings, store: Store, alarms: FakeAlarms) -> Expiring:
    """Who reminds them."""
    return Expiring(endings, store, alarms, lambda: NOW)


def ends(store: Store, at: datetime, key: str = SEARCH, version: str = "") -> None:
    """Let a person say when something ends."""
    store.interfaces.expires(
        NewExpiry(key=key, at=at, source="a letter", version=version, by="wang", why="read it")
    )


def daily(expiring: Expiring, first: datetime, days: int) -> None:
    """Look once a day."""
    for number in range(days):
        asyncio.run(expiring.remind(first + number * DAY))


def keep_token(
    store: Store, settings: Settings, shop: ShopKey, until: datetime, origin: str | None = None
) -> None:
    """Keep a token as a refresh would have."""
    own = origin_of(settings.shop(shop)) if origin is None else origin
    store.tokens.write(shop, Token(access="a", refresh="r", expires_at=until, origin=own))


def test_a_year_of_daily_looks_reminds_of_each_step_once(
    store: Store, expiring: Expiring, alarms: FakeAlarms
) -> None:
    """Through the leap day, with the severity growing, and quiet after the last."""
    ends(store, datetime(2028, 2, 29, 4, tzinfo=UTC))

    daily(expiring, datetime(2027, 12, 1, 1, tzinfo=UTC), 120)

    said = [(each.since.strftime("%m-%d"), each.severity, each.to) for each in alarms.opened]
    assert said == [
        ("01-30", "info", "operations"), ("02-14", "warning", "operations"), ("02-22", "warning", "supervisor"),
        ("02-28", "red", "supervisor"), ("03-01", "red", "manager"),
    ]  # fmt: skip
    assert {each.key for each in alarms.opened} == {f"expiry:{SEARCH}"}
    assert alarms.closed == []


def test_an_acknowledged_step_stays_silent_until_the_next(
    store: Store, expiring: Expiring, alarms: FakeAlarms
) -> None:
    """Before anybody was reminded of it, too."""
    at = NOW + 15 * DAY
    ends(store, at)
    store.interfaces.acknowledge(SEARCH, Reminded(of=at, acknowledged=15), "li", "on it")

    daily(expiring, NOW, 9)

    assert [each.title for each in alarms.opened] == ["interface jd/jingdong.pop.order.search ends in 7 days"]


def test_a_moved_end_closes_the_condition(store: Store, expiring: Expiring, alarms: FakeAlarms) -> None:
    """Far away it is over; moved to another near date, it is over and told anew."""
    ends(store, NOW + 7 * DAY)
    asyncio.run(expiring.remind())
    ends(store, NOW + 10 * DAY)
    near = asyncio.run(expiring.remind())
    ends(store, NOW + 200 * DAY)

    far = asyncio.run(expiring.remind())

    assert (near.told, near.over) == ((SEARCH,), (SEARCH,))
    assert (far.told, far.over) == ((), (SEARCH,))
    assert [key for key, _ in alarms.closed] == [f"expiry:{SEARCH}"] * 2
    assert alarms.closed_at[0] < alarms.opened[-1].since
    assert "its end was moved to 2027-06-11" in alarms.closed[-1][1]
    assert not store.interfaces.get(SEARCH).alerted


def test_the_end_of_a_version_is_over_when_every_shop_has_left_it(
    store: Store, settings: Settings, alarms: FakeAlarms
) -> None:
    """Changing the version is the repair: the reminder does not outlive it."""
    ends(store, NOW + 7 * DAY, ORDERS, version="wc/v3")
    asyncio.run(Expiring(Endings(Register(settings), store), store, alarms, lambda: NOW).remind())
    (shop,) = [each for each in settings.shops if each.channel == "woocommerce"]
    moved = settings.model_copy(
        update={"shops": tuple(
            shop.model_copy(update={"api_version": "wc/v4"}) if each is shop else each for each in settings.shops
        )}
    )  # fmt: skip

    done = asyncio.run(Expiring(Endings(Register(moved), store), store, alarms, lambda: NOW).remind())

    assert done.over == (ORDERS,)
    assert alarms.closed == [(f"expiry:{ORDERS}", "it is not in use any more, or no end of it is known")]


def test_who_cannot_be_told_is_told_at_the_next_look(
    store: Store, expiring: Expiring, alarms: FakeAlarms
) -> None:
    """The others hear of theirs all the same, once."""
    ends(store, NOW + 7 * DAY)
    ends(store, NOW + 7 * DAY, ORDERS)
    alarms.away = {f"expiry:{SEARCH}"}
    with pytest.raises(Unavailable):
        asyncio.run(expiring.remind())
    alarms.away = set()

    asyncio.run(expiring.remind())

    assert [each.interface for each in alarms.opened] == [
        "woocommerce/orders",
        "jd/jingdong.pop.order.search",
    ]


def test_a_token_that_renews_itself_is_worth_a_word_only_when_it_has_not(
    store: Store, settings: Settings, expiring: Expiring, alarms: FakeAlarms
) -> None:
    """An hour after its end nobody has renewed it; as soon as somebody does, that is over."""
    shop = ShopKey(channel="wechat", shop="main")
    keep_token(store, settings, shop, NOW)
    daily_looks = [
        asyncio.run(expiring.remind(NOW + hours)) for hours in (-UNRENEWED, timedelta(0), UNRENEWED)
    ]
    keep_token(store, settings, shop, NOW + UNRENEWED * 3)

    renewed = asyncio.run(expiring.remind(NOW + UNRENEWED))

    assert [each.told for each in daily_looks] == [(), (), ("token:wechat:main",)]
    assert (alarms.opened[0].severity, alarms.opened[0].shop) == ("red", "wechat:main")
    assert renewed.over == ("token:wechat:main",)


def test_a_token_of_another_origin_is_nobodys(store: Store, settings: Settings, endings: Endings) -> None:
    """A person has authorised the shop anew since."""
    keep_token(store, settings, ShopKey(channel="taobao", shop="main"), NOW, origin="another")

    assert endings.all(NOW + DAY) == ()


def test_the_end_of_an_authorisation_is_a_persons_to_say(
    store: Store, settings: Settings, expiring: Expiring, alarms: FakeAlarms
) -> None:
    """Its reminders come although the token of the day renews itself."""
    keep_token(store, settings, ShopKey(channel="taobao", shop="main"), NOW + DAY)
    ends(store, NOW + 15 * DAY, "token:taobao:main")

    asyncio.run(expiring.remind())

    assert [each.title for each in alarms.opened] == ["token taobao:main ends in 15 days"]


def test_certificates_count_for_addresses_in_use(store: Store, tmp_path: Path) -> None:
    """The one of a shop's address; not one of an address that nobody asks any more."""
    settings = settings_of(tmp_path / "more", OMS_QIMEN_URL="https://wms.example.com/router")
    for host in ("wms.example.com", "old.example.com"):
        wanted = NewExpiry(key=f"certificate:{host}", at=NOW + DAY, source="the certificate itself")
        store.interfaces.expires(wanted)

    found = Endings(Register(settings), store).all(NOW)

    assert [(each.key, each.owner) for each in found] == [("certificate:wms.example.com", "operations")]


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://wms.example.com/x", ("wms.example.com",)),
        ("https://wms.example.com:443/x", ("wms.example.com",)),
        ("https://wms.example.com:8443", ("wms.example.com.8443",)),
        ("http://wms.example.com", ()),
        ("its public address", ()),
    ],
)
def test_certificates_are_named_by_their_address(address: str, names: tuple[str, ...]) -> None:
    """With the port where it is not the usual one; plain addresses have none."""
    assert names_of(address) == names


def test_an_interface_is_found_with_its_owner_and_its_end(store: Store, endings: Endings) -> None:
    """What the watch names in its words."""
    ends(store, NOW + DAY)

    found = endings.find("jd/jingdong.pop.order.search")

    assert found is not None
    assert (found.owner, found.expires_at, found.expiry_source) == ("operations", NOW + DAY, "a letter")
    assert endings.find("pdd/pdd.time.get") is None

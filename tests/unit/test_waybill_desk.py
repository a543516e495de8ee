"""Each shop's numbers are drawn in the way its configuration names, once for one code, and go back the way they came."""

from typing import Any, cast

import pytest

from oms.domain.errors import Misused
from oms.domain.ids import ShopKey
from oms.ports import Channel, Drawn, DrawRefused, Waybills
from oms.store import Store
from oms.waybills import WaybillDesk, Ways
from tests.unit.waybill_wishes import KEY, MASKED, PLAIN, SENDER, FakeDrawer, FakePlatform, a_shop, a_wish

SHOP = KEY.shop_key


def a_desk(store: Store, couriers: FakeDrawer, channel: object | None = None, **shop: Any) -> WaybillDesk:
    """A desk for one shop, which draws as its configuration says."""
    channels = {SHOP: cast("Channel", channel)} if channel else {}
    return WaybillDesk(Ways({SHOP: a_shop(**shop)}, channels, couriers), store.waybills)


async def test_a_number_is_drawn_from_the_courier_with_the_warehouse_s_address(store: Store) -> None:
    """The shop's usual courier where the wish names none."""
    couriers = FakeDrawer()
    desk: Waybills = a_desk(store, couriers, carrier="yto")

    answer = await desk.draw(a_wish(carrier=""), PLAIN)

    ((wish, sender, receiver),) = couriers.drawn
    assert answer == Drawn(waybill="SF0000000000001", carrier="yto")
    assert (wish.carrier, sender, receiver) == ("yto", SENDER, PLAIN)


async def test_a_repeated_draw_returns_the_first_number_though_the_courier_would_draw_another(
    store: Store,
) -> None:
    """Also by another process, which reads it from the database; another code draws another one."""
    couriers = FakeDrawer()
    first = await a_desk(store, couriers).draw(a_wish(), PLAIN)

    again = await a_desk(store, couriers).draw(a_wish(), PLAIN)
    other = await a_desk(store, couriers).draw(a_wish("OLABC-2"), PLAIN)

    assert (first, len(couriers.drawn)) == (again, 2)
    assert other == Drawn(waybill="SF0000000000002", carrier="sf")


async def test_the_platform_draws_where_the_shop_says_so(store: Store) -> None:
    """No courier is asked, and nobody has to be revealed for it."""
    couriers, platform = FakeDrawer(), FakePlatform()
    desk = a_desk(store, couriers, platform, waybills="platform")

    answer = await desk.draw(a_wish(), MASKED)

    assert isinstance(answer, Drawn)
    assert (len(platform.drawn), couriers.drawn) == (1, [])
    assert (desk.needs_plain(SHOP), desk.asks_platform(SHOP)) == (False, True)


@pytest.mark.parametrize(
    ("shop", "wish", "words"),
    [
        ({"waybills": "warehouse"}, {}, "warehouses draw their own"),
        ({}, {"warehouse": "GZ01"}, "no sender's address for warehouse GZ01"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_with_the_place_to_mend(
    store: Store, shop: dict[str, Any], wish: dict[str, Any], words: str
) -> None:
    """And nobody outside is asked."""
    couriers = FakeDrawer()

    answer = await a_desk(store, couriers, **shop).draw(a_wish(**wish), PLAIN)

    assert isinstance(answer, DrawRefused)
    assert words in answer.reason
    assert couriers.drawn == []


async def test_a_shop_that_is_not_configured_any_more_has_its_warehouse_draw(store: Store) -> None:
    """Its orders live on after it left the shops file."""
    desk = a_desk(store, FakeDrawer())
    elsewhere = a_wish(order=KEY.model_copy(update={"shop": "gone"}))

    answer = await desk.draw(elsewhere, PLAIN)

    assert isinstance(answer, DrawRefused)
    assert not desk.needs_plain(ShopKey(channel=KEY.channel, shop="gone"))


async def test_a_refusal_that_quotes_the_receiver_is_made_silent(store: Store) -> None:
    """It is shown to people and kept; a refused code may be drawn later on."""
    quoting = FakeDrawer(refusal=f"{PLAIN.name} {PLAIN.phone} 的地址 {PLAIN.address} 超区")

    refused = await a_desk(store, quoting).draw(a_wish(), PLAIN)
    later = await a_desk(store, FakeDrawer()).draw(a_wish(), PLAIN)

    assert refused == DrawRefused(reason="*** *** 的地址 *** 超区")
    assert isinstance(later, Drawn)


@pytest.mark.parametrize("way", ["kuaidi100", "platform"])
async def test_a_number_goes_back_the_way_it_came_once(store: Store, way: str) -> None:
    """Though the shop draws in another way by now; given back again, nobody is asked again."""
    couriers, platform = FakeDrawer(), FakePlatform()
    await a_desk(store, couriers, platform, waybills=way).draw(a_wish(), PLAIN)
    desk = a_desk(store, couriers, platform, waybills="warehouse")

    await desk.give_back(KEY, "SF0000000000001", "sf")
    await desk.give_back(KEY, "SF0000000000001", "sf")

    whose = {"kuaidi100": couriers, "platform": platform}
    assert whose.pop(way).back == [("OLABC-1", "SF0000000000001", "sf")]
    assert [other.back for other in whose.values()] == [[]]
    assert await desk.remembered("OLABC-1") is None


async def test_a_number_that_was_used_stays_ours(store: Store) -> None:
    """The carrier keeps it, so the memory keeps it too, and a person is told."""
    couriers = FakeDrawer()
    desk = a_desk(store, couriers)
    await desk.draw(a_wish(), PLAIN)
    couriers.keeps.add("SF0000000000001")

    with pytest.raises(Misused, match="SF0000000000001"):
        await desk.give_back(KEY, "SF0000000000001", "sf")

    assert await desk.remembered("OLABC-1") == Drawn(waybill="SF0000000000001", carrier="sf")


async def test_a_number_that_we_never_drew_is_not_given_back(store: Store) -> None:
    """It may be anybody's."""
    couriers = FakeDrawer()

    with pytest.raises(Misused, match="was not drawn by us"):
        await a_desk(store, couriers).give_back(KEY, "SF0000000000009", "sf")

    assert couriers.back == []

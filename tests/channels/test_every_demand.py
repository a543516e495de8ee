"""Whatever a platform tells of the shipping of one order is read, in its list and in the single order alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oms.channels import CHANNELS
from simulator.demand import Demand
from tests.channels.platform_world import a_platform, two_lines

WHERE_TOLD: dict[str, frozenset[str]] = {
    "taobao": frozenset({"presale", "couriers"}),
    "pdd": frozenset({"presale"}),
    "douyin": frozenset({"presale", "ship_from"}),
    "wechat": frozenset({"presale"}),
    "woocommerce": frozenset(),
}
"""What each protocol tells of an order beside the time by which it must have left; JD's tells not even that."""
SILENT = frozenset({"jd"})


def test_of_every_channel_it_is_known_what_it_tells() -> None:
    """A new one is put into the table, or among those that tell nothing."""
    assert set(WHERE_TOLD) | SILENT == set(CHANNELS)


@pytest.mark.parametrize("name", sorted(WHERE_TOLD))
async def test_what_a_platform_demands_of_an_order_is_read_whichever_way_it_comes(name: str) -> None:
    """By when, from when, how it was sold and with whom: as far as the platform tells of it, in list and single order."""
    soon = datetime.now(UTC).replace(microsecond=0)
    demand = Demand(
        ship_by=soon + timedelta(hours=9), ship_from=soon + timedelta(hours=3), presale=True,
        rule="only", couriers=("YTO", "ZTO"),
    )  # fmt: skip
    async with a_platform(name) as place:
        order = place.order(draft=replace(two_lines(place), demand=demand))

        (listed,) = await place.payloads(soon - timedelta(minutes=5), soon + timedelta(minutes=1))
        snapshots = [place.channel.read(listed).snapshot, (await place.seen(order.number)).snapshot]

        told = WHERE_TOLD[name]
        for snapshot in snapshots:
            assert snapshot.ship_by == demand.ship_by
            assert snapshot.sale == ("presale" if "presale" in told else "spot")
            assert snapshot.ship_from == (demand.ship_from if "ship_from" in told else None)
            assert snapshot.couriers.names == (("yto", "zto") if "couriers" in told else ())

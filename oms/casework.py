"""Put the activities of after-sales together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from activities.aftersales import AfterSaleActivities, CaseRecords, ReturnActivities
from activities.new_parcels import NewParcels
from activities.returns_opening import ParcelCases
from oms.domain.ids import ShopKey
from oms.ports import Channel, Warehouse
from oms.rules.tables import Tables
from oms.settings import Settings
from oms.store import Store
from oms.temporal.mailbox import TemporalMailbox

Activity = Callable[..., Any]


class CaseWork(NamedTuple):
    """What cases ask of platforms, which may have a queue of their own, and what they ask of everybody else."""

    platforms: Sequence[Activity]
    others: Sequence[Activity]


def case_work(
    settings: Settings, store: Store, channels: Mapping[ShopKey, Channel], mailbox: TemporalMailbox, warehouse: Warehouse,
    tables: Tables,
) -> CaseWork:  # fmt: skip
    """Return every activity of after-sales."""
    rows = {shop.key: shop.platform for shop in settings.shops}
    records = CaseRecords(tables, rows, channels, store, mailbox, mailbox)
    shops, returns = AfterSaleActivities(channels, store), ReturnActivities(warehouse)
    opening = ParcelCases(mailbox)
    others = (records.look_up, records.save, returns.expect_return, opening.open_for_parcel)
    return CaseWork((shops.answer, shops.refund, NewParcels(channels, store).tell), others)

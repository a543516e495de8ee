"""What warehouses and carriers report: kept as received, then told to the order it concerns, if it concerns it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from oms.domain.errors import OmsError
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import StockArrived, WarehouseEvent, WarehouseSays, Way
from oms.domain.model import Fact
from oms.domain.news import is_parcel_news
from oms.intake import Receipt, Status
from oms.ports import Mailbox, ParcelReport
from oms.store import Store

CHANGES_AN_ORDER = frozenset(
    {WarehouseSays.SHIPPED, WarehouseSays.REJECTED, WarehouseSays.CANCELLED, WarehouseSays.EXCEPTION}
)
"""Accepted and packed change nothing for an order, unless they name the waybill drawn for it."""
FOR_THE_RECORD = "kept for the record: it changes nothing for the order"
HAS_ENDED = "the order has ended"

log = logging.getLogger(__name__)


class UnknownToUs(OmsError):
    """A report about a delivery order or a parcel that we know nothing of (yet): to be sent again."""


class StockChange(Fact):
    """So many pieces of a SKU more or fewer in a warehouse, reported under a stable id."""

    event_id: str
    warehouse: str
    sku: Sku
    delta: int


class Reports:
    """The inbox side of reports. Every method raises Unavailable when the database or the orders cannot be reached."""

    def __init__(
        self,
        source: Literal["warehouse", "carrier"],
        store: Store,
        mailbox: Mailbox,
        clock: Callable[[], datetime],
    ) -> None:
        self._source = source
        self._store = store
        self._mailbox = mailbox
        self._clock = clock

    async def keep(self, body: bytes) -> str:
        """Keep a report as received; returns its inbox id."""
        put = self._store.inbox.put
        return await asyncio.to_thread(put, None, Way.WEBHOOK, self._source, body, self._clock())

    async def park(self, inbox_id: str, reason: str) -> Receipt:
        """Set a report aside for a person; `reason` holds no personal data."""
        return await self.settle(inbox_id, "parked", None, reason)

    async def settle(
        self, inbox_id: str, status: Status, order: OrderKey | None, reason: str = ""
    ) -> Receipt:
        """Write down what became of a report."""
        await asyncio.to_thread(self._store.inbox.settle, inbox_id, status, order, reason)
        level = logging.WARNING if status in {"parked", "ended"} else logging.INFO
        fields = {"source": self._source, "status": status, "order": str(order or ""), "reason": reason}
        log.log(level, "report.received", extra={**fields, "inbox_id": inbox_id})
        return Receipt(status=status, order=order, reason=reason, inbox_id=inbox_id)


class WarehouseReports(Reports):
    """What warehouses say of delivery orders and stock."""

    def __init__(self, store: Store, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        super().__init__("warehouse", store, mailbox, clock)

    async def delivery(
        self, inbox_id: str, delivery_order: str, raw: str, event: WarehouseEvent | None
    ) -> Receipt:
        """Tell an order what became of its delivery order; `event` is None when the word means nothing to us.

        Raises UnknownToUs, after parking the report, when no order of ours has such a delivery order.
        """
        order = await asyncio.to_thread(self._store.orders.by_delivery_order, delivery_order)
        if order is None:
            reason = f"no order of ours has the delivery order {delivery_order}"
            await self.park(inbox_id, reason)
            raise UnknownToUs(reason)
        if event is None or not (event.says in CHANGES_AN_ORDER or event.waybill):
            return await self.settle(inbox_id, "delivered", order, f"{raw}: {FOR_THE_RECORD}")
        if not await self._mailbox.warehouse(order, event):
            return await self.settle(inbox_id, "ended", order, f"{raw}: {HAS_ENDED}")
        return await self.settle(inbox_id, "delivered", order)

    async def stock(self, inbox_id: str, changes: Sequence[StockChange]) -> Receipt:
        """Book the changes, each once, and wake the orders that wait for what came in, oldest first.

        They are woken although the changes were booked before: the waking may be what failed then.
        """
        booked = 0
        for change in changes:
            arguments = (change.event_id, change.warehouse, change.sku, change.delta)
            booked += await asyncio.to_thread(self._store.stock.change, *arguments)
        arrived = tuple(dict.fromkeys(change.sku for change in changes if change.delta > 0))
        waiting = await asyncio.to_thread(self._store.stock.waiting, arrived) if arrived else []
        for order in waiting:
            await self._mailbox.stock(order, StockArrived(event_id=changes[0].event_id, skus=arrived))
        status: Status = "delivered" if booked or not changes else "repeated"
        return await self.settle(
            inbox_id, status, None, f"{booked} changes booked, {len(waiting)} orders woken"
        )


class ParcelReports(Reports):
    """What carriers say of parcels."""

    def __init__(self, store: Store, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        super().__init__("carrier", store, mailbox, clock)

    async def parcel(self, inbox_id: str, waybill: str, report: ParcelReport | None) -> Receipt:
        """Add to the parcel's trace, and tell the order if this changes where it stands.

        None is a report without a scan. Raises UnknownToUs, after parking it, for a waybill not of ours.
        """
        known = await asyncio.to_thread(self._store.orders.by_waybill, waybill)
        if known is None:
            reason = f"no parcel of ours has the waybill {waybill}"
            await self.park(inbox_id, reason)
            raise UnknownToUs(reason)
        order, parcel = known
        if report is None:
            return await self.settle(inbox_id, "delivered", order, "it says nothing of where the parcel is")
        added = await asyncio.to_thread(self._store.orders.add_scans, parcel.waybill, report.scans)
        if not is_parcel_news(parcel, report.event.state):
            status: Status = "delivered" if added else "repeated"
            return await self.settle(inbox_id, status, order, f"{report.event.state}: {FOR_THE_RECORD}")
        if not await self._mailbox.parcel(order, report.event):
            return await self.settle(inbox_id, "ended", order, f"{report.event.state}: {HAS_ENDED}")
        return await self.settle(inbox_id, "delivered", order)

"""What warehouses and carriers report: kept as received, then told to the order it concerns, if it concerns it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from oms.case_reports import CaseReports
from oms.domain.aftersales.messages import ReturnArrived
from oms.domain.errors import OmsError
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import StockArrived, WarehouseEvent, WarehouseSays, Way
from oms.domain.model import Fact
from oms.domain.news import FUTURE_TOLERANCE, is_parcel_news
from oms.domain.parcels import ParcelState
from oms.intake import Receipt, Status
from oms.ports import GaveUp, Mailbox, ParcelReport
from oms.store import OnItsWay, Store

CHANGES_AN_ORDER = frozenset(
    {WarehouseSays.SHIPPED, WarehouseSays.REJECTED, WarehouseSays.CANCELLED, WarehouseSays.EXCEPTION}
)
"""Accepted and packed change nothing for an order, unless they name the waybill drawn for it."""
FOR_THE_RECORD = "kept for the record: it changes nothing for the order"
HAS_ENDED = "the order has ended"
TURNED = frozenset({ParcelState.REJECTED, ParcelState.RETURNING, ParcelState.RETURNED})
"""A parcel of an order that is in one of these may have a case."""
SAYS_NOTHING = "it says nothing of where the parcel is"
GAVE_UP = "the carrier follows it no more; it is asked to again in half an hour"

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
        self._cases = CaseReports(store, mailbox)

    async def delivery(
        self, inbox_id: str, delivery_order: str, raw: str, event: WarehouseEvent | None
    ) -> Receipt:
        """Tell an order what became of its delivery order; `event` is None when the word means nothing to us.

        Raises UnknownToUs, after parking the report, when no order of ours has such a delivery order.
        """
        case = await self._cases.delivery(delivery_order, raw, event)
        if case is not None:
            return await self.settle(inbox_id, *case)
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

    async def returned(self, inbox_id: str, event: ReturnArrived) -> Receipt:
        """Tell a case what came back for it. Raises UnknownToUs, after parking the report, when there is none."""
        case = await self._cases.returned(event)
        if case is None:
            reason = f"no after-sale of ours has the return {event.code}"
            await self.park(inbox_id, reason)
            raise UnknownToUs(reason)
        return await self.settle(inbox_id, *case)

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


class Hearing(NamedTuple):
    """What a carrier's report came to."""

    status: Status
    order: OrderKey
    reason: str = ""

    @property
    def is_told(self) -> bool:
        """Tell whether an order was told something new."""
        return not self.reason


class ParcelReports(Reports):
    """What carriers say of parcels, whether they call or are asked."""

    def __init__(self, store: Store, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        super().__init__("carrier", store, mailbox, clock)
        self._cases = CaseReports(store, mailbox)

    async def parcel(self, inbox_id: str, waybill: str, report: ParcelReport | GaveUp | None) -> Receipt:
        """Take in what a carrier told by itself; see `hear`.

        Raises UnknownToUs, after parking it, for a waybill not of ours.
        """
        try:
            heard = await self.hear(waybill, report)
        except UnknownToUs as unknown:
            await self.park(inbox_id, str(unknown))
            raise
        return await self.settle(inbox_id, heard.status, heard.order, heard.reason)

    async def answered(self, waybill: str, report: ParcelReport) -> Hearing:
        """Take in what a carrier answered when it was asked; what changes something is kept like what it tells by itself."""
        heard = await self.hear(waybill, report)
        if heard.status != "repeated":
            body = report.model_dump_json().encode()
            put = self._store.inbox.put
            inbox_id = await asyncio.to_thread(put, None, Way.POLL, self._source, body, self._clock())
            await self.settle(inbox_id, heard.status, heard.order, heard.reason)
        return heard

    async def hear(self, waybill: str, report: ParcelReport | GaveUp | None) -> Hearing:
        """Add to the parcel's trace, and tell the orders in the box if this changes where they stand.

        None is a report without a scan. Raises UnknownToUs for a waybill not of ours.
        """
        going = await asyncio.to_thread(self._store.watch.of, waybill)
        said = report.last if isinstance(report, GaveUp) else report
        gave_up_at = self._clock() if isinstance(report, GaveUp) else None
        case = await self._case(waybill, going, said)
        if not going:
            if case is None:
                raise UnknownToUs(f"no parcel of ours has the waybill {waybill}")
            await self._remember_of_case(waybill, said, gave_up_at)
            return case
        if said is None:
            if gave_up_at is not None:
                await asyncio.to_thread(self._store.watch.heard, waybill, gave_up_at=gave_up_at)
            return Hearing("delivered", going[0].order, GAVE_UP if gave_up_at else SAYS_NOTHING)
        added = await asyncio.to_thread(self._store.orders.add_scans, waybill, said.scans)
        fates = [await self._tell(each, said) for each in going]
        told = said.event.event_id if any(fate.is_told for fate in fates) else ""
        if added or told or gave_up_at:
            await asyncio.to_thread(self._note, waybill, said, told, gave_up_at)
        heard = [fate.hearing(added) for fate in fates]
        return _summed_up([*heard, case] if case is not None and case.status == "delivered" else heard)

    async def _case(
        self, waybill: str, going: Sequence[OnItsWay], said: ParcelReport | None
    ) -> Hearing | None:
        """Tell the case of a parcel: one of its own, or one that an order's parcel got when it was turned round."""
        turned = [each.parcel.state for each in going]
        if going and (said is None or not TURNED & {said.event.state, *turned}):
            return None
        heard = await self._cases.parcel(waybill, said)
        return Hearing(*heard) if heard is not None else None

    async def _remember_of_case(
        self, waybill: str, said: ParcelReport | None, gave_up_at: datetime | None
    ) -> None:
        if said is not None:
            await asyncio.to_thread(self._note, waybill, said, "", gave_up_at)
        elif gave_up_at is not None:
            await asyncio.to_thread(self._store.watch.heard, waybill, gave_up_at=gave_up_at)

    async def _tell(self, going: OnItsWay, report: ParcelReport) -> "_Fate":
        event = report.event
        late = going.scanned_at is not None and event.at < going.scanned_at
        if event.event_id == going.told or not is_parcel_news(going.parcel, event.state, late=late):
            return _Fate(going.order, event.state, FOR_THE_RECORD)
        if not await self._mailbox.parcel(going.order, event):
            return _Fate(going.order, event.state, HAS_ENDED)
        return _Fate(going.order, event.state)

    def _note(self, waybill: str, report: ParcelReport, told: str, gave_up_at: datetime | None) -> None:
        """Remember what was heard; a time of the future is a fault of theirs, and would keep the parcel from being silent."""
        now = self._clock()
        scanned_at = max(
            (scan.at for scan in report.scans if scan.at <= now + FUTURE_TOLERANCE), default=None
        )
        picked_up_at = min(report.picked_up_at, now) if report.picked_up_at else None
        self._store.watch.heard(
            waybill, scanned_at=scanned_at, picked_up_at=picked_up_at, gave_up_at=gave_up_at, told=told
        )


class _Fate(NamedTuple):
    """What a report was to one order; no `why` when the order was told."""

    order: OrderKey
    state: ParcelState
    why: str = ""

    @property
    def is_told(self) -> bool:
        return not self.why

    def hearing(self, added: int) -> Hearing:
        if self.is_told:
            return Hearing("delivered", self.order)
        status: Status = "ended" if self.why == HAS_ENDED else "delivered" if added else "repeated"
        return Hearing(status, self.order, f"{self.state}: {self.why}")


def _summed_up(heard: Sequence[Hearing]) -> Hearing:
    """Of what one report was to several orders, return the one that tells most."""
    told = [each for each in heard if not each.reason]
    return (told or [*heard])[0]

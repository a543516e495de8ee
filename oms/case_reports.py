"""What warehouses and carriers report of after-sales: goods that came back, goods sent once more, parcels on their way back."""

import asyncio
from typing import NamedTuple

from oms.domain.aftersales.book import AfterSaleRow, is_case_code
from oms.domain.aftersales.messages import ReturnArrived
from oms.domain.aftersales.words_in import goods_of, parcels_out
from oms.domain.ids import OrderKey
from oms.domain.messages import ParcelEvent, WarehouseEvent, WarehouseSays
from oms.domain.parcels import RANK, ParcelState
from oms.intake import Status
from oms.ports import Mailbox, ParcelReport
from oms.store import Store
from oms.store.case_parcels import Followed

MATTERS = frozenset(
    {WarehouseSays.SHIPPED, WarehouseSays.REJECTED, WarehouseSays.CANCELLED, WarehouseSays.EXCEPTION}
)


class CaseHeard(NamedTuple):
    """What a report was to a case."""

    status: Status
    order: OrderKey
    reason: str


class CaseReports:
    """Finds the case that a report is about, and tells it. Every method returns None when there is no such case."""

    def __init__(self, store: Store, mailbox: Mailbox) -> None:
        self._store = store
        self._mailbox = mailbox

    async def returned(self, event: ReturnArrived) -> CaseHeard | None:
        """Tell a case what its warehouse found; of one that has ended, the goods are counted all the same."""
        case = await asyncio.to_thread(self._store.after_sales.by_code, event.code)
        if case is None:
            return None
        if await self._mailbox.returned(case.key, event):
            return _told(case)
        await asyncio.to_thread(self._store.after_sales.take_goods, goods_of(event))
        return CaseHeard(
            "ended",
            case.order,
            f"after-sale {case.key} has ended; the goods were counted: look whom they belong to",
        )

    async def delivery(self, code: str, raw: str, event: WarehouseEvent | None) -> CaseHeard | None:
        """Tell a case what became of what it announced, or had sent once more."""
        if not is_case_code(code):
            return None
        case = await asyncio.to_thread(self._store.after_sales.by_code, code)
        if case is None:
            return None
        if event is None or event.says not in MATTERS:
            return CaseHeard(
                "delivered", case.order, f"{raw}: kept for the record: it changes nothing for the case"
            )
        if await self._mailbox.case_delivery(case.key, event):
            return _told(case)
        if event.says is WarehouseSays.SHIPPED and code == case.delivery_code:
            parcels = parcels_out(event, event.at)
            await asyncio.to_thread(self._store.case_parcels.put, case, parcels)
        return _ended(case)

    async def parcel(self, waybill: str, report: ParcelReport | None) -> CaseHeard | None:
        """Tell the cases of a parcel where it is, then add to its trace.

        Whatever breaks off in between, the same report does all of it again: how far a parcel is known to be is written
        down after its case was told. A case takes a word twice as once.
        """
        found = await self._followed(waybill)
        if not found:
            return None
        if report is None:
            return CaseHeard("delivered", found[0].order, "it says nothing of where the parcel is")
        told = [await self._tell(parcel, report.event) for parcel in found]
        added = await asyncio.to_thread(self._store.orders.add_scans, waybill, report.scans)
        news = [heard for heard in told if heard.status != "repeated"]
        if news or not added:
            return (news or told)[0]
        return told[0]._replace(status="delivered")

    async def _followed(self, waybill: str) -> tuple[Followed, ...]:
        found = await asyncio.to_thread(self._store.case_parcels.of, waybill)
        if found:
            return found
        case = await asyncio.to_thread(self._store.after_sales.by_waybill, waybill)
        if case is None:
            return ()
        new = ParcelState.CREATED
        return (Followed(case.key, case.order, waybill, case.carrier, "back", case.opened_at, new),)

    async def _tell(self, parcel: Followed, event: ParcelEvent) -> CaseHeard:
        key = parcel.case_key
        if RANK[event.state] <= RANK[parcel.state]:
            return CaseHeard("repeated", parcel.order, f"after-sale {key} knows it")
        running = parcel.way == "out" or await self._mailbox.case_parcel(key, event)
        await asyncio.to_thread(self._store.case_parcels.heard, parcel, event.state)
        if not running:
            return CaseHeard("ended", parcel.order, f"after-sale {key} has ended")
        return CaseHeard("delivered", parcel.order, f"after-sale {key}")


def _told(case: AfterSaleRow) -> CaseHeard:
    return CaseHeard("delivered", case.order, f"after-sale {case.key}")


def _ended(case: AfterSaleRow) -> CaseHeard:
    return CaseHeard("ended", case.order, f"after-sale {case.key} has ended")

"""What warehouses and carriers report of after-sales: goods that came back, goods sent once more, parcels on their way back."""

import asyncio
from typing import NamedTuple

from oms.domain.aftersales.book import AfterSaleRow, is_case_code
from oms.domain.aftersales.messages import ReturnArrived
from oms.domain.aftersales.words_in import goods_of
from oms.domain.ids import OrderKey
from oms.domain.messages import WarehouseEvent, WarehouseSays
from oms.intake import Status
from oms.ports import Mailbox, ParcelReport
from oms.store import Store

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
        return _told(case) if await self._mailbox.case_delivery(case.key, event) else _ended(case)

    async def parcel(self, waybill: str, report: ParcelReport | None) -> CaseHeard | None:
        """Add to the trace of a parcel that comes back, and tell its case."""
        case = await asyncio.to_thread(self._store.after_sales.by_waybill, waybill)
        if case is None:
            return None
        if report is None:
            return CaseHeard("delivered", case.order, "it says nothing of where the parcel is")
        added = await asyncio.to_thread(self._store.orders.add_scans, waybill, report.scans)
        if not added:
            return CaseHeard("repeated", case.order, f"after-sale {case.key} knows it")
        return _told(case) if await self._mailbox.case_parcel(case.key, report.event) else _ended(case)


def _told(case: AfterSaleRow) -> CaseHeard:
    return CaseHeard("delivered", case.order, f"after-sale {case.key}")


def _ended(case: AfterSaleRow) -> CaseHeard:
    return CaseHeard("ended", case.order, f"after-sale {case.key} has ended")

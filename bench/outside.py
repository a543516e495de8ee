"""The world outside, which answers at once: nobody waits for it, and nothing is measured but us."""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from oms.channels.woocommerce.client import PROPERTIES
from oms.domain.handover import Notice, ShippedParcel, WarehouseOrder
from oms.domain.ids import ShopKey, Sku
from oms.domain.model import Moment
from oms.domain.receiver import Receiver
from oms.ports import (
    Accepted,
    CancelAccepted,
    Checkup,
    Intercepted,
    Mapped,
    Page,
    ParcelReport,
    Rejected,
    ReturnOrder,
    StockLevel,
    WrittenBack,
)


def said_asked(workflow_id: str, code: str) -> None:
    """Tell the driver, on the other end of stdout, that a warehouse was asked to ship."""
    sys.stdout.write(f"asked {workflow_id} {code or '-'}\n")
    sys.stdout.flush()


class PromptWarehouse:
    """Accepts everything."""

    async def create(self, order: WarehouseOrder, receiver: Receiver, remark: str) -> Accepted:
        """Accept."""
        del receiver, remark
        said_asked(order.order.workflow_id, order.code)
        return Accepted(warehouse_number="W1")

    async def cancel(self, code: str, warehouse: str, why: str, warehouse_number: str = "") -> CancelAccepted:
        """Accept."""
        del code, warehouse, why, warehouse_number
        return CancelAccepted()

    async def levels(self, warehouse: str, skus: Sequence[Sku]) -> Sequence[StockLevel]:
        """Count nothing."""
        del warehouse, skus
        return ()

    async def expect_return(self, order: ReturnOrder) -> Accepted | Rejected:
        """Expect everything."""
        return Accepted()


class PromptTracking:
    """Follows everything."""

    async def subscribe(self, waybill: str, carrier: str, phone_tail: str = "") -> None:
        """Agree."""

    async def query(self, waybill: str, carrier: str, phone_tail: str = "") -> ParcelReport | None:
        """Know nothing."""
        del waybill, carrier, phone_tail
        return None

    async def recycle(self, waybill: str, carrier: str) -> None:
        """Agree."""

    async def intercept(self, waybill: str, carrier: str, why: str) -> Intercepted:
        """Agree."""
        del waybill, carrier, why
        return Intercepted()


class PromptChannel:
    """A shop that takes every waybill."""

    properties = PROPERTIES

    def __init__(self, shop: ShopKey) -> None:
        """Stand for this shop."""
        self.shop = shop

    async def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Nothing changed."""
        del since, until
        nothing: tuple[Page, ...] = ()
        for page in nothing:
            yield page

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """Know nothing."""
        del number
        return None

    async def check(self) -> Checkup:
        """Always open."""
        return Checkup(shop=self.shop, version="", authorised=True, active=True)

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack:
        """Take it."""
        del parcel
        return WrittenBack()

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Not asked of a shop here: orders start from snapshots."""
        raise NotImplementedError(f"the bench reads no payload of {len(payload)} fields")


class PatientPeople:
    """Are told."""

    async def send(self, notice: Notice) -> None:
        """Listen."""

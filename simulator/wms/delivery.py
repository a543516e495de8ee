"""A delivery order in the warehouse: read from the create request, walked through its stages."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from xml.etree.ElementTree import Element

from simulator.wms.xml import text


class Stage(StrEnum):
    """How far the warehouse is; from PACKAGE on nothing can be cancelled."""

    NEW = "NEW"
    ACCEPT = "ACCEPT"
    PICK = "PICK"
    PACKAGE = "PACKAGE"
    DELIVERED = "DELIVERED"
    CANCELED = "CANCELED"


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
CANCELLABLE = frozenset({Stage.NEW, Stage.ACCEPT, Stage.PICK})
REQUIRED = (
    "deliveryOrder/deliveryOrderCode",
    "deliveryOrder/warehouseCode",
    "deliveryOrder/orderType",
    "deliveryOrder/logisticsCode",
    "deliveryOrder/receiverInfo/name",
    "deliveryOrder/receiverInfo/mobile",
    "deliveryOrder/receiverInfo/detailAddress",
)


class Unreadable(Exception):
    """A create request that lacks something or says something impossible."""


@dataclass(frozen=True)
class Line:
    """So many pieces of a SKU, for one platform order."""

    number: str
    source: str
    sub_source: str
    owner: str
    sku: str
    quantity: int


@dataclass
class DeliveryOrder:
    """What one warehouse shall send to one receiver."""

    code: str
    warehouse: str
    order_type: str
    logistics: str
    waybill: str
    phone: str
    city: str
    lines: tuple[Line, ...]
    id: str = ""
    created: datetime = LONG_AGO
    stage: Stage = Stage.NEW
    shipped_at: datetime | None = None
    pieces: Counter[str] = field(default_factory=Counter)

    @property
    def sources(self) -> tuple[str, ...]:
        """The platform orders it serves."""
        return tuple(dict.fromkeys(line.source for line in self.lines))

    def pieces_for(self, source: str) -> Counter[str]:
        """Count the pieces that belong to one platform order."""
        wanted: Counter[str] = Counter()
        for line in self.lines:
            if line.source == source:
                wanted[line.sku] += line.quantity
        return wanted


def read_delivery(request: Element) -> DeliveryOrder:
    """Read a create request, or raise Unreadable."""
    for path in REQUIRED:
        if not text(request, path):
            raise Unreadable(f"缺少必填字段 {path.rpartition('/')[2]}")
    lines = tuple(_line(element) for element in request.iterfind("orderLines/orderLine"))
    if not lines:
        raise Unreadable("缺少必填字段 orderLines")
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line.sku] += line.quantity
    head = "deliveryOrder/"
    return DeliveryOrder(
        code=text(request, head + "deliveryOrderCode"),
        warehouse=text(request, head + "warehouseCode"),
        order_type=text(request, head + "orderType"),
        logistics=text(request, head + "logisticsCode"),
        waybill=text(request, head + "expressCode"),
        phone=text(request, head + "receiverInfo/mobile"),
        city=text(request, head + "receiverInfo/city"),
        lines=lines,
        pieces=pieces,
    )


def _line(element: Element) -> Line:
    quantity = text(element, "planQty")
    if not quantity.isdecimal() or int(quantity) < 1:
        raise Unreadable(f"planQty 不合法: {quantity!r}")
    sku = text(element, "itemCode")
    if not sku:
        raise Unreadable("缺少必填字段 itemCode")
    return Line(
        number=text(element, "orderLineNo"),
        source=text(element, "sourceOrderCode"),
        sub_source=text(element, "subSourceOrderCode"),
        owner=text(element, "ownerCode"),
        sku=sku,
        quantity=int(quantity),
    )


def timetable(created: datetime, ships_at: datetime, hour: timedelta) -> dict[Stage, datetime]:
    """Spread the stages; nothing is packed in the first business hour if there is time enough."""
    total = max(ships_at - created, timedelta())
    return {
        Stage.ACCEPT: created + min(total * 0.05, hour / 20),
        Stage.PICK: created + total * 0.5,
        Stage.PACKAGE: created + max(total * 0.85, min(total * 0.98, hour)),
        Stage.DELIVERED: created + total,
    }

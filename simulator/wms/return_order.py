"""Goods that a buyer sends back: announced by the order centre, received and looked at by the warehouse."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from simulator.wms.delivery import Unreadable
from simulator.wms.xml import text

REQUIRED = (
    "returnOrder/returnOrderCode",
    "returnOrder/warehouseCode",
    "returnOrder/preDeliveryOrderCode",
    "returnOrder/logisticsCode",
    "returnOrder/senderInfo/name",
    "returnOrder/senderInfo/mobile",
    "returnOrder/senderInfo/province",
    "returnOrder/senderInfo/city",
    "returnOrder/senderInfo/detailAddress",
)


@dataclass
class ReturnLine:
    """So many pieces of a SKU that should come back, and how they came."""

    number: str
    source: str
    owner: str
    sku: str
    planned: int
    good: int = 0
    damaged: int = 0


@dataclass
class ReturnOrder:
    """What one warehouse shall expect from one buyer."""

    code: str
    warehouse: str
    order_type: str
    delivery: str
    """The delivery order under which the goods had left."""
    logistics: str
    waybill: str
    lines: tuple[ReturnLine, ...]
    id: str = ""
    arrived_at: datetime | None = None
    confirmed_at: datetime | None = None

    @property
    def source(self) -> str:
        """The platform order that it belongs to, as far as said."""
        return next((line.source for line in self.lines if line.source), "")

    @property
    def planned(self) -> Counter[str]:
        """The pieces that should come back, by SKU."""
        pieces: Counter[str] = Counter()
        for line in self.lines:
            pieces[line.sku] += line.planned
        return pieces

    @property
    def received(self) -> Counter[str]:
        """The pieces that came back, in whatever condition, by SKU."""
        pieces: Counter[str] = Counter()
        for line in self.lines:
            pieces[line.sku] += line.good + line.damaged
        return +pieces


def read_return(request: Element) -> ReturnOrder:
    """Read a create request, or raise Unreadable."""
    for path in REQUIRED:
        if not text(request, path):
            raise Unreadable(f"缺少必填字段 {path.rpartition('/')[2]}")
    lines = tuple(_line(element) for element in request.iterfind("orderLines/orderLine"))
    if not lines:
        raise Unreadable("缺少必填字段 orderLines")
    head = "returnOrder/"
    return ReturnOrder(
        code=text(request, head + "returnOrderCode"),
        warehouse=text(request, head + "warehouseCode"),
        order_type=text(request, head + "orderType") or "THRK",
        delivery=text(request, head + "preDeliveryOrderCode"),
        logistics=text(request, head + "logisticsCode"),
        waybill=text(request, head + "expressCode"),
        lines=lines,
    )


def _line(element: Element) -> ReturnLine:
    planned, sku, owner = (text(element, name) for name in ("planQty", "itemCode", "ownerCode"))
    if not planned.isdecimal() or int(planned) < 1:
        raise Unreadable(f"planQty 不合法: {planned!r}")
    if not sku or not owner:
        raise Unreadable("缺少必填字段 itemCode 或 ownerCode")
    return ReturnLine(
        text(element, "orderLineNo"), text(element, "sourceOrderCode"), owner, sku, int(planned)
    )

"""Goods that come back: announced with `returnorder.create`, told of with `returnorder.confirm`.

Names and codes are Qimen's [the interfaces' own metadata]: THRK is a return, HHRK an exchange; ZP is good stock, CC, JS
and XS are damaged in their three ways. Qimen wants a sender; the warehouse knows the goods by code and waybill, so the
buyer is not named.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from xml.etree.ElementTree import Element

from oms.domain.aftersales.messages import InspectedPiece, ReturnArrived
from oms.domain.errors import Unmappable
from oms.domain.ids import Sku
from oms.domain.model import Fact
from oms.ports import ReturnOrder
from oms.warehouse.qimen import words, xml
from oms.warehouse.qimen.config import QimenConfig

RETURN, EXCHANGE = "THRK", "HHRK"
GOOD = frozenset({"", "ZP"})
DAMAGED = frozenset({"CC", "JS", "XS"})
PARTLY = "1"
UNKNOWN = "OTHER"
NOBODY: Mapping[str, str] = {
    "name": "买家", "mobile": "00000000000", "province": "见原单", "city": "见原单", "detailAddress": "见原单",
}  # fmt: skip
"""The sender, of whom the warehouse needs to know nothing."""


class ReturnConfirmed(Fact):
    """The warehouse's word on a return."""

    return_order: str
    event: ReturnArrived


def return_order(order: ReturnOrder, config: QimenConfig) -> xml.Tree:
    """Write the request of `returnorder.create`."""
    head: xml.Tree = {
        "returnOrderCode": order.code,
        "warehouseCode": order.warehouse,
        "orderType": EXCHANGE if order.exchange else RETURN,
        "preDeliveryOrderCode": order.delivery_order or UNKNOWN,
        "logisticsCode": words.logistics_code(order.carrier) if order.carrier else UNKNOWN,
        "expressCode": order.waybill,
        "returnReason": order.why,
        "senderInfo": NOBODY,
        "sourcePlatformCode": words.platform(order.order.channel),
        "shopNick": order.order.shop,
    }
    lines: list[tuple[str, xml.Tree]] = [
        (
            "orderLine",
            {
                "orderLineNo": str(number),
                "sourceOrderCode": order.order.number,
                "subSourceOrderCode": piece.line,
                "ownerCode": config.owner_code,
                "itemCode": piece.sku,
                "planQty": str(piece.quantity),
                "returnReason": order.why,
            },
        )
        for number, piece in enumerate(order.pieces, start=1)
    ]
    return {"returnOrder": head, "orderLines": lines}


def confirmed(
    root: Element, event_id: str, code: str, at: Callable[[tuple[str, ...]], datetime]
) -> ReturnConfirmed:
    """Read `returnorder.confirm`: so many of each SKU, good and damaged apart. Raises Unmappable naming the field."""
    head = "returnOrder/"
    event = ReturnArrived(
        event_id=event_id,
        code=code,
        warehouse=xml.required(root, head + "warehouseCode")[:64],
        pieces=_inspected(root),
        final=xml.text(root, head + "confirmType") != PARTLY,
        at=at((head + "orderConfirmTime",)),
        raw=xml.text(root, head + "orderType")[:20],
    )
    return ReturnConfirmed(return_order=code, event=event)


def _inspected(root: Element) -> tuple[InspectedPiece, ...]:
    """Add up by SKU; a line's batches, where there are any, say more exactly what state the pieces are in."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in root.iterfind("orderLines/orderLine"):
        sku = xml.required(line, "itemCode")
        for part in line.findall("batchs/batch") or [line]:
            pieces = xml.pieces(part, "actualQty")
            if pieces < 0:
                raise Unmappable("is negative", field="orderLines.orderLine.actualQty")
            kind = xml.text(part, "inventoryType") or xml.text(line, "inventoryType")
            if kind not in GOOD | DAMAGED:
                raise Unmappable("is none of ZP, CC, JS, XS", field="orderLines.orderLine.inventoryType")
            found[sku][kind in DAMAGED] += pieces
    return tuple(
        InspectedPiece(sku=Sku(sku), good=good, damaged=damaged) for sku, (good, damaged) in found.items()
    )

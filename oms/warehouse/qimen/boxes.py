"""The parcels that a confirmation names, and what is in each."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from oms.domain.errors import Unmappable
from oms.domain.ids import Sku
from oms.domain.messages import PackedPiece, ShippedBox
from oms.warehouse.qimen import words, xml

WAYBILL = re.compile(r"[A-Za-z0-9-]{4,40}")


def boxes_of(root: Element) -> tuple[ShippedBox, ...]:
    """Read the parcels; the only one may leave its content to the order lines.

    Raises Unmappable when parcels left and none is named, or one has no waybill or negative content.
    """
    packages = root.findall("packages/package")
    if not packages:
        raise Unmappable("names no parcel although something left", field="packages")
    boxes = tuple(_box(package) for package in packages)
    if len(boxes) == 1 and not boxes[0].pieces:
        lines = _contents(root.iterfind("orderLines/orderLine"), "actualQty")
        return (boxes[0].model_copy(update={"pieces": lines}),)
    return boxes


def _box(package: Element) -> ShippedBox:
    waybill = xml.required(package, "expressCode")
    if WAYBILL.fullmatch(waybill) is None:
        raise Unmappable("is no waybill", field="packages.package.expressCode")
    return ShippedBox(
        waybill=waybill,
        carrier=words.carrier(xml.text(package, "logisticsCode")),
        pieces=_contents(package.iterfind("items/item"), "quantity"),
    )


def _contents(items: Iterable[Element], quantity: str) -> tuple[PackedPiece, ...]:
    """Read SKUs and quantities; a line of which nothing was shipped is left out."""
    counted = [(xml.required(item, "itemCode"), xml.pieces(item, quantity)) for item in items]
    if any(count < 0 for _, count in counted):
        raise Unmappable("is negative", field=quantity)
    return tuple(PackedPiece(sku=Sku(sku), quantity=count) for sku, count in counted if count)

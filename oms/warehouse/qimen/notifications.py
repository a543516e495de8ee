"""What a warehouse tells by itself: a delivery left or moved on, goods came back, a count found more or fewer pieces."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from xml.etree.ElementTree import Element

from pydantic import SecretStr

from oms.domain.errors import Forged, Unmappable
from oms.domain.ids import Sku
from oms.domain.messages import WarehouseEvent, WarehouseSays
from oms.domain.model import Fact
from oms.warehouse.qimen import words, xml
from oms.warehouse.qimen.boxes import boxes_of
from oms.warehouse.qimen.returns import ReturnConfirmed, confirmed
from oms.warehouse.qimen.signature import sign

GATEWAY = "taobao.qimen."
SALEABLE = "ZP"
PARTLY = "1"
SHIPPED = frozenset({"", "DELIVERED", "PARTDELIVERED"})
"""Words with which a confirmation says that parcels left; it need not say anything."""
SAYS: Mapping[str, WarehouseSays] = {
    "ACCEPT": WarehouseSays.ACCEPTED,
    "PACKAGE": WarehouseSays.PACKED,
    "EXCEPTION": WarehouseSays.EXCEPTION,
    "CANCELED": WarehouseSays.CANCELLED,
    "CLOSED": WarehouseSays.CANCELLED,
    "REJECT": WarehouseSays.REJECTED,
}
"""Other words (PRINT, PICK, CHECK, SIGN, ...) move nothing. Nor does a *report* of DELIVERED: the confirmation does."""
LONGEST_WHY = 200
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


class DeliveryConfirmed(Fact):
    """The warehouse's final or partial word on a delivery order; `event` is None when it moves nothing."""

    delivery_order: str
    raw: str
    event: WarehouseEvent | None


class ProcessReported(Fact):
    """A delivery order moved on inside the warehouse; `event` is None when that moves nothing of ours."""

    delivery_order: str
    raw: str
    event: WarehouseEvent | None


class StockChanged(Fact):
    """So many pieces more or fewer, found by a count; hearing it twice with one id changes once."""

    event_id: str
    warehouse: str
    sku: Sku
    delta: int


class InventoryReported(Fact):
    """The outcome of a count."""

    changes: tuple[StockChanged, ...]


Notification = DeliveryConfirmed | ProcessReported | InventoryReported | ReturnConfirmed


def verify(query: Mapping[str, str], body: bytes, secret: SecretStr) -> None:
    """Check the signature over query and body as received. Raises Forged."""
    key = secret.get_secret_value()
    expected, given = sign(query, body, key), query.get("sign", "")
    if not key or not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise Forged("the warehouse's signature does not fit its message")


def read(query: Mapping[str, str], body: bytes) -> Notification:
    """Read a verified message. Raises Unmappable naming the field."""
    method = query.get("method", "").removeprefix(GATEWAY)
    if method not in READERS:
        raise Unmappable("is none that we listen to", field="method")
    return READERS[method](xml.read(body), query, hashlib.sha256(body).hexdigest()[:32])


def answer(*, failure: str = "", code: str = "") -> bytes:
    """Write the reply: success, or a failure in words, after which the warehouse tries again."""
    if not failure:
        return xml.write("response", {"flag": "success", "code": "0", "message": "ok"})
    return xml.write("response", {"flag": "failure", "code": code or "refused", "message": failure})


def _confirmed(root: Element, query: Mapping[str, str], digest: str) -> DeliveryConfirmed:
    head = "deliveryOrder/"
    code, raw = _code(root, head + "deliveryOrderCode"), xml.text(root, head + "status").upper()
    says = WarehouseSays.SHIPPED if raw in SHIPPED else SAYS.get(raw)
    if says is None:
        return DeliveryConfirmed(delivery_order=code, raw=raw, event=None)
    shipped = says is WarehouseSays.SHIPPED
    event = WarehouseEvent(
        event_id=_event_id("confirm", xml.text(root, head + "outBizCode") or digest),
        delivery_order=code,
        says=says,
        raw=raw,
        at=_at(root, query, (head + "orderConfirmTime", head + "operateTime")),
        boxes=boxes_of(root) if shipped else (),
        final=xml.text(root, head + "confirmType") != PARTLY and raw != "PARTDELIVERED",
    )
    return DeliveryConfirmed(delivery_order=code, raw=raw, event=event)


def _reported(root: Element, query: Mapping[str, str], digest: str) -> ProcessReported:
    code, raw = _code(root, "order/orderCode"), xml.required(root, "process/processStatus").upper()
    says = SAYS.get(raw)
    if says is None:
        return ProcessReported(delivery_order=code, raw=raw, event=None)
    event = WarehouseEvent(
        event_id=_event_id("process", digest),
        delivery_order=code,
        says=says,
        raw=raw,
        at=_at(root, query, ("process/operateTime",)),
        waybill=xml.text(root, "process/expressCode"),
        why=xml.text(root, "process/operateInfo")[:LONGEST_WHY] if says is not WarehouseSays.ACCEPTED else "",
    )
    return ProcessReported(delivery_order=code, raw=raw, event=event)


def _counted(root: Element, _query: Mapping[str, str], digest: str) -> InventoryReported:
    warehouse = xml.required(root, "warehouseCode")
    message = _event_id("count", xml.text(root, "outBizCode") or digest)
    page = xml.text(root, "currentPage")[:9] or "1"
    return InventoryReported(
        changes=tuple(
            StockChanged(
                event_id=f"{message}:{page}:{place}",
                warehouse=warehouse,
                sku=Sku(xml.required(item, "itemCode")),
                delta=xml.pieces(item, "quantity"),
            )
            for place, item in enumerate(root.iterfind("items/item"))
            if xml.text(item, "inventoryType") in {"", SALEABLE}
        )
    )


def _returned(root: Element, query: Mapping[str, str], digest: str) -> ReturnConfirmed:
    event_id = _event_id("return", xml.text(root, "returnOrder/outBizCode") or digest)
    code = _code(root, "returnOrder/returnOrderCode")
    return confirmed(root, event_id, code, lambda paths: _at(root, query, paths))


READERS: Mapping[str, Callable[[Element, Mapping[str, str], str], Notification]] = {
    "deliveryorder.confirm": _confirmed,
    "orderprocess.report": _reported,
    "inventory.report": _counted,
    "returnorder.confirm": _returned,
}


def _code(root: Element, path: str) -> str:
    """Read a delivery order's code, which is ours: plain marks."""
    code = xml.required(root, path)
    if CODE.fullmatch(code) is None:
        raise Unmappable("is no code of ours", field=path.replace("/", "."))
    return code


def _event_id(kind: str, name: str) -> str:
    """Name a message; the warehouse's own name of it when it gives one, else a digest of its content."""
    short = name if len(name) <= 64 else hashlib.sha256(name.encode()).hexdigest()[:32]  # noqa: PLR2004
    return f"qimen:{kind}:{short}"


def _at(root: Element, query: Mapping[str, str], paths: tuple[str, ...]) -> datetime:
    """Tell when it happened: as the message says, else when it was sent."""
    for path in paths:
        if found := xml.text(root, path):
            return words.moment(found, path.replace("/", "."))
    return words.moment(query.get("timestamp", ""), "timestamp")

"""Tell the shop that a parcel left, once, however often we have to try."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from oms.channels.woocommerce.rest import NO_ROUTE, UNKNOWN_ORDER, Reply, Rest
from oms.domain.errors import OmsError
from oms.ports import ShippedParcel, WriteBackRefused, WrittenBack

log = logging.getLogger(__name__)

WAYBILL = "_tracking_number"
CARRIER = "_shipment_provider"
COMPLETED = "completed"
CALLED_OFF = frozenset({"cancelled", "refunded", "failed", "trash"})


class WriteBack:
    """Writes waybills to one shop: as fulfillments where it has them, else onto the order itself.

    We look before we write, because an earlier attempt may have worked though its answer was lost.
    Parcels of one order are written one after the other: the order holds a single list of waybills.
    """

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._has_fulfillments = True

    async def tell(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Write the waybill, and the order as completed when this is its last parcel.

        An order that was called off there is left as it is: completing it would take the refund back.
        """
        path = f"orders/{parcel.order.number}"
        found = await self._rest.ask("GET", path)
        if found.refusal:
            return _refused(found)
        order = found.order()
        if order.get("status") in CALLED_OFF:
            return WriteBackRefused(reason=f"the shop's order is {order.get('status')}")
        if self._has_fulfillments:
            answer = await self._fulfill(path, parcel)
            if answer.refusal != NO_ROUTE:
                return _refused(answer) if answer.refusal else await self._complete(path, order, parcel)
            self._has_fulfillments = False
            log.info("channel.fulfillments_missing", extra={"shop": str(parcel.order.shop_key)})
        return await self._write_on_order(path, order, parcel)

    async def _fulfill(self, path: str, parcel: ShippedParcel) -> Reply:
        known = await self._rest.ask("GET", f"{path}/fulfillments")
        if known.refusal or any(parcel.waybill in _waybills(_notes(row)) for row in known.rows()):
            return known
        notes = [*_tracking(parcel.waybill, parcel.carrier), {"key": "_items", "value": _items(parcel)}]
        body = {"status": "fulfilled", "is_fulfilled": True, "meta_data": notes}
        return await self._rest.ask("POST", f"{path}/fulfillments", body=body)

    async def _complete(
        self, path: str, order: Mapping[str, Any], parcel: ShippedParcel
    ) -> WrittenBack | WriteBackRefused:
        if not parcel.last or order.get("status") == COMPLETED:
            return WrittenBack()
        answer = await self._rest.ask("PUT", path, body={"status": COMPLETED})
        return _refused(answer) if answer.refusal else WrittenBack()

    async def _write_on_order(
        self, path: str, order: Mapping[str, Any], parcel: ShippedParcel
    ) -> WrittenBack | WriteBackRefused:
        known = _waybills(_notes(order))
        if parcel.waybill in known:
            return await self._complete(path, order, parcel)
        body: dict[str, Any] = {"meta_data": _tracking(",".join((*known, parcel.waybill)), parcel.carrier)}
        if parcel.last:
            body["status"] = COMPLETED
        answer = await self._rest.ask("PUT", path, body=body)
        if answer.refusal:
            return _refused(answer)
        await self._leave_a_note(path, parcel)
        return WrittenBack()

    async def _leave_a_note(self, path: str, parcel: ShippedParcel) -> None:
        """Tell the buyer in words; a courtesy, for which nothing that is already written is written again."""
        note = {"note": f"已发货 / shipped: {parcel.carrier} {parcel.waybill}", "customer_note": True}
        try:
            await self._rest.ask("POST", f"{path}/notes", body=note)
        except OmsError as error:
            log.warning("channel.note_not_left", extra={"order": str(parcel.order), "reason": str(error)})


def _refused(reply: Reply) -> WriteBackRefused:
    if reply.refusal in UNKNOWN_ORDER:
        return WriteBackRefused(reason="the shop knows no such order")
    return WriteBackRefused(reason=f"the shop answered {reply.refusal}")


def _tracking(waybills: str, carrier: str) -> list[dict[str, Any]]:
    return [{"key": WAYBILL, "value": waybills}, {"key": CARRIER, "value": carrier}]


def _items(parcel: ShippedParcel) -> list[dict[str, int]]:
    pieces: dict[int, int] = defaultdict(int)
    for piece in parcel.pieces:
        if piece.line.isdecimal():
            pieces[int(piece.line)] += piece.quantity
    return [{"item_id": line, "qty": quantity} for line, quantity in pieces.items()]


def _notes(row: object) -> Iterable[Any]:
    notes = row.get("meta_data") if isinstance(row, Mapping) else None
    return notes if isinstance(notes, list) else ()


def _waybills(notes: Iterable[Any]) -> tuple[str, ...]:
    """Read the waybills in meta data; on an order one entry names them all."""
    values = (note.get("value") for note in notes if isinstance(note, Mapping) and note.get("key") == WAYBILL)
    return tuple(part.strip() for value in values for part in str(value or "").split(",") if part.strip())

"""Tell JD that a parcel left, once, however often we have to try."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from oms.channels.jd.answers import Refusal, reason, refused, word
from oms.channels.jd.config import JdConfig
from oms.channels.jd.mapping import line_ids, read
from oms.channels.jd.orders import RouterjsonOrders
from oms.channels.jd.routerjson import Routerjson
from oms.channels.jd.waybills import Waybills
from oms.channels.jd.wire import Order
from oms.channels.jd.words import CARRIERS
from oms.domain.errors import Unavailable
from oms.ports import ShippedParcel, WriteBackRefused, WrittenBack

SHIP = "jingdong.pop.order.shipment"
SHIP_PART = "jingdong.pop.order.partial.outship"
CORRECT = "360buy.order.sop.waybill.update"
BY_VENDER, BY_EXPRESS = 200, 5
"""`belongType` and `deliveryType`, as in the one example there is [1]."""


class WriteBack:
    """Writes waybills to one shop; both protocol versions write through routerjson.

    We look before we write, because an earlier attempt may have worked though its answer was lost.
    `jingdong.pop.order.shipment` closes the whole order, whatever lies in the parcel, so it is only used for
    a parcel that holds all of it. A parcel with a part is told by `jingdong.pop.order.partial.outship`
    (分批出库), which names SKU and pieces [2+ for the request: the official Java and PHP kits and an
    integrator's manual; 1 for the answer]; JD closes the order when all its pieces have been told.
    So the parcels of one order may be told in any order, and `parcel.last` is not needed.
    """

    def __init__(self, config: JdConfig, router: Routerjson) -> None:
        self._router = router
        self._orders = RouterjsonOrders(router)
        self._carriers = {**CARRIERS, **config.carriers}

    async def tell(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Write the waybill of a parcel that holds all of the order, or a part of it."""
        order, carrier = await self._look(parcel), self._carriers.get(parcel.carrier, "")
        if order is None or not carrier:
            return _no_order() if order is None else _no_carrier(parcel)
        if Waybills.of(order.logisticsId, order.waybill).has(parcel.waybill):
            return WrittenBack()
        pieces = Counter[str]()
        for piece in parcel.pieces:
            pieces[piece.line] += piece.quantity
        lines = dict(zip(line_ids(order.itemInfoList), order.itemInfoList, strict=True))
        unknown = sorted(set(pieces) - set(lines))
        if unknown:
            return WriteBackRefused(reason=f"JD's order has no line {', '.join(unknown)}")
        if all(pieces[line] >= item.itemTotal for line, item in lines.items()):
            return await self._unless_known(parcel, await self._ship(parcel, carrier))
        goods = [
            {"skuId": item.skuId, "num": pieces[line]} | ({"skuUuid": item.skuUuid} if item.skuUuid else {})
            for line, item in lines.items()
            if pieces[line]
        ]
        return await self._unless_known(parcel, await self._ship_part(parcel, carrier, goods))

    async def correct(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Exchange a waybill among all of the order's; JD takes that only of an order shipped as a whole."""
        order, carrier = await self._look(parcel), self._carriers.get(parcel.carrier, "")
        if order is None or not carrier:
            return _no_order() if order is None else _no_carrier(parcel)
        known = Waybills.of(order.logisticsId, order.waybill)
        if not known.has(wrong):
            if known.has(parcel.waybill):
                return WrittenBack()
            return WriteBackRefused(reason=f"JD does not know the waybill {wrong} that is to be corrected")
        right = known.put_in_place_of(wrong, carrier, parcel.waybill)
        business = {
            "order_id": parcel.order.number,
            "logistics_id": right.logistics_ids,
            "waybill": right.joined,
        }
        answer = await self._router.ask(CORRECT, business)
        return WriteBackRefused(reason=str(answer)) if isinstance(answer, Refusal) else WrittenBack()

    async def _unless_known(
        self, parcel: ShippedParcel, outcome: WrittenBack | WriteBackRefused
    ) -> WrittenBack | WriteBackRefused:
        """A refusal may be the echo of an attempt of ours that overtook this one: look once more."""
        if isinstance(outcome, WrittenBack):
            return outcome
        order = await self._look(parcel)
        known = order is not None and Waybills.of(order.logisticsId, order.waybill).has(parcel.waybill)
        return WrittenBack() if known else outcome

    async def _look(self, parcel: ShippedParcel) -> Order | None:
        found = await self._orders.find(parcel.order.number)
        return None if found is None else read(Order, found)

    async def _ship(self, parcel: ShippedParcel, carrier: str) -> WrittenBack | WriteBackRefused:
        business = {"orderId": parcel.order.number, "logiCoprId": carrier, "logiNo": parcel.waybill}
        answer = await self._router.ask(SHIP, business)
        if isinstance(answer, Refusal):
            return WriteBackRefused(reason=str(answer))
        result = answer.get("sopjosshipment_result")
        if not isinstance(result, dict):
            raise Unavailable(f"{SHIP}: an answer without a result")
        refusal = refused(result)
        return WriteBackRefused(reason=str(refusal)) if refusal else WrittenBack()

    async def _ship_part(
        self, parcel: ShippedParcel, carrier: str, goods: list[dict[str, Any]]
    ) -> WrittenBack | WriteBackRefused:
        number = {
            "deliveryId": int(carrier),
            "deliveryNums": [parcel.waybill],
            "partialShipmentGoodsList": goods,
        }
        shipment = {
            "orderIds": [int(parcel.order.number)],
            "deliveryType": BY_EXPRESS,
            "deliveryNumberDtoList": [number],
        }
        answer = await self._router.ask(SHIP_PART, {"request": {"belongType": BY_VENDER, "data": [shipment]}})
        if isinstance(answer, Refusal):
            return WriteBackRefused(reason=str(answer))
        return _outcome(answer.get("response"), parcel.order.number)


def _outcome(response: object, number: str) -> WrittenBack | WriteBackRefused:
    """Read who succeeded and who failed; the code beside it has no documented values."""
    if not isinstance(response, dict):
        raise Unavailable(f"{SHIP_PART}: an answer without a result")
    result = response.get("data")
    lists: Mapping[str, Any] = result if isinstance(result, dict) else {}
    if any(str(done) == number for done in lists.get("successList") or ()):
        return WrittenBack()
    for failed in lists.get("failList") or ():
        if isinstance(failed, dict):
            return WriteBackRefused(reason=str(Refusal(word(failed.get("code")), reason(failed))))
    return WriteBackRefused(reason=str(Refusal(word(response.get("code")), reason(response))))


def _no_order() -> WriteBackRefused:
    return WriteBackRefused(reason="JD knows no such order")


def _no_carrier(parcel: ShippedParcel) -> WriteBackRefused:
    return WriteBackRefused(
        reason=f"carrier {parcel.carrier!r} has no number at JD: name it as option carrier_{parcel.carrier}"
    )

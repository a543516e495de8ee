"""Tell Pinduoduo that a parcel left, once, however often we have to try."""

from pydantic import ValidationError

from oms.channels.pdd.answers import Reply
from oms.channels.pdd.carriers import Carriers
from oms.channels.pdd.gateway import Gateway, text_of
from oms.channels.pdd.interfaces import MORE_PARCELS, ORDER, SHIP
from oms.channels.pdd.mapping import CALLED_OFF, REFUNDED, TO_SHIP
from oms.channels.pdd.wire import Delivery
from oms.domain.errors import Unavailable
from oms.ports import ShippedParcel, WriteBackRefused, WrittenBack

FIRST_TIME, CORRECTION = "1", "2"
"""`redelivery_type`."""
SPLIT = "1"
"""`extra_track_type`: one order in several parcels."""
LOOKS = 2
"""A parcel beside us may be told between our look and our word: then we look once more."""


class WriteBack:
    """Writes waybills to one shop.

    Pinduoduo ships orders whole: the first waybill makes the order shipped, whatever is in the parcel; the
    waybills of further parcels are put beside it for the buyer to see. Which pieces are in which, it never asks.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._carriers = Carriers(gateway)

    async def tell(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Look what the platform knows, then write the waybill as the first or as a further one."""
        company = await self._carriers.number_of(parcel.carrier)
        if company is None:
            return _no_carrier(parcel)
        reply = Reply()
        for _ in range(LOOKS):
            order = await self._look(parcel)
            if order is None:
                return WriteBackRefused(reason="Pinduoduo knows no such order")
            if parcel.waybill in _waybills(order):
                return WrittenBack()
            if reason := _not_to_ship(order):
                return WriteBackRefused(reason=reason)
            write = self._first if order.order_status == TO_SHIP else self._further
            reply = await write(parcel, company)
            if not reply.refusal:
                return WrittenBack()
        return WriteBackRefused(reason=f"Pinduoduo answered {reply.refusal}")

    async def correct(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Overwrite the order's first waybill; the platform has no call that changes a further one."""
        company = await self._carriers.number_of(parcel.carrier)
        if company is None:
            return _no_carrier(parcel)
        order = await self._look(parcel)
        if order is None:
            return WriteBackRefused(reason="Pinduoduo knows no such order")
        if parcel.waybill in _waybills(order):
            return WrittenBack()
        if order.tracking_number != wrong:
            further = wrong in _waybills(order)
            why = (
                "one of a further parcel: correct it in the merchant backend" if further else "none it knows"
            )
            return WriteBackRefused(reason=f"to Pinduoduo the wrong waybill is {why}")
        reply = await self._ship(parcel, company, CORRECTION)
        return (
            WriteBackRefused(reason=f"Pinduoduo answered {reply.refusal}") if reply.refusal else WrittenBack()
        )

    async def _look(self, parcel: ShippedParcel) -> Delivery | None:
        number = parcel.order.number
        content = (await self._gateway.ask(ORDER, {"order_sn": number})).expect(f"order {number}")
        if not content.get("order_info"):
            return None
        try:
            return Delivery.model_validate(content["order_info"])
        except ValidationError:
            raise Unavailable(f"order {number}: the platform's answer tells no delivery") from None

    async def _first(self, parcel: ShippedParcel, company: int) -> Reply:
        return await self._ship(parcel, company, FIRST_TIME)

    async def _ship(self, parcel: ShippedParcel, company: int, how: str) -> Reply:
        params = {
            "order_sn": parcel.order.number,
            "logistics_id": str(company),
            "tracking_number": parcel.waybill,
            "redelivery_type": how,
        }
        return _done(await self._gateway.ask(SHIP, params), "is_success")

    async def _further(self, parcel: ShippedParcel, company: int) -> Reply:
        track = {"shipping_id": company, "tracking_number": parcel.waybill}
        params = {
            "order_sn": parcel.order.number,
            "extra_track_list": text_of([track]),
            "extra_track_type": SPLIT,
        }
        return _done(await self._gateway.ask(MORE_PARCELS, params), "success")


def _done(reply: Reply, flag: str) -> Reply:
    """Turn a polite no, which comes without a reason, into a refusal."""
    if not reply.refusal and reply.content.get(flag) is not True:
        return Reply(refusal=f"{flag}=false: look at the order in the merchant backend")
    return reply


def _waybills(order: Delivery) -> frozenset[str]:
    further = (parcel.tracking_number.strip() for parcel in order.extra_delivery_list)
    return frozenset(filter(None, (order.tracking_number.strip(), *further)))


def _not_to_ship(order: Delivery) -> str:
    if order.confirm_status == CALLED_OFF:
        return "Pinduoduo's order was called off"
    if order.refund_status == REFUNDED and order.order_status == TO_SHIP:
        return "Pinduoduo's order was refunded"
    if order.risk_control_status != 0 and order.order_status == TO_SHIP:
        return "Pinduoduo still reviews the order: it must not be shipped"
    return ""


def _no_carrier(parcel: ShippedParcel) -> WriteBackRefused:
    return WriteBackRefused(
        reason=f"no carrier of Pinduoduo is mapped to {parcel.carrier!r}: add it to COMPANY_OF"
    )

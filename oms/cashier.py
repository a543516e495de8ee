"""Payment gateways tell of money: kept as received, read, and told to the order it is for, each payment once."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from oms.domain.errors import OmsError, Unavailable, Unmappable
from oms.domain.ids import MARK, OrderKey, ShopKey
from oms.domain.messages import PaymentSeen, Way
from oms.domain.stages import ENDED
from oms.intake import Intake, Receipt, Status
from oms.logs import words_of
from oms.ports import Call, GatewayPayment, Mailbox, PaymentGateway, PaymentHeard
from oms.store import Arrival, Store
from oms.store.pushes import REMEMBERED

log = logging.getLogger(__name__)

Gateways = Mapping[ShopKey, Mapping[str, PaymentGateway]]
NO_PAYMENT = "it tells of no payment that succeeded: kept for the record"
HAS_ENDED = "the order has ended: settle the money by hand"
LONG_AGO = "the order has ended, and this payment was told of when it was made"
"""Alipay tells of every payment a second time, months later, when it can no longer be refunded."""
NOBODY_KNOWS = "neither we nor its shop know this order"
NO_NUMBER = "out_trade_no: holds no order number of ours"


class Cashier:
    """Takes notifications of payments in. Raises Unavailable when one must be said again."""

    def __init__(
        self, store: Store, mailbox: Mailbox, intake: Intake, gateways: Gateways, clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self._store = store
        self._mailbox = mailbox
        self._intake = intake
        self._gateways = gateways
        self._clock = clock

    def gateway(self, shop: ShopKey, kind: str) -> PaymentGateway | None:
        """Return a shop's gateway of a kind; None when none is configured."""
        return self._gateways.get(shop, {}).get(kind)

    async def hear(self, gateway: PaymentGateway, shop: ShopKey, call: Call) -> PaymentHeard:
        """Verify a notification, keep it, and tell its order.

        Raises Forged, and nothing is kept; Unmappable, and it is parked for a person.
        """
        try:
            heard = gateway.hear(call, self._clock())
        except Unmappable as error:
            await self._park_unreadable(shop, call.body, str(error))
            raise
        if heard.payment is not None and await self._heard_before(shop, mark_of(heard.payment)):
            log.info("payment.repeated", extra={"shop": str(shop), "event_id": heard.event_id})
            return heard
        inbox_id = await self._keep(shop, call.body)
        await self._tell(shop, inbox_id, heard.payment)
        return heard

    async def retry(self, arrival: Arrival) -> Receipt:
        """Read a parked or broken-off notification again, under its own row. Raises Unavailable."""
        assert arrival.shop is not None  # noqa: S101 - a notification comes in under its shop
        body = await asyncio.to_thread(
            self._store.inbox.payload, arrival.inbox_id, who="operator", purpose="inbox retry"
        )
        refusals = []
        for kind, gateway in self._gateways.get(arrival.shop, {}).items():
            try:
                heard = gateway.read(body)
            except OmsError as error:
                refusals.append(f"{kind}: {error}")
            else:
                return await self._tell(arrival.shop, arrival.inbox_id, heard.payment)
        reason = "; ".join(refusals) or f"shop {arrival.shop} has no gateway any more"
        return await self._settle(arrival.inbox_id, "parked", None, reason)

    async def _tell(self, shop: ShopKey, inbox_id: str, payment: GatewayPayment | None) -> Receipt:
        if payment is None:
            return await self._settle(inbox_id, "delivered", None, NO_PAYMENT)
        receipt = await self._deliver(shop, inbox_id, payment)
        await asyncio.to_thread(self._store.pushes.note, shop, mark_of(payment))
        return receipt

    async def _deliver(self, shop: ShopKey, inbox_id: str, payment: GatewayPayment) -> Receipt:
        """Tell the order; one that we do not know (yet) is fetched from its shop first."""
        if MARK.fullmatch(payment.number) is None:
            return await self._settle(inbox_id, "parked", None, NO_NUMBER)
        order = OrderKey(channel=shop.channel, shop=shop.shop, number=payment.number)
        if await self._mailbox.payment(order, seen_of(payment)):
            return await self._settle(inbox_id, "delivered", order)
        ended = await self._has_ended(order)
        if ended and self._clock() - payment.paid_at > REMEMBERED:
            return await self._settle(inbox_id, "repeated", order, LONG_AGO)
        reason = HAS_ENDED if ended else await self._fetched(order)
        if not reason and await self._mailbox.payment(order, seen_of(payment)):
            return await self._settle(inbox_id, "delivered", order, "the order was fetched from its shop")
        return await self._settle(inbox_id, "parked", order, reason or HAS_ENDED)

    async def _fetched(self, order: OrderKey) -> str:
        """Fetch an order from its shop; the answer is why that did not help, empty when it did."""
        try:
            receipt = await self._intake.resync(order)
        except Unavailable:
            raise
        except OmsError as error:
            return f"we do not know this order, and its shop could not be asked: {words_of(error)}"
        if receipt is None:
            return NOBODY_KNOWS
        return f"its order cannot be read: {receipt.reason}" if receipt.status == "parked" else ""

    async def _has_ended(self, order: OrderKey) -> bool:
        known = await asyncio.to_thread(self._store.orders.known, order)
        return known is not None and known.stage in ENDED

    async def _park_unreadable(self, shop: ShopKey, body: bytes, reason: str) -> None:
        """Park it once: the same words again are no second case."""
        mark = f"unreadable payment {hashlib.sha256(body).hexdigest()}"
        if not await self._heard_before(shop, mark):
            await self._settle(await self._keep(shop, body), "parked", None, reason)
            await asyncio.to_thread(self._store.pushes.note, shop, mark)

    async def _keep(self, shop: ShopKey, body: bytes) -> str:
        put = self._store.inbox.put
        return await asyncio.to_thread(put, shop, Way.GATEWAY, "payment", body, self._clock())

    async def _heard_before(self, shop: ShopKey, mark: str) -> bool:
        return await asyncio.to_thread(self._store.pushes.seen, shop, mark)

    async def _settle(
        self, inbox_id: str, status: Status, order: OrderKey | None, reason: str = ""
    ) -> Receipt:
        await asyncio.to_thread(self._store.inbox.settle, inbox_id, status, order, reason)
        level = logging.WARNING if status == "parked" else logging.INFO
        fields = {"status": status, "order": str(order or ""), "reason": reason, "inbox_id": inbox_id}
        log.log(level, "payment.received", extra=fields)
        return Receipt(status=status, order=order, reason=reason, inbox_id=inbox_id)


def mark_of(payment: GatewayPayment) -> str:
    """Name a payment among everything that was taken in of a shop."""
    return f"payment {payment.transaction}"


def seen_of(payment: GatewayPayment) -> PaymentSeen:
    """Tell a payment in the order's terms; the gateway's own number makes a repetition one event."""
    return PaymentSeen(
        event_id=payment.transaction, way=Way.GATEWAY, paid_at=payment.paid_at, amount_fen=payment.amount_fen
    )

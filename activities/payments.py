"""Ask about a payment, when only one of the two ways to learn of it has told us (R16)."""

import asyncio
from collections.abc import Mapping

from temporalio import activity

from activities.requests import ConfirmPayment
from oms.cashier import mark_of, seen_of
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.order import PlatformStatus
from oms.intake import Intake
from oms.ports import NotPaid, PaymentAnswer, PaymentGateway, PlatformPaid
from oms.store import Store

PAID = frozenset({PlatformStatus.PAID, PlatformStatus.SHIPPED, PlatformStatus.CONFIRMED})
NO_GATEWAY = "the shop has no gateway"
UNKNOWN_THERE = "the platform does not know this order"


class PaymentActivities:
    """The payment gateways and the platforms, asked about one order's money."""

    def __init__(
        self, gateways: Mapping[ShopKey, Mapping[str, PaymentGateway]], intake: Intake, store: Store
    ) -> None:
        """Take the shops' gateways, the intake that fetches orders, and the store that remembers payments."""
        self._gateways = gateways
        self._intake = intake
        self._store = store

    @activity.defn(name="payments.confirm")
    async def confirm(self, request: ConfirmPayment) -> PaymentAnswer:
        """Ask the side that was silent; asking twice changes nothing."""
        if request.ask == "gateway":
            answer = await self._ask_gateways(request.order)
        else:
            answer = await self._ask_platform(request.order)
        paid = not isinstance(answer, NotPaid)
        fields = {"order": str(request.order), "asked": request.ask, "paid": paid}
        activity.logger.info("payment.asked", extra=fields)
        return answer

    async def _ask_gateways(self, order: OrderKey) -> PaymentAnswer:
        """Ask one after the other; the first that has the money answers for all.

        What it says counts as its notification: should that come after all, it is a repetition.
        """
        said: list[str] = []
        for kind, gateway in self._gateways.get(order.shop_key, {}).items():
            answer = await gateway.query(order.number)
            if not isinstance(answer, NotPaid):
                await asyncio.to_thread(self._store.pushes.note, order.shop_key, mark_of(answer))
                return seen_of(answer)
            said.append(f"{kind}: {answer.raw_status}")
        return NotPaid(raw_status="; ".join(said) or NO_GATEWAY)

    async def _ask_platform(self, order: OrderKey) -> PaymentAnswer:
        """Fetch the order; its snapshot reaches the order by itself, here is only whether that one is paid."""
        receipt = await self._intake.resync(order)
        if receipt is None:
            return NotPaid(raw_status=UNKNOWN_THERE)
        if receipt.says in PAID:
            return PlatformPaid(word=receipt.raw_status)
        return NotPaid(raw_status=receipt.raw_status or receipt.reason)

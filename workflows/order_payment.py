"""Learn of a payment by two ways: when only one has told of it in time, the other is asked (R16)."""

from typing import assert_never

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.payments import PaymentActivities
    from activities.requests import ConfirmPayment
    from oms.domain import admission, summaries
    from oms.domain.messages import PaymentSeen
    from oms.ports import NotPaid, PlatformPaid
from workflows.footing import OrderFooting, said
from workflows.policies import OUTSIDE


class OrderPayment(OrderFooting):
    """Whom to ask about the money, and what the answer means."""

    def ask_about_payment(self) -> None:
        """Ask the side that has been silent, beside the main way."""
        side, self.order.ask_about_payment = self.order.ask_about_payment, ""
        if side:
            request = ConfirmPayment(order=self.order.key, ask=side)
            self.run_aside(self._confirm(request), f"ask the {side} about the payment")

    async def _confirm(self, request: ConfirmPayment) -> None:
        order = self.order
        try:
            answer = await workflow.execute_activity_method(
                PaymentActivities.confirm, request, summary=summaries.confirm_payment(request.ask), **OUTSIDE
            )
        except ActivityError as error:
            answer = NotPaid(raw_status=said(error))
        match answer:
            case PaymentSeen():
                admission.payment_seen(order, answer, self.now)
            case PlatformPaid(word=words):
                order.note(self.now, "payment.asked", actor="platform", why=words, can_wait=True)
            case NotPaid(raw_status=words):
                admission.payment_not_confirmed(order, request.ask, words, self.now)
            case _:
                assert_never(answer)

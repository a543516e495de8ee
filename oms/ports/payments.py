"""Payment gateways of own shops, as Protocols: the second, independent way to learn that an order was paid (R16)."""

from typing import Literal, Protocol, TypeAlias

from pydantic import NonNegativeInt

from oms.domain.messages import PaymentSeen
from oms.domain.model import Fact, Moment
from oms.ports.channels import Call, Reply


class GatewayPayment(Fact):
    """A payment that succeeded, as the gateway knows it; nothing of who paid."""

    number: str
    """The shop's order number, under which the payment was asked for."""
    transaction: str
    """The gateway's own number of the payment."""
    amount_fen: NonNegativeInt
    currency: str = "CNY"
    paid_at: Moment


class PaymentHeard(Fact):
    """A verified notification, read."""

    event_id: str
    payment: GatewayPayment | None = None
    """None: the notification tells of something else (not yet paid, a refund): it is kept and answered only."""
    reply: Reply = Reply()
    """What the gateway wants to hear when we have taken it in."""


class NotPaid(Fact):
    """The gateway knows of no payment for this order."""

    outcome: Literal["not_paid"] = "not_paid"
    raw_status: str = ""


class PlatformPaid(Fact):
    """The platform, asked, says that the order is paid; its snapshot reaches the order as a signal by itself."""

    outcome: Literal["platform_paid"] = "platform_paid"
    word: str
    """The platform's own word for where the order is."""


PaymentAnswer: TypeAlias = PaymentSeen | PlatformPaid | NotPaid
"""What the side that was asked says: the gateway as `PaymentSeen`, the platform as `PlatformPaid`, either as `NotPaid`.

Told apart by their fields, for payloads leave out what was never set (decision 0012).
"""


class PaymentGateway(Protocol):
    """One merchant account at a payment service. Raises only the errors of `oms.domain.errors`."""

    def hear(self, call: Call, now: Moment) -> PaymentHeard:
        """Verify, decrypt and read a notification. Raises Forged (also for one too old) and Unmappable."""

    def read(self, body: bytes) -> PaymentHeard:
        """Decrypt and read a notification that was verified before. Raises Forged (not meant for us) and Unmappable."""

    def refusal(self, status: int, why: str) -> Reply:
        """Say in the gateway's words that a notification was not taken in."""

    async def query(self, number: str) -> GatewayPayment | NotPaid:
        """Ask whether an order was paid."""

"""A buyer's money, as a gateway holds it, and what every gateway must offer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx
from starlette.routing import Route

from simulator.ledger import Ledger
from simulator.post import Sheet
from simulator.shop.orders import ShopOrder


@dataclass(frozen=True)
class Payment:
    """One payment that succeeded."""

    number: str
    """The shop's number of it, `out_trade_no`."""
    transaction: str
    """The gateway's number of it."""
    amount_fen: int
    paid_at: datetime
    order: ShopOrder

    @property
    def touched(self) -> bool:
        """Whether some of the money was given back."""
        return bool(self.order.body.get("refunds"))

    @property
    def gone(self) -> bool:
        """Whether all of it was."""
        return self.order.status == "refunded"


@dataclass(frozen=True)
class Ledgers:
    """Where payments are looked up, and what is remembered of questions about them."""

    find: Callable[[str, str], Payment | None]
    """Kind of gateway and the shop's number to the payment."""
    ledger: Ledger
    now: Callable[[], datetime]


class Gateway(Protocol):
    """One payment service with one merchant."""

    kind: str
    title: str
    notify_url: str | None

    def transaction(self, number: str, paid_at: datetime) -> str:
        """Give a payment its number."""

    def notification(self, payment: Payment, delivery: int) -> Sheet:
        """Write a notification, signed now."""

    def received(self, answer: httpx.Response) -> bool:
        """Tell whether the merchant has taken it."""

    def routes(self) -> list[Route]:
        """List the query interface's routes."""

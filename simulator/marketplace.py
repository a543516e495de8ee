"""A place where buyers order, whatever protocol it speaks."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

from simulator.demand import Demand
from simulator.draft import Draft
from simulator.wire import Json


class Sold(Protocol):
    """An order as buyers and the oracle see it."""

    market: str
    number: str
    created: datetime
    modified: datetime
    cancelled_at: datetime | None
    waybills: set[str]
    write_back_calls: int

    @property
    def paid(self) -> bool:
        """Whether the buyer has paid at some time."""

    @property
    def ordered(self) -> Counter[str]:
        """The pieces ordered, by SKU."""

    @property
    def wanted(self) -> Counter[str]:
        """Those of them that are to be sent, or were: without what was paid back before it left."""

    @property
    def platform_status(self) -> str:
        """The status in the platform's word."""

    @property
    def phone(self) -> str:
        """Whom the carrier must be able to call."""

    @property
    def fulfilled(self) -> bool:
        """Whether the platform thinks that everything left, or gave all the money back."""

    @property
    def demand(self) -> Demand:
        """What the platform demands of the shipping."""

    @property
    def called_off(self) -> bool:
        """Whether nothing is to be sent any more."""


SoldT = TypeVar("SoldT")


class Marketplace(Protocol[SoldT]):
    """Where buyers order."""

    name: str

    def __len__(self) -> int:
        """Count the orders."""

    def __iter__(self) -> Iterator[SoldT]:
        """Go through the orders, the least recently modified first."""

    def find(self, number: str) -> SoldT | None:
        """Find an order."""

    def offer(self, draft: Draft, *, paid: bool, raw: Json | None = None) -> SoldT:
        """Take an order."""

    def pay(self, order: SoldT) -> bool:
        """Take the buyer's money; False when there is nothing to pay."""

    def cancel(self, order: SoldT, how: Literal["cancelled", "refunded"]) -> bool:
        """Cancel, or give all the money back; False for an order that is over."""

    def refund(self, order: SoldT, amount: Decimal | None, reason: str) -> bool:
        """Give money back, all that is left unless an amount in yuan is named; False when it cannot be."""

    def move(self, order: SoldT, place: Json) -> None:
        """Change where the goods shall go."""

"""What buyers do: order, pay, move, change their minds. What they do decides how the order should end."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from simulator.draft import Draft
from simulator.marketplace import Marketplace, Sold
from simulator.plans import Plan, Plans
from simulator.wire import Json
from simulator.wms.warehouse import Warehouse


class Buyers:
    """Everybody who orders, wherever; each new order goes to the next marketplace in turn."""

    def __init__(
        self, markets: Sequence[Marketplace[Any]], selling: Sequence[str], warehouse: Warehouse, plans: Plans
    ) -> None:
        """Stand in front of the marketplaces; those named in `selling` take orders in turn."""
        self._markets: Mapping[str, Marketplace[Any]] = {market.name: market for market in markets}
        self.selling = tuple(selling)
        self._waiting: list[str] = []
        self._warehouse = warehouse
        self._plans = plans

    def order(
        self, draft: Draft, plan: Plan, *, paid: bool, raw: Json | None = None, at: str | None = None
    ) -> Sold:
        """Place an order whose fate is decided already, `at` a marketplace or wherever it is the turn."""
        order: Sold = self._markets[self._take_turn(at)].offer(draft, paid=paid, raw=raw)
        self._plans.make(order.number, plan)
        return order

    @property
    def in_this_round(self) -> tuple[str, ...]:
        """Name the marketplaces whose order of this round is still to come; every round has one of each."""
        return tuple(self._waiting or self.selling)

    def _take_turn(self, at: str | None) -> str:
        if not self._waiting:
            self._waiting = list(self.selling)
        name = at or self._waiting[0]
        if name in self._waiting:
            self._waiting.remove(name)
        return name

    def find(self, number: str) -> Sold | None:
        """Find an order, wherever it was placed."""
        found = (market.find(number) for market in self._markets.values())
        return next((order for order in found if order is not None), None)

    def pay(self, order: Sold) -> bool:
        """Pay; a buyer who pays expects the goods, if nothing else was planned."""
        if not self._markets[order.market].pay(order):
            return False
        plan = self._plans.of(order.number)
        if plan.expected == "open" and plan.ships and plan.signs:
            plan.expected = "completed"
        return True

    def cancel(self, order: Sold, how: Literal["cancelled", "refunded"] = "cancelled") -> bool:
        """Cancel, or ask all the money back; neither works on an order that is over."""
        if not self._markets[order.market].cancel(order, how):
            return False
        self._expect_the_end(order)
        return True

    def refund(self, order: Sold, amount: Decimal | None, reason: str) -> bool:
        """Ask money back, all that is left unless an amount is named; also after delivery."""
        if not self._markets[order.market].refund(order, amount, reason):
            return False
        if order.platform_status == "refunded":
            self._expect_the_end(order)
        return True

    def move(self, order: Sold, place: Json) -> None:
        """Change where the goods shall go."""
        self._markets[order.market].move(order, place)

    def _expect_the_end(self, order: Sold) -> None:
        """Expect that nothing is shipped any more, unless it has been."""
        if not any(delivery.shipped_at for delivery in self._warehouse.by_source.get(order.number, [])):
            self._plans.of(order.number).expected = "cancelled"

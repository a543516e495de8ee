"""Look into the read model whether an alert's condition is over, and how many orders it concerned."""

from collections.abc import Callable, Mapping
from datetime import datetime

from oms.domain.alerting import AlertState, Looked
from oms.domain.alerts import AlertKind, Condition, ConditionOver
from oms.domain.book import OrderRow
from oms.domain.holds import HoldReason
from oms.domain.ids import OrderKey, ShopKey
from oms.store import Store


class Ends:
    """Looks into the read model whether a condition is over; by kind."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._checks: Mapping[AlertKind, Callable[[Condition], str]] = {
            AlertKind.OUT_OF_STOCK: lambda one: self._unheld(
                one, HoldReason.OUT_OF_STOCK, "the goods have come"
            ),
            AlertKind.RED_LOCK: lambda one: self._unheld(
                one, HoldReason.NO_WAYBILL_LOCK, "the lock is lifted"
            ),
            AlertKind.SLA: self._shipped,
            AlertKind.ORDER: self._order_over,
            AlertKind.PULLS_FAILING: self._pulled,
        }

    def look(self, state: AlertState, at: datetime) -> Looked:
        """Say whether it is over, and how many orders it concerned. Raises Unavailable."""
        why = ""
        if (
            state.over is None and state.look_at is not None and state.look_at <= at
        ):  # not at once: the order's book may not be written yet
            check = self._checks.get(state.condition.kind)
            why = check(state.condition) if check else ""
        over = ConditionOver(at=at, why=why) if why else None
        concerned = self._concerned(state, at) if over or state.over else None
        return Looked(over=over, orders=concerned)

    def _concerned(self, state: AlertState, at: datetime) -> int | None:
        condition = state.condition
        if condition.order:
            return 1
        until = state.over.at if state.over else at
        return (
            self._store.alerts.orders_between(condition.shop, condition.since, until)
            if condition.shop
            else None
        )

    def _row(self, condition: Condition) -> OrderRow | None:
        """Return the order, if the condition names one that the read model knows."""
        try:
            view = self._store.orders.get(OrderKey.parse(condition.order))
        except ValueError:
            return None
        return view.row if view else None

    def _unheld(self, condition: Condition, reason: HoldReason, why: str) -> str:
        row = self._row(condition)
        return why if row and reason not in row.holds else self._order_over(condition)

    def _shipped(self, condition: Condition) -> str:
        row = self._row(condition)
        return "it has shipped" if row and row.shipped_at else self._order_over(condition)

    def _order_over(self, condition: Condition) -> str:
        row = self._row(condition)
        return "the order has ended" if row and row.ended_at else ""

    def _pulled(self, condition: Condition) -> str:
        channel, _, shop = condition.shop.partition(":")
        try:
            state = self._store.polls.state(ShopKey(channel=channel, shop=shop))
        except ValueError:
            return ""
        return "" if state.failures else "polls work again"

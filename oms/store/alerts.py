"""Alerts as their workflows write them down, for desk and command line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select

from oms.domain.alerting import AlertLine, AlertStage, AlertState, next_moment
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import last_wins
from oms.store.tables import AlertsRow, OrdersRow, table_of

ALERTS, ORDERS = table_of(AlertsRow), table_of(OrdersRow)
OF_CONDITION = ("key", "kind", "severity", "to", "title", "body", "order", "shop", "interface")
UNDER_WAY = (AlertStage.OPEN.value, AlertStage.ACKNOWLEDGED.value)


class Alert(Fact):
    """An alert, as last written down."""

    key: str
    opened_at: Moment
    kind: str
    severity: str
    to: str
    title: str
    body: str
    order: str
    shop: str
    interface: str
    stage: str
    told: tuple[str, ...]
    next_at: Moment | None
    acknowledged_by: str
    acknowledged_why: str
    acknowledged_at: Moment | None
    closed_at: Moment | None
    closed_why: str
    orders: int | None
    reported: int
    history: tuple[AlertLine, ...]


class Alerts:
    """The alerts of all time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = last_wins(database, ALERTS)

    def save(self, state: AlertState) -> None:
        """Write an alert down; its workflow is the only one that does."""
        with self._database.write() as connection:
            connection.execute(self._put, _row(state))

    def list(self, *, under_way: bool = False, kind: str = "", limit: int = 100) -> Sequence[Alert]:
        """Return alerts, newest first: all, or those that are not over; of one kind, or of all."""
        statement = select(ALERTS).order_by(ALERTS.c.opened_at.desc(), ALERTS.c.key).limit(limit)
        if under_way:
            statement = statement.where(ALERTS.c.stage.in_(UNDER_WAY))
        if kind:
            statement = statement.where(ALERTS.c.kind == kind)
        with self._database.read() as connection:
            return tuple(_alert(row) for row in connection.execute(statement).mappings())

    def of(self, key: str, limit: int = 20) -> Sequence[Alert]:
        """Return a condition's alerts, the newest first."""
        statement = select(ALERTS).where(ALERTS.c.key == key).order_by(ALERTS.c.opened_at.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(_alert(row) for row in connection.execute(statement).mappings())

    def counts(self) -> dict[str, int]:
        """Return how many alerts are open or acknowledged."""
        statement = select(ALERTS.c.stage, func.count()).where(ALERTS.c.stage.in_(UNDER_WAY))
        with self._database.read() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(statement.group_by(ALERTS.c.stage))}

    def orders_between(self, shop: str, since: datetime, until: datetime) -> int:
        """Count the orders of a shop (`channel:shop`) that were paid in that time."""
        channel, _, name = shop.partition(":")
        paid = select(func.count()).select_from(ORDERS).where(ORDERS.c.paid_at.between(since, until))
        paid = paid.where(ORDERS.c.channel == channel, ORDERS.c.shop == name)
        with self._database.read() as connection:
            return int(connection.execute(paid).scalar_one())


def _row(state: AlertState) -> dict[str, Any]:
    condition = state.condition.model_dump(mode="json")
    return {
        **{name: condition[name] for name in OF_CONDITION},
        "opened_at": state.opened_at, "stage": state.stage.value, "told": list(state.told),
        "next_at": None if state.stage is AlertStage.CLOSED else next_moment(state),
        "acknowledged_by": state.acknowledged_by, "acknowledged_why": state.acknowledged_why,
        "acknowledged_at": state.acknowledged_at, "closed_at": state.over.at if state.over else None,
        "closed_why": state.over.why if state.over else "", "orders": state.orders, "reported": state.reported,
        "history": [line.model_dump(mode="json") for line in state.lines],
    }  # fmt: skip


def _alert(row: RowMapping) -> Alert:
    return Alert.model_validate({**row, "told": tuple(row["told"]), "history": tuple(row["history"])})

"""Alerts as people look through them: those under way by gravity, those that are over page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, select

from oms.domain.alerting import GRAVITY, AlertStage
from oms.store.alerts import ALERTS, UNDER_WAY, Alert
from oms.store.engine import Database

SHOWN = 200


class AlertLists:
    """The lists of the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def under_way(self, kind: str = "", limit: int = SHOWN) -> Sequence[Alert]:
        """Return what is not over: what nobody looks after first, the gravest first, then the oldest."""
        gravity = case(GRAVITY, value=ALERTS.c.severity, else_=0)
        alone = case((ALERTS.c.stage == AlertStage.OPEN.value, 0), else_=1)
        statement = select(ALERTS).where(ALERTS.c.stage.in_(UNDER_WAY))
        return self._found(
            statement.order_by(alone, gravity.desc(), ALERTS.c.opened_at, ALERTS.c.key), kind, limit
        )

    def over(self, kind: str = "", before: datetime | None = None, limit: int = 50) -> Sequence[Alert]:
        """Return what is over, the newest first; `before`: only what was opened before that moment."""
        statement = select(ALERTS).where(ALERTS.c.stage == AlertStage.CLOSED.value)
        if before is not None:
            statement = statement.where(ALERTS.c.opened_at < before)
        return self._found(statement.order_by(ALERTS.c.opened_at.desc(), ALERTS.c.key), kind, limit)

    def _found(self, statement: Select[Any], kind: str, limit: int) -> Sequence[Alert]:
        if kind:
            statement = statement.where(ALERTS.c.kind == kind)
        with self._database.read() as connection:
            rows = connection.execute(statement.limit(limit)).mappings()
            return tuple(
                Alert.model_validate({**row, "told": tuple(row["told"]), "history": tuple(row["history"])})
                for row in rows
            )

"""What needs a person now, and how the day goes: what the desk's first page shows."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from oms.domain.alerting import GRAVITY, AlertStage
from oms.domain.holds import HoldReason
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.order_lists import HOLD, MARKS, UNDER_WAY, UNSHIPPED, URGENT, due
from oms.store.orders import AUDIT, ORDERS, PARCELS
from oms.store.tables import AlertsRow, InboxRow, table_of
from oms.store.tables.orders import UNTOLD

INBOX, ALERTS = table_of(InboxRow), table_of(AlertsRow)
SHOWN: Final = 10
"""So many of each list stand on the page; the rest is a click away."""
SOON: Final = timedelta(hours=2)
UNTOLD_FOR: Final = timedelta(minutes=10)
"""A platform that has not been told of a parcel by then has refused it, or cannot be reached."""
HOURS: Final = 24
SHARED_FOR: Final = timedelta(seconds=1)
"""Everybody who has the page open asks every two seconds."""
REFUSED: Final = "write_back.refused"


class Waiting(Fact):
    """An order that waits for a person: why, and until when."""

    key: OrderKey
    stage: str
    why: str
    due: Moment | None


class Untold(Fact):
    """A parcel that its platform does not know of."""

    key: OrderKey
    waybill: str
    shipped_at: Moment
    why: str


class Called(Fact):
    """An alert that nobody has taken."""

    key: str
    severity: str
    title: str
    opened_at: Moment


class Held(Fact):
    """How many orders a reason holds, and when something is due of one of them first."""

    reason: str
    orders: int
    due: Moment | None


class OfChannel(Fact):
    """How a channel's day goes."""

    channel: str
    new: int = 0
    under_way: int = 0
    held: int = 0


class Today(Fact):
    """Everything on the page; equal when nothing has changed."""

    locked: tuple[Waiting, ...]
    soon: tuple[Waiting, ...]
    soon_count: int
    late_count: int
    held: tuple[Held, ...]
    untold: tuple[Untold, ...]
    untold_count: int
    parked_count: int
    parked_since: Moment | None
    alerts: tuple[Called, ...]
    alert_count: int
    channels: tuple[OfChannel, ...]
    hours: tuple[tuple[Moment, int], ...]
    """Each of the last hours and how many orders were made in it, the newest last."""


class TodayQueries:
    """Looks at everything in one transaction; those who ask within a second share one look."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = threading.Lock()
        self._shared: dict[datetime, tuple[datetime, Today]] = {}
        """By the midnight of the reader's zone: when it was looked, and what was seen."""

    def look(self, now: datetime, midnight: datetime) -> Today:
        """Say what needs a person now; the day began at `midnight`, the reader's."""
        with self._turn:
            at, seen = self._shared.get(midnight, (None, None))
            if at is not None and seen is not None and abs(now - at) < SHARED_FOR:
                return seen
            seen = self._look(now, midnight)
            recent = {day: kept for day, kept in self._shared.items() if abs(now - kept[0]) < SHARED_FOR}
            self._shared = {**recent, midnight: (now, seen)}
            return seen

    def _look(self, now: datetime, midnight: datetime) -> Today:
        with self._database.read() as connection:
            return Today(
                locked=_locked(connection),
                held=_held(connection),
                channels=_channels(connection, midnight),
                hours=self._hours(connection, now),
                **_soon(connection, now),
                **_untold(connection, now - UNTOLD_FOR),
                **_parked(connection),
                **_alerts(connection),
            )

    def _hours(self, connection: Connection, now: datetime) -> tuple[tuple[datetime, int], ...]:
        first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
        made = ORDERS.c.created_at
        hour: ColumnElement[str] = (
            func.strftime("%Y-%m-%d %H", made)
            if self._database.is_sqlite
            else func.to_char(func.timezone("UTC", made), "YYYY-MM-DD HH24")
        )
        hour = hour.label("hour")
        counted = select(hour, func.count()).where(made >= first).group_by("hour")
        counts = dict(connection.execute(counted).all())
        hours = [first + timedelta(hours=n) for n in range(HOURS)]
        return tuple((each, int(counts.get(f"{each:%Y-%m-%d %H}", 0))) for each in hours)


def _waiting(*wanted: ColumnElement[bool]) -> Select[Any]:
    columns = (ORDERS.c.order_key, ORDERS.c.stage, ORDERS.c.why_here, URGENT.label("due"))
    statement = select(*columns).where(*wanted).order_by(URGENT.is_(None), URGENT, ORDERS.c.order_key)
    return statement.limit(SHOWN)


def _read_waiting(connection: Connection, statement: Select[Any]) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(key=OrderKey.parse(row.order_key), stage=row.stage, why=row.why_here, due=row.due)
        for row in connection.execute(statement)
    )


def _locked(connection: Connection) -> tuple[Waiting, ...]:
    locked = select(MARKS.c.order_key).where(
        MARKS.c.kind == HOLD, MARKS.c.mark == HoldReason.NO_WAYBILL_LOCK.value
    )
    return _read_waiting(connection, _waiting(ORDERS.c.order_key.in_(locked)))


def _soon(connection: Connection, now: datetime) -> dict[str, Any]:
    wanted = (*UNSHIPPED, due(now + SOON))
    late = func.sum(case((ORDERS.c.ship_by < now, 1), else_=0))
    count, late_count = connection.execute(select(func.count(), late).where(*wanted)).one()
    shown = _read_waiting(connection, _waiting(*wanted))
    return {"soon": shown, "soon_count": count, "late_count": int(late_count or 0)}


def _held(connection: Connection) -> tuple[Held, ...]:
    holding = MARKS.join(ORDERS, ORDERS.c.order_key == MARKS.c.order_key)
    first = func.min(URGENT).label("due")
    statement = select(MARKS.c.mark, func.count(), first).select_from(holding).where(MARKS.c.kind == HOLD)
    rows = connection.execute(statement.group_by(MARKS.c.mark)).all()
    found = [Held(reason=reason, orders=orders, due=when) for reason, orders, when in rows]
    return tuple(sorted(found, key=lambda each: (-each.orders, each.reason)))


def _untold(connection: Connection, before: datetime) -> dict[str, Any]:
    open_ = PARCELS.join(ORDERS, and_(ORDERS.c.order_key == PARCELS.c.order_key, ORDERS.c.ended_at.is_(None)))
    wanted = (UNTOLD, PARCELS.c.shipped_at < before)
    count = connection.execute(select(func.count()).select_from(open_).where(*wanted)).scalar_one()
    why = (
        select(AUDIT.c.why)
        .where(
            AUDIT.c.order_key == PARCELS.c.order_key,
            AUDIT.c.what == REFUSED,
            AUDIT.c.after == PARCELS.c.waybill,
        )
        .order_by(AUDIT.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (PARCELS.c.order_key, PARCELS.c.waybill, PARCELS.c.shipped_at, why.label("why"))
    statement = select(*columns).select_from(open_).where(*wanted).order_by(PARCELS.c.shipped_at).limit(SHOWN)
    rows = tuple(
        Untold(
            key=OrderKey.parse(row.order_key),
            waybill=row.waybill,
            shipped_at=row.shipped_at,
            why=row.why or "",
        )
        for row in connection.execute(statement)
    )
    return {"untold": rows, "untold_count": count}


def _parked(connection: Connection) -> dict[str, Any]:
    parked = select(func.count(), func.min(INBOX.c.received_at)).where(INBOX.c.status == "parked")
    count, since = connection.execute(parked).one()
    return {"parked_count": count, "parked_since": since}


def _alerts(connection: Connection) -> dict[str, Any]:
    open_ = ALERTS.c.stage == AlertStage.OPEN.value
    gravity = case(dict(GRAVITY), value=ALERTS.c.severity, else_=len(GRAVITY)).desc()
    count = connection.execute(select(func.count()).select_from(ALERTS).where(open_)).scalar_one()
    columns = (ALERTS.c.key, ALERTS.c.severity, ALERTS.c.title, ALERTS.c.opened_at)
    statement = select(*columns).where(open_).order_by(gravity, ALERTS.c.opened_at, ALERTS.c.key).limit(SHOWN)
    rows = connection.execute(statement).mappings()
    return {"alerts": tuple(Called(**row) for row in rows), "alert_count": count}


def _channels(connection: Connection, midnight: datetime) -> tuple[OfChannel, ...]:
    channel, counted = ORDERS.c.channel, func.count()
    questions: Mapping[str, Select[Any]] = {
        "new": select(channel, counted).where(ORDERS.c.created_at >= midnight).group_by(channel),
        "under_way": select(channel, counted).where(UNDER_WAY).group_by(channel),
    }
    found: dict[str, dict[str, int]] = {}
    held = select(MARKS.c.order_key).where(MARKS.c.kind == HOLD).distinct()
    # An order's key begins with its channel.
    for mark, count in Counter(key.partition(":")[0] for key in connection.execute(held).scalars()).items():
        found.setdefault(mark, {})["held"] = count
    for name, question in questions.items():
        for mark, count in connection.execute(question):
            found.setdefault(mark, {})[name] = count
    return tuple(OfChannel(channel=mark, **counts) for mark, counts in sorted(found.items()))

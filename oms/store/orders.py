"""Look at orders: one, a list, its timeline, its parcels. Only books write them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, Select, Text, bindparam, cast, func, select

from oms.domain.book import Change, OrderRow, Reached
from oms.domain.ids import OrderKey
from oms.domain.model import Fact
from oms.domain.parcels import Parcel
from oms.ports import Scan
from oms.store.engine import Database
from oms.store.scans import Scans
from oms.store.seen import Seen, SeenNote, SeenOrders
from oms.store.tables import AuditRow, OrdersRow, ParcelsRow, table_of
from oms.store.tables.orders import RULED
from oms.store.vault import Vault

ORDERS = table_of(OrdersRow)
AUDIT = table_of(AuditRow)
PARCELS = table_of(ParcelsRow)

ROW_COLUMNS = [ORDERS.c[name] for name in OrderRow.model_fields if name != "key"]
CHANGE_COLUMNS = [AUDIT.c[name] for name in Change.model_fields]
PARCEL_COLUMNS = [PARCELS.c[name] for name in Parcel.model_fields]


class OrderView(Fact):
    """An order with its parcels, as last written down."""

    row: OrderRow
    parcels: tuple[Parcel, ...] = ()


class Known(NamedTuple):
    """What the read model knows of the platform's side, and where the order is."""

    fingerprint: str
    modified_at: datetime
    stage: str
    outcome: str
    seq: int


class Orders:
    """The read model."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._scans = Scans(database, vault)
        self._seen = SeenOrders(database)
        self._known = select(
            ORDERS.c.order_key,
            ORDERS.c.platform_fingerprint,
            ORDERS.c.platform_modified_at,
            ORDERS.c.stage,
            ORDERS.c.outcome,
            ORDERS.c.seq,
        ).where(ORDERS.c.order_key.in_(bindparam("of_orders", expanding=True)))

    def get(self, order: OrderKey | str) -> OrderView | None:
        """Return an order by its key or by the merchant's business id; None when nothing is known of it."""
        which = ORDERS.c.business_id == order if isinstance(order, str) else ORDERS.c.order_key == str(order)
        with self._database.read() as connection:
            row = connection.execute(_rows().where(which)).mappings().one_or_none()
            if row is None:
                return None
            parcels = select(*PARCEL_COLUMNS).where(PARCELS.c.order_key == row["order_key"])
            parcels = parcels.order_by(PARCELS.c.shipped_at, PARCELS.c.waybill)
            found = connection.execute(parcels).mappings().all()
        return OrderView(row=order_row(row), parcels=tuple(Parcel(**parcel) for parcel in found))

    def known(self, key: OrderKey) -> Known | None:
        """Return what an order's last book knew of the platform; None before its first book."""
        return self.all_known([key]).get(key)

    def all_known(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, Known]:
        """Return what the last books of those orders knew that have one."""
        by_text = {str(key): key for key in keys}
        if not by_text:
            return {}
        with self._database.read() as connection:
            rows = connection.execute(self._known, {"of_orders": [*by_text]}).all()
        return {by_text[order_key]: Known(*known) for order_key, *known in rows}

    def by_waybill(self, waybill: str) -> tuple[OrderKey, Parcel] | None:
        """Return the order and the parcel of a waybill; of several orders in one box, the last one shipped."""
        statement = (
            select(PARCELS.c.order_key, *PARCEL_COLUMNS)
            .where(PARCELS.c.waybill == waybill)
            .order_by(PARCELS.c.shipped_at.desc(), PARCELS.c.order_key)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        return OrderKey.parse(row["order_key"]), Parcel(**{name: row[name] for name in Parcel.model_fields})

    def by_delivery_order(self, code: str) -> OrderKey | None:
        """Return the order of a delivery order's code, `{business_id}-{n}`."""
        business_id, _, _ = code.rpartition("-")
        statement = select(ORDERS.c.order_key).where(ORDERS.c.business_id == business_id)
        with self._database.read() as connection:
            key = connection.execute(statement).scalar_one_or_none()
        return None if key is None else OrderKey.parse(key)

    def list(
        self,
        stage: str | None = None,
        hold: str | None = None,
        channel: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[OrderRow, ...]:
        """Return orders, newest first, of a stage, with a hold, of a channel."""
        statement = _rows().where(*_filters(stage, hold, channel))
        statement = (
            statement.order_by(ORDERS.c.created_at.desc(), ORDERS.c.order_key).limit(limit).offset(offset)
        )
        with self._database.read() as connection:
            return tuple(order_row(row) for row in connection.execute(statement).mappings())

    def count(self, stage: str | None = None, hold: str | None = None, channel: str | None = None) -> int:
        """Count what `list` would return without limit."""
        statement = select(func.count()).select_from(ORDERS).where(*_filters(stage, hold, channel))
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def counts_by_stage(self) -> Mapping[str, int]:
        """Count the orders of each stage that has any."""
        statement = select(ORDERS.c.stage, func.count()).group_by(ORDERS.c.stage)
        with self._database.read() as connection:
            return dict(connection.execute(statement).all())

    def timeline(self, key: OrderKey) -> tuple[Change, ...]:
        """Return every change of an order, oldest first."""
        statement = (
            select(*CHANGE_COLUMNS).where(AUDIT.c.order_key == str(key)).order_by(AUDIT.c.seq, AUDIT.c.at)
        )
        with self._database.read() as connection:
            return tuple(Change(**row) for row in connection.execute(statement).mappings())

    def reached(self, stages: Sequence[str]) -> tuple[Reached, ...]:
        """Return when orders came to these stages, each the first time, oldest first."""
        statement = (
            select(AUDIT.c.order_key, AUDIT.c.after, func.min(AUDIT.c.at).label("at"))
            .where(AUDIT.c.what == "stage.moved", AUDIT.c.after.in_(stages))
            .group_by(AUDIT.c.order_key, AUDIT.c.after)
            .order_by(func.min(AUDIT.c.at))
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(Reached(order=OrderKey.parse(row.order_key), stage=row.after, at=row.at) for row in rows)

    def ruled(self, since: datetime) -> Mapping[tuple[str, str], int]:
        """Count the changes since then that have a rule behind them, by what they were and what came of it."""
        statement = select(AUDIT.c.what, AUDIT.c.after, func.count()).where(RULED, AUDIT.c.at >= since)
        with self._database.read() as connection:
            rows = connection.execute(statement.group_by(AUDIT.c.what, AUDIT.c.after)).all()
        return {(what, after): count for what, after, count in rows}

    def called(self, since: datetime, whats: Sequence[str]) -> Mapping[OrderKey, int]:
        """Return the orders about which the clock has called somebody since then, by one of these events.

        Each with the number of its last such event, which tells a new call from one that was answered.
        """
        statement = (
            select(AUDIT.c.order_key, func.max(AUDIT.c.seq))
            .where(RULED, AUDIT.c.at >= since, AUDIT.c.what.in_(whats))
            .group_by(AUDIT.c.order_key)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return {OrderKey.parse(order_key): seq for order_key, seq in rows}

    def add_scans(self, waybill: str, scans: Iterable[Scan]) -> int:
        """Keep the lines of a parcel's trace that are new; returns how many were."""
        return self._scans.add(waybill, scans)

    def scans(self, waybill: str) -> tuple[Scan, ...]:
        """Return a parcel's trace, oldest line first."""
        return self._scans.of(waybill)

    def note_seen(self, notes: Sequence[SeenNote]) -> frozenset[OrderKey]:
        """Remember what intake has handed on of several orders, all or none; see `SeenOrders.note`."""
        return self._seen.note(notes)

    def seen(self, key: OrderKey) -> Seen | None:
        """Return the newest content that intake has handed on; None when there is none."""
        return self._seen.find([key]).get(key)

    def all_seen(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, Seen]:
        """Return the newest content that intake has handed on of those orders that have any."""
        return self._seen.find(keys)


def _rows() -> Select[Any]:
    return select(ORDERS.c.order_key, *ROW_COLUMNS)


def _filters(stage: str | None, hold: str | None, channel: str | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if stage:
        wanted.append(ORDERS.c.stage == stage)
    if hold:
        wanted.append(cast(ORDERS.c.holds, Text).contains(f'"{hold}"', autoescape=True))
    if channel:
        wanted.append(ORDERS.c.channel == channel)
    return wanted


def order_row(row: RowMapping | dict[str, Any]) -> OrderRow:
    """Read an order's row, of which the statement chose ROW_COLUMNS and the key."""
    fields = {name: value for name, value in row.items() if name != "order_key"}
    return OrderRow(key=OrderKey.parse(row["order_key"]), **fields)

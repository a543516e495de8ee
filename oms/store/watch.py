"""The parcels of unfinished orders and what is remembered of each waybill: heard, asked, given up, at risk."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)

from oms.domain.book import Change
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.parcels import ENDED, MOVING, Parcel
from oms.domain.watch import Watched
from oms.store.case_parcels import CASE_PARCELS, sent_by_us, watched_of_cases
from oms.store.engine import Database
from oms.store.statements import Insert, once
from oms.store.tables import AuditRow, OrdersRow, ParcelsRow, ParcelWatchRow, table_of
from oms.store.tables.columns import UtcDateTime

ORDERS, PARCELS, WATCH = table_of(OrdersRow), table_of(ParcelsRow), table_of(ParcelWatchRow)
AUDIT = table_of(AuditRow)
OF_PARCEL = ("waybill", "carrier", "state", "shipped_at")
OF_WATCH = ("scanned_at", "picked_up_at", "asked_at", "answer", "rest_until", "gave_up_at", "risk_at")
EMPTY: Mapping[str, Any] = dict.fromkeys(OF_WATCH) | {"answer": "", "told": ""}


class Limits(NamedTuple):
    """A parcel without a sign since `silent_since`, or one shipped by `unscanned_since` and not scanned, is overdue."""

    silent_since: datetime
    unscanned_since: datetime


class LimitsOfShops(NamedTuple):
    """The limits, and those of the shops that live by other ones."""

    usual: Limits
    other: Mapping[ShopKey, Limits]


class OnItsWay(NamedTuple):
    """A parcel as an order knows it, and what was heard of its waybill."""

    order: OrderKey
    parcel: Parcel
    scanned_at: datetime | None
    told: str


class ParcelWatch:
    """What the watch over parcels reads and remembers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hear, self._claim, self._note_audit = (
            _hearing(database),
            _claiming(database),
            once(database, AUDIT),
        )
        self._change = update(WATCH).where(WATCH.c.waybill == bindparam("of_waybill"))
        self._of = _on_its_way()

    def of(self, waybill: str) -> tuple[OnItsWay, ...]:
        """Return a waybill's parcel in every unfinished order; if there is none, in the order that it was shipped for last."""
        with self._database.read() as connection:
            rows = connection.execute(self._of, {"of_waybill": waybill}).mappings().all()
        going = [row for row in rows if row["ended_at"] is None] or rows[:1]
        return tuple(_parcel(row) for row in going)

    def heard(
        self, waybill: str, *, scanned_at: datetime | None = None, picked_up_at: datetime | None = None,
        gave_up_at: datetime | None = None, told: str = "",
    ) -> None:  # fmt: skip
        """Remember what a carrier's report said; said again or late, it changes nothing. `told` names what orders heard."""
        row = {**EMPTY, "waybill": waybill, "scanned_at": scanned_at, "picked_up_at": picked_up_at}
        with self._database.write() as connection:
            connection.execute(self._hear, {**row, "gave_up_at": gave_up_at, "told": told})

    def claim(self, waybill: str, now: datetime, until: datetime) -> bool:
        """Take the turn to ask for a waybill; False while somebody else's turn, or a rest, lasts."""
        row = {**EMPTY, "waybill": waybill, "asked_at": now, "rest_until": until}
        with self._database.write() as connection:
            return connection.execute(self._claim, row).rowcount == 1

    def answered(self, waybill: str, answer: str, rest_until: datetime) -> None:
        """Remember what the carrier answered, in words without personal data, and until when nobody asks again."""
        with self._database.write() as connection:
            values = {"answer": answer, "rest_until": rest_until}
            connection.execute(self._change.values(**values), {"of_waybill": waybill})

    def followed_again(self, waybill: str) -> None:
        """Remember that the carrier follows the waybill again."""
        with self._database.write() as connection:
            connection.execute(self._change.values(gave_up_at=None), {"of_waybill": waybill})

    def at_risk(self, waybill: str, now: datetime, change: Change, order: OrderKey) -> None:
        """Remember that people were told of a missing first scan, and write the line of the order's timeline, once."""
        first = self._database.insert(WATCH).values({**EMPTY, "waybill": waybill, "risk_at": now})
        noted = first.on_conflict_do_update(
            index_elements=["waybill"],
            set_={"risk_at": func.coalesce(WATCH.c.risk_at, first.excluded.risk_at)},
        )
        with self._database.write() as connection:
            connection.execute(noted)
            connection.execute(self._note_audit, [{**change.model_dump(), "order_key": str(order)}])

    def sequence(self, order: OrderKey) -> int:
        """Return the number of the last line that the order wrote."""
        statement = select(ORDERS.c.seq).where(ORDERS.c.order_key == str(order))
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one_or_none() or 0)

    def due(
        self, limits: LimitsOfShops, followed_again_by: datetime, now: datetime, most: int
    ) -> tuple[Watched, ...]:
        """Return the parcels something has to be done about, those that have waited longest first."""
        rested = or_(WATCH.c.rest_until.is_(None), WATCH.c.rest_until <= now)
        given_up = and_(WATCH.c.gave_up_at <= followed_again_by, rested)

        def chosen(parcels: Table) -> ColumnElement[bool]:
            untold = and_(_unscanned(limits, parcels), WATCH.c.risk_at.is_(None))
            return or_(and_(_silent(limits, parcels), rested), untold, given_up)

        return self._list(chosen, most)

    def silent(self, limits: LimitsOfShops, most: int) -> tuple[Watched, ...]:
        """Return the parcels that have said nothing for too long."""
        return self._list(lambda parcels: _silent(limits, parcels), most)

    def unscanned(self, limits: LimitsOfShops, most: int) -> tuple[Watched, ...]:
        """Return the parcels that no carrier has scanned in time."""
        return self._list(lambda parcels: _unscanned(limits, parcels), most)

    def under_way(self, most: int) -> tuple[Watched, ...]:
        """Return every parcel that is on its way."""
        return self._list(lambda _parcels: literal(value=True), most)

    def _list(self, chosen: Callable[[Table], ColumnElement[bool]], most: int) -> tuple[Watched, ...]:
        """List parcels of orders and of cases; one that is both, such as one that comes back unasked, is the order's."""
        found: dict[str, Watched] = {}
        with self._database.read() as connection:
            for parcels, watched in (
                (PARCELS, _watched()),
                (CASE_PARCELS, watched_of_cases(OF_PARCEL, OF_WATCH)),
            ):
                order = (func.coalesce(WATCH.c.asked_at, parcels.c.shipped_at), parcels.c.waybill)
                statement = watched.where(chosen(parcels)).order_by(*order).limit(most)
                for row in map(_watched_of, connection.execute(statement).mappings()):
                    found.setdefault(f"{row.order}|{row.waybill}", row)
        return tuple(
            sorted(found.values(), key=lambda row: (row.asked_at or row.shipped_at, row.waybill))[:most]
        )


def _watched() -> Select[Any]:
    columns = [*(PARCELS.c[name] for name in OF_PARCEL), *(WATCH.c[name] for name in OF_WATCH)]
    joined = PARCELS.join(ORDERS, PARCELS.c.order_key == ORDERS.c.order_key)
    joined = joined.outerjoin(WATCH, PARCELS.c.waybill == WATCH.c.waybill)
    statement = select(PARCELS.c.order_key, ORDERS.c.business_id, *columns).select_from(joined)
    return statement.where(ORDERS.c.ended_at.is_(None), PARCELS.c.state.not_in(sorted(ENDED)))


def _watched_of(row: RowMapping) -> Watched:
    fields = {**row, "answer": row["answer"] or ""}
    return Watched(order=OrderKey.parse(fields.pop("order_key")), **fields)


def _on_its_way() -> Select[Any]:
    columns = [PARCELS.c[name] for name in Parcel.model_fields]
    joined = PARCELS.join(ORDERS, PARCELS.c.order_key == ORDERS.c.order_key)
    joined = joined.outerjoin(WATCH, PARCELS.c.waybill == WATCH.c.waybill)
    found = select(PARCELS.c.order_key, ORDERS.c.ended_at, WATCH.c.scanned_at, WATCH.c.told, *columns)
    found = found.select_from(joined).where(PARCELS.c.waybill == bindparam("of_waybill"))
    return found.order_by(PARCELS.c.shipped_at.desc(), PARCELS.c.order_key)


def _parcel(row: RowMapping) -> OnItsWay:
    parcel = Parcel(**{name: row[name] for name in Parcel.model_fields})
    return OnItsWay(OrderKey.parse(row["order_key"]), parcel, row["scanned_at"], row["told"] or "")


def _silent(limits: LimitsOfShops, parcels: Table) -> ColumnElement[bool]:
    sign = func.coalesce(WATCH.c.scanned_at, parcels.c.shipped_at)
    since = _by_shop(
        limits.usual.silent_since, {shop: each.silent_since for shop, each in limits.other.items()}
    )
    return and_(sign < since, parcels.c.shipped_at < since)


def _unscanned(limits: LimitsOfShops, parcels: Table) -> ColumnElement[bool]:
    by_shop = {shop: each.unscanned_since for shop, each in limits.other.items()}
    since = _by_shop(limits.usual.unscanned_since, by_shop)
    never = and_(WATCH.c.picked_up_at.is_(None), parcels.c.state.not_in(sorted(MOVING)))
    ours = sent_by_us() if parcels is CASE_PARCELS else literal(value=True)
    return and_(ours, never, parcels.c.shipped_at <= since)


def _by_shop(usual: datetime, other: Mapping[ShopKey, datetime]) -> ColumnElement[Any]:
    if not other:
        return literal(usual, UtcDateTime)
    cases: Sequence[Any] = [
        (and_(ORDERS.c.channel == shop.channel, ORDERS.c.shop == shop.shop), literal(at, UtcDateTime))
        for shop, at in other.items()
    ]
    return case(*cases, else_=literal(usual, UtcDateTime))


def _hearing(database: Database) -> Insert:
    statement = database.insert(WATCH)
    new, old = statement.excluded, WATCH.c
    newest = case(
        (or_(old.scanned_at.is_(None), new.scanned_at > old.scanned_at), new.scanned_at), else_=old.scanned_at
    )
    first = case(
        (or_(old.picked_up_at.is_(None), new.picked_up_at < old.picked_up_at), new.picked_up_at),
        else_=old.picked_up_at,
    )
    changes = {
        "scanned_at": newest,
        "picked_up_at": first,
        "gave_up_at": func.coalesce(new.gave_up_at, old.gave_up_at),
        "told": case((new.told != "", new.told), else_=old.told),
    }
    return statement.on_conflict_do_update(index_elements=["waybill"], set_=changes)


def _claiming(database: Database) -> Insert:
    statement = database.insert(WATCH)
    changes = {"asked_at": statement.excluded.asked_at, "rest_until": statement.excluded.rest_until}
    free = or_(WATCH.c.rest_until.is_(None), WATCH.c.rest_until <= statement.excluded.asked_at)
    claiming = statement.on_conflict_do_update(index_elements=["waybill"], set_=changes, where=free)
    return claiming.execution_options(preserve_rowcount=True)

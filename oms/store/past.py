"""Read back what orders were, for a trial of other rules: row, audit events, parcels and waybills put together."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, and_, exists, func, or_, select, tuple_

from oms.domain.book import Sold
from oms.domain.holds import HoldReason
from oms.domain.ids import ShopKey
from oms.domain.past import PastOrder
from oms.domain.stages import Stage
from oms.store.engine import Database
from oms.store.tables import AuditRow, BuyersRow, DrawnWaybillsRow, OrdersRow, ParcelsRow, table_of

ORDERS, AUDIT, PARCELS = table_of(OrdersRow), table_of(AuditRow), table_of(ParcelsRow)
BUYERS, DRAWN = table_of(BuyersRow), table_of(DrawnWaybillsRow)
PAGE = 2_000
HELD, CHANGED, MOVED, DRAWN_NOW = "hold.placed", "address.changed", "stage.moved", "waybill.drawn"
ASKED = [ORDERS.c[name] for name in (
    "order_key", "channel", "shop", "created_at", "paid_at", "shipped_at", "ended_at", "total_fen", "sold",
)]  # fmt: skip
NOT_KEPT = "?"
"""The province of an order from before provinces were kept: it had one, for it was sent."""
Platforms = Mapping[ShopKey, str]


class Span(NamedTuple):
    """Orders placed at `since` or later and before `until`, of one shop or of all."""

    since: datetime | None = None
    until: datetime | None = None
    shop: ShopKey | None = None

    def holds(self, placed: datetime) -> bool:
        """Tell whether an order placed at this moment belongs to it, whatever its shop."""
        return (self.since is None or placed >= self.since) and (self.until is None or placed < self.until)


class _Traces(NamedTuple):
    """What a page's orders left behind: by order."""

    released: Mapping[str, datetime]
    held: frozenset[tuple[str, str]]
    """Order, and why the platform held it before it left."""
    readdressed: Mapping[str, int]
    waybill: Mapping[str, datetime]
    courier: Mapping[str, str]
    bought_before: frozenset[str]


class PastOrders:
    """The orders of a span, oldest first, page by page: a year of them needs no more memory than a day."""

    def __init__(
        self, database: Database, platforms: Platforms, now: datetime, everywhere: Collection[str] = ()
    ) -> None:
        """Take which row of the table each shop lives by; a shop that is configured no more lives by its channel's.

        `everywhere`: the channels whose buyers are known by the same ids in all shops.
        """
        self._database = database
        self._everywhere = everywhere
        self._platforms = platforms
        self._now = now

    def count(self, span: Span) -> int:
        """Count what `read` will tell of."""
        with self._database.read() as connection:
            found = connection.execute(select(func.count()).select_from(ORDERS).where(*_within(span)))
            return int(found.scalar_one())

    def read(self, span: Span) -> Iterator[PastOrder]:
        """Tell of each order; one that still waits has waited until now. Raises Unavailable."""
        last: tuple[datetime, str] | None = None
        while True:
            with self._database.read() as connection:
                rows = connection.execute(_page(span, last)).mappings().all()
                traces = _traces(connection, [row["order_key"] for row in rows], self._everywhere)
            for row in rows:
                yield self._past(row, traces)
            if len(rows) < PAGE:
                return
            last = (rows[-1]["created_at"], rows[-1]["order_key"])

    def _past(self, row: RowMapping, traces: _Traces) -> PastOrder:
        key, sold = row["order_key"], Sold.model_validate(row["sold"] or {})
        shop = ShopKey(channel=row["channel"], shop=row["shop"])
        left = row["shipped_at"]
        return PastOrder(
            key=key, platform=self._platforms.get(shop, shop.channel), shop=str(shop), created=row["created_at"],
            paid=row["paid_at"], until=left or row["ended_at"] or self._now, left=left,
            released=traces.released.get(key), waybill=traces.waybill.get(key), ship_by=sold.ship_by,
            ship_from=sold.ship_from, total_fen=row["total_fen"], sale=sold.sale,
            first_buyer=key not in traces.bought_before, has_remark=sold.has_remark, province=sold.province if row["sold"] else NOT_KEPT,
            lines=sold.lines, pieces=sold.pieces,
            platform_risk=(key, HoldReason.PLATFORM_RISK) in traces.held,
            refund_open=(key, HoldReason.REFUND_OPEN) in traces.held,
            courier=traces.courier.get(key, ""), couriers=sold.couriers,
            address_changes=traces.readdressed.get(key, 0),
        )  # fmt: skip


def _within(span: Span) -> list[Any]:
    wanted = []
    if span.since is not None:
        wanted.append(ORDERS.c.created_at >= span.since)
    if span.until is not None:
        wanted.append(ORDERS.c.created_at < span.until)
    if span.shop is not None:
        wanted += [ORDERS.c.channel == span.shop.channel, ORDERS.c.shop == span.shop.shop]
    return wanted


def _page(span: Span, last: tuple[datetime, str] | None) -> Select[Any]:
    wanted = _within(span)
    if last is not None:
        wanted.append(tuple_(ORDERS.c.created_at, ORDERS.c.order_key) > last)
    return select(*ASKED).where(*wanted).order_by(ORDERS.c.created_at, ORDERS.c.order_key).limit(PAGE)


def _traces(connection: Connection, keys: Sequence[str], everywhere: Collection[str]) -> _Traces:
    released: dict[str, datetime] = {}
    waybill: dict[str, datetime] = {}
    held, readdressed, left = set(), Counter[str](), set()
    for event in connection.execute(_audit(keys)):
        key = event.order_key
        if event.what == MOVED and event.after == Stage.RELEASED:
            released.setdefault(key, event.at)
        elif event.what == MOVED:
            left.add(key)
        elif event.what == DRAWN_NOW:
            waybill.setdefault(key, event.at)
        elif key not in left and event.what == HELD:
            held.add((key, event.after))
        elif key not in left:
            readdressed[key] += 1
    first: dict[str, str] = {}
    for parcel in connection.execute(_carried(keys)):
        first.setdefault(parcel.order_key, parcel.carrier)
        waybill.setdefault(parcel.order_key, parcel.at)
    before: frozenset[str] = frozenset(connection.execute(_bought_before(keys, everywhere)).scalars())
    return _Traces(released, frozenset(held), readdressed, waybill, first, before)


def _audit(keys: Sequence[str]) -> Select[Any]:
    """What counts is what the order met first, in its own order of events."""
    met = or_(
        and_(AUDIT.c.what == MOVED, AUDIT.c.after.in_((Stage.RELEASED, Stage.SHIPPED))),
        and_(AUDIT.c.what == HELD, AUDIT.c.actor == "platform"),
        AUDIT.c.what.in_((CHANGED, DRAWN_NOW)),
    )
    asked = select(AUDIT.c.order_key, AUDIT.c.what, AUDIT.c.after, AUDIT.c.at)
    return asked.where(AUDIT.c.order_key.in_(keys), met).order_by(AUDIT.c.order_key, AUDIT.c.seq)


def _carried(keys: Sequence[str]) -> Select[Any]:
    """Drawn numbers and parcels, the earliest first."""
    drawn = select(DRAWN.c.order_key, DRAWN.c.carrier, DRAWN.c.drawn_at.label("at"))
    drawn = drawn.where(DRAWN.c.order_key.in_(keys), DRAWN.c.given_back_at.is_(None))
    left = select(PARCELS.c.order_key, PARCELS.c.carrier, PARCELS.c.shipped_at.label("at"))
    both = drawn.union_all(left.where(PARCELS.c.order_key.in_(keys))).subquery()
    return select(both).order_by(both.c.order_key, both.c.at)


def _bought_before(keys: Sequence[str], everywhere: Collection[str]) -> Select[Any]:
    """Orders whose buyer, known by the keyed digest, has paid for an earlier one, there or anywhere on the channel."""
    earlier, paid = BUYERS.alias("earlier"), ORDERS.alias("paid")
    same = and_(
        earlier.c.digest == BUYERS.c.digest,
        earlier.c.channel == BUYERS.c.channel,
        or_(earlier.c.shop == BUYERS.c.shop, BUYERS.c.channel.in_(everywhere)),
        earlier.c.created_at < BUYERS.c.created_at,
        paid.c.order_key == earlier.c.order_key,
        paid.c.paid_at.is_not(None),
    )
    return select(BUYERS.c.order_key).where(BUYERS.c.order_key.in_(keys), exists().where(same))

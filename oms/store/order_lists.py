"""The desk's lists of orders, out of millions: by stage, hold, channel, shop, tag, deadline and what people type."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, case, false, func, literal, or_, select, tuple_

from oms.domain.book import OrderRow
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.domain.stages import ENDED, Stage
from oms.store.engine import Database
from oms.store.order_search import OrderSearch
from oms.store.orders import ORDERS, ROW_COLUMNS, order_row
from oms.store.tables import OrderMarksRow, table_of
from oms.store.tables.columns import UtcDateTime

MARKS = table_of(OrderMarksRow)
HOLD, TAG = "hold", "tag"
PLAIN = ("stage", "channel", "shop")
UNSHIPPED = (ORDERS.c.shipped_at.is_(None), ORDERS.c.ended_at.is_(None))
UNDER_WAY = ORDERS.c.stage.in_([stage.value for stage in Stage if stage not in ENDED])
"""Said by the stages, counting them by stage or by channel needs nothing but an index."""
URGENT: ColumnElement[datetime | None] = case(
    (ORDERS.c.next_deadline.is_(None), ORDERS.c.ship_by),
    (ORDERS.c.ship_by < ORDERS.c.next_deadline, ORDERS.c.ship_by),
    else_=ORDERS.c.next_deadline,
)
"""What is due first of what was promised and what the clock does next."""


class Choice(Fact):
    """Which orders somebody wants to see; what is empty is no condition."""

    stage: str = ""
    hold: str = ""
    channel: str = ""
    shop: str = ""
    tag: str = ""
    late_at: Moment | None = None
    """Those not shipped though promised before then."""
    due_by: Moment | None = None
    """Those not shipped of which something is due until then; what is late is."""
    text: str = ""
    """An order's number, business id or waybill, or the beginning of one."""

    @property
    def urgent_first(self) -> bool:
        """Whoever asks for deadlines reads what is due first; everybody else the newest first."""
        return self.late_at is not None or self.due_by is not None


class Place(NamedTuple):
    """An order's place in a list: the moment that it is ordered by, and its key."""

    at: datetime
    key: OrderKey


class OrderPage(NamedTuple):
    """Some orders of a list, and how it goes on."""

    rows: tuple[OrderRow, ...]
    more: Place | None = None
    """The place behind which there are more; None at the end."""
    too_many: bool = False
    """More orders begin like the text than were looked at."""


class OrderLists:
    """Lists of orders that stay quick however many orders there are."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._search = OrderSearch(database)

    def page(self, choice: Choice, after: Place | None = None, limit: int = 50) -> OrderPage:
        """Return the orders of a choice behind a place: the newest first, or what is due first."""
        with self._database.read() as connection:
            statement, too_many = _behind(choice, after), False
            if choice.text:
                keys, too_many = self._search.keys(connection, choice.text)
                statement = statement.where(ORDERS.c.order_key.in_(keys) if keys else false())
            found = connection.execute(statement.limit(limit + 1)).mappings().all()
        rows = tuple(order_row({n: v for n, v in row.items() if n != "place"}) for row in found[:limit])
        more = Place(found[limit - 1]["place"], rows[-1].key) if len(found) > limit else None
        return OrderPage(rows, more, too_many)

    def under_way_by_stage(self) -> dict[str, int]:
        """Count the orders that have not ended, by stage."""
        statement = select(ORDERS.c.stage, func.count()).where(UNDER_WAY)
        with self._database.read() as connection:
            return {stage: int(n) for stage, n in connection.execute(statement.group_by(ORDERS.c.stage))}

    def tags(self) -> tuple[str, ...]:
        """Return every tag that an order has; one look at the index a tag, however many orders have it."""
        found: list[str] = []
        after = select(func.min(MARKS.c.mark)).where(MARKS.c.kind == TAG)
        with self._database.read() as connection:
            tag = connection.execute(after).scalar_one()
            while tag is not None:
                found.append(tag)
                tag = connection.execute(after.where(MARKS.c.mark > tag)).scalar_one()
        return tuple(found)


def due(moment: datetime) -> ColumnElement[bool]:
    """Say of an order that something is due until a moment, before it is shipped."""
    return or_(ORDERS.c.ship_by <= moment, ORDERS.c.next_deadline <= moment)


def urgent(row: OrderRow) -> datetime | None:
    """Return when something is due of an order first."""
    return min((at for at in (row.next_deadline, row.ship_by) if at), default=None)


def _chosen(choice: Choice) -> tuple[Select[Any], ColumnElement[Any], ColumnElement[str]]:
    """Select the orders of a choice; return with it what it is ordered by, read from the index of a mark if there is one."""
    source: FromClause = ORDERS
    at: ColumnElement[Any] = ORDERS.c.created_at
    key: ColumnElement[str] = ORDERS.c.order_key
    wanted = [ORDERS.c[name] == value for name in PLAIN if (value := getattr(choice, name))]
    for kind, mark in ((TAG, choice.tag), (HOLD, choice.hold)):
        if mark:
            marked = MARKS.alias(kind)
            source = source.join(marked, marked.c.order_key == ORDERS.c.order_key)
            wanted += [marked.c.kind == kind, marked.c.mark == mark]
            at, key = marked.c.created_at, marked.c.order_key
    if choice.late_at:
        wanted += [*UNSHIPPED, ORDERS.c.ship_by < choice.late_at]
    if choice.due_by:
        wanted += [*UNSHIPPED, due(choice.due_by)]
    if choice.urgent_first:
        at, key = URGENT, ORDERS.c.order_key
    columns = (ORDERS.c.order_key, *ROW_COLUMNS, at.label("place"))
    return select(*columns).select_from(source).where(*wanted), at, key


def _behind(choice: Choice, after: Place | None) -> Select[Any]:
    """Select the orders of a choice that come behind a place, in order."""
    statement, at, key = _chosen(choice)
    if after is not None:
        here, place = tuple_(at, key), tuple_(literal(after.at, UtcDateTime), literal(str(after.key)))
        # Said twice, for an index that has the moment alone.
        if choice.urgent_first:
            statement = statement.where(at >= after.at, here > place)
        else:
            statement = statement.where(at <= after.at, here < place)
    return statement.order_by(*((at, key) if choice.urgent_first else (at.desc(), key.desc())))

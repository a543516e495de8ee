"""The parked payloads as people look through them: page by page, by reason; never their content."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from oms.domain.ids import ShopKey
from oms.store.engine import Database
from oms.store.inbox import Arrival, arrival_of
from oms.store.tables import InboxRow, table_of

INBOX = table_of(InboxRow)
SHOWN = ("inbox_id", "channel", "shop", "way", "source", "received_at", "status", "order_key", "reason")
PARKED = "parked"


class Which(NamedTuple):
    """Which of them; what is left empty is not asked about."""

    shop: ShopKey | None = None
    source: str = ""
    reason: str = ""


class Reason(NamedTuple):
    """Why payloads are parked, and how many are for that."""

    reason: str
    number: int


ALL_OF_THEM = Which()


class Parked:
    """What waits for a person, the oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, which: Which = ALL_OF_THEM, *, after: str = "", until: str = "", limit: int = 50
    ) -> Sequence[Arrival]:
        """Return those that came after one of them, and not later than another; empty: from the first, to the last."""
        wanted = _wanted(which)
        if after:
            wanted &= INBOX.c.inbox_id > after
        if until:
            wanted &= INBOX.c.inbox_id <= until
        columns = [INBOX.c[name] for name in SHOWN]
        statement = select(*columns).where(wanted).order_by(INBOX.c.inbox_id).limit(limit)
        with self._database.read() as connection:
            return tuple(map(arrival_of, connection.execute(statement).mappings()))

    def find(self, inbox_ids: Sequence[str]) -> Sequence[Arrival]:
        """Return payloads by their ids, parked or not any more; of unknown ids nothing."""
        columns = [INBOX.c[name] for name in SHOWN]
        statement = select(*columns).where(INBOX.c.inbox_id.in_(inbox_ids)).order_by(INBOX.c.inbox_id)
        with self._database.read() as connection:
            return tuple(map(arrival_of, connection.execute(statement).mappings()))

    def count(self, which: Which = ALL_OF_THEM) -> int:
        """Count them."""
        with self._database.read() as connection:
            counted = connection.execute(select(func.count()).select_from(INBOX).where(_wanted(which)))
            return int(counted.scalar_one())

    def last(self, which: Which = ALL_OF_THEM) -> str:
        """Return the id of the newest; empty: there is none."""
        with self._database.read() as connection:
            found = connection.execute(select(func.max(INBOX.c.inbox_id)).where(_wanted(which)))
            return found.scalar_one_or_none() or ""

    def reasons(self, limit: int = 20) -> tuple[Reason, ...]:
        """Count them by reason, the most frequent first."""
        number = func.count()
        statement = select(INBOX.c.reason, number).where(INBOX.c.status == PARKED).group_by(INBOX.c.reason)
        statement = statement.order_by(number.desc(), INBOX.c.reason).limit(limit)
        with self._database.read() as connection:
            return tuple(Reason(row[0], int(row[1])) for row in connection.execute(statement))

    def shops(self) -> tuple[ShopKey, ...]:
        """Return whose they are."""
        statement = select(INBOX.c.channel, INBOX.c.shop).where(INBOX.c.status == PARKED, INBOX.c.shop != "")
        with self._database.read() as connection:
            rows = connection.execute(statement.distinct().order_by(INBOX.c.channel, INBOX.c.shop)).all()
        return tuple(ShopKey(channel=row.channel, shop=row.shop) for row in rows)


def _wanted(which: Which) -> ColumnElement[bool]:
    wanted: list[Any] = [INBOX.c.status == PARKED]
    if which.shop is not None:
        wanted += [INBOX.c.channel == which.shop.channel, INBOX.c.shop == which.shop.shop]
    if which.source:
        wanted.append(INBOX.c.source == which.source)
    if which.reason:
        wanted.append(INBOX.c.reason == which.reason)
    return and_(*wanted)

"""How long parcels of a carrier usually take: read from our own, which have arrived."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select

from oms.store.engine import Database
from oms.store.tables import OrdersRow, ParcelsRow, table_of

ORDERS, PARCELS = table_of(OrdersRow), table_of(ParcelsRow)
LOOKED_AT = 500
"""The parcels of a carrier that arrived last; older ones say little of today."""
FEWEST = 20
"""Fewer parcels than this tell nothing usual."""
QUICK, SLOW = 0.2, 0.9
"""Of ten parcels two are faster than the shortest usual time, and one is slower than the longest."""
FRESH_FOR = timedelta(hours=1)
MOST_CARRIERS = 100


class Usual(NamedTuple):
    """How long a parcel usually takes, at least and at most."""

    least: timedelta
    most: timedelta


class _Arrived(NamedTuple):
    province: str
    took: timedelta


class UsualTimes:
    """What is usual, by carrier and province; looked up at most once an hour."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[datetime, Sequence[_Arrived]]] = {}
        self._last = (
            select(PARCELS.c.shipped_at, PARCELS.c.delivered_at, ORDERS.c.sold)
            .join(ORDERS, ORDERS.c.order_key == PARCELS.c.order_key)
            .where(PARCELS.c.carrier == bindparam("of_carrier"), PARCELS.c.delivered_at.is_not(None))
            .order_by(PARCELS.c.delivered_at.desc())
            .limit(LOOKED_AT)
        )

    def of(self, carrier: str, province: str) -> Usual | None:
        """Return what is usual for this carrier to that province, else for the carrier; None when we know too little."""
        arrived = self._arrived(carrier)
        there = [each.took for each in arrived if province and each.province == province]
        took = sorted(there if len(there) >= FEWEST else [each.took for each in arrived])
        if len(took) < FEWEST:
            return None
        return Usual(took[int(len(took) * QUICK)], took[int(len(took) * SLOW)])

    def _arrived(self, carrier: str) -> Sequence[_Arrived]:
        now = self._database.clock()
        asked_at, known = self._known.get(carrier, (None, ()))
        if asked_at is not None and asked_at <= now < asked_at + FRESH_FOR:
            return known
        with self._database.read() as connection:
            rows = connection.execute(self._last, {"of_carrier": carrier}).all()
        found = [
            _Arrived(str(row.sold.get("province", "")), row.delivered_at - row.shipped_at)
            for row in rows
            if row.delivered_at > row.shipped_at
        ]
        if len(self._known) >= MOST_CARRIERS:
            self._known.clear()
        self._known[carrier] = (now, found)
        return found

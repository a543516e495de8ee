"""Find a buyer's order by its number and the end of the phone, without either being written anywhere.

Both go into one keyed digest. So there is one question with one answer, and whichever of the two was wrong, it is the
same question, asked in the same way, with the same empty answer.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from oms.domain.ids import OrderKey
from oms.store.engine import Database
from oms.store.statements import in_turn, once
from oms.store.tables import OrderLookupsRow, OrdersRow, table_of
from oms.store.vault import Vault

LOOKUPS, ORDERS = table_of(OrderLookupsRow), table_of(OrdersRow)
TAIL = 4
"""Digits of the phone that the form asks for."""
_SHOWN_TAIL = re.compile(rf"[0-9]{{{TAIL}}}$")


def tail_of(phone: str) -> str:
    """Return the last four digits of a phone; empty when a mask hides any of them."""
    found = _SHOWN_TAIL.search(plain(phone))
    return found[0] if found else ""


def plain(typed: str) -> str:
    """Read a number as people write it: in any width and case, with blanks, with a # before it."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).lstrip("#").casefold()


class Lookups:
    """Which digests lead to which order."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._put = once(database, LOOKUPS)
        self._find = (
            select(ORDERS.c.business_id)
            .join(LOOKUPS, LOOKUPS.c.order_key == ORDERS.c.order_key)
            .where(
                LOOKUPS.c.digest == bindparam("of_digest"),
                or_(ORDERS.c.ended_at.is_(None), ORDERS.c.ended_at > bindparam("ended_since")),
            )
            .limit(2)
        )

    def note(self, connection: Connection, phones: Iterable[tuple[OrderKey, str]]) -> None:
        """Remember orders with the phones of their receivers, in the caller's transaction."""
        rows = [
            {"digest": self._digest(order.number, tail), "order_key": str(order)}
            for order, phone in phones
            if (tail := tail_of(phone))
        ]
        if rows:
            connection.execute(self._put, in_turn(rows, "digest", "order_key"))

    def find(self, number: str, tail: str, ended_since: datetime) -> str | None:
        """Return the business id of the one order of this number whose receiver's phone ends so.

        None when there is none, when it ended before `ended_since`, and when there are two: orders of two shops with
        the same number and the same end of the phone are nobody's to tell apart.
        """
        asked = {"of_digest": self._digest(number, tail), "ended_since": ended_since}
        with self._database.read() as connection:
            found = connection.execute(self._find, asked).scalars().all()
        return str(found[0]) if len(found) == 1 else None

    def _digest(self, number: str, tail: str) -> str:
        return self._vault.digest(f"lookup|{plain(number)}|{plain(tail)}")

"""Which content of each after-sale was handed on last, so that a repetition costs nobody anything."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from oms.domain.ids import ShopKey
from oms.store.engine import Database
from oms.store.statements import newest_wins
from oms.store.tables import CasesSeenRow, table_of

SEEN = table_of(CasesSeenRow)


class CaseHeard(NamedTuple):
    """A content that was handed on."""

    fingerprint: str
    status: str
    modified_at: datetime


class SeenCases:
    """The newest content of each after-sale that was handed on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._note = newest_wins(database, SEEN, "modified_at", or_equal=True)

    def find(self, shop: ShopKey, case_id: str) -> CaseHeard | None:
        """Return what was handed on last; None for a case nobody has heard of."""
        columns = [SEEN.c[name] for name in CaseHeard._fields]
        statement = select(*columns).where(SEEN.c.shop_key == str(shop), SEEN.c.case_id == case_id)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else CaseHeard(*row)

    def note(self, shop: ShopKey, case_id: str, heard: CaseHeard) -> None:
        """Remember what was handed on; something newer that was noted meanwhile stays."""
        row = {"shop_key": str(shop), "case_id": case_id, **heard._asdict()}
        with self._database.write() as connection:
            connection.execute(self._note, row)

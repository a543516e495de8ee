"""A parcel's trace, line by line as its carrier wrote it; sealed, for carriers write names into it."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from oms.ports import Scan
from oms.store.engine import Database
from oms.store.sealing import context_of, rotate
from oms.store.statements import once
from oms.store.tables import ScansRow, table_of
from oms.store.vault import Sealed, Vault

SCANS = table_of(ScansRow)
SUBJECT = "scans"


class Scans:
    """The traces of all parcels."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._put = once(database, SCANS)

    def add(self, waybill: str, scans: Iterable[Scan]) -> int:
        """Keep the lines that are new; returns how many were."""
        rows = [self._row(waybill, scan) for scan in scans]
        if not rows:
            return 0
        with self._database.write() as connection:
            return int(connection.execute(self._put, rows).rowcount)

    def of(self, waybill: str) -> tuple[Scan, ...]:
        """Return a parcel's trace, oldest line first."""
        statement = select(SCANS).where(SCANS.c.waybill == waybill).order_by(SCANS.c.at, SCANS.c.id)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        trace = []
        for row in rows:
            plain = self._vault.open(Sealed(row.key_id, row.blob), context_of(SUBJECT, row.id))
            trace.append(Scan(at=row.at, raw_state=row.raw_state, **json.loads(plain)))
        return tuple(trace)

    def count(self, waybills: Sequence[str]) -> int:
        """Count the lines of parcels, without opening any."""
        statement = select(func.count()).select_from(SCANS).where(SCANS.c.waybill.in_(waybills))
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def rotate(self) -> int:
        """Seal every line of an old key with the current one; returns how many."""
        return rotate(self._database, self._vault, SCANS, SUBJECT)

    def _row(self, waybill: str, scan: Scan) -> dict[str, object]:
        identity = self._vault.digest(f"scan|{waybill}|{scan.model_dump_json()}")
        plain = json.dumps({"text": scan.text, "place": scan.place}, ensure_ascii=False).encode()
        sealed = self._vault.seal(plain, context_of(SUBJECT, identity))
        return {
            "id": identity,
            "waybill": waybill,
            "at": scan.at,
            "raw_state": scan.raw_state,
            "key_id": sealed.key_id,
            "blob": sealed.blob,
        }

"""Every payload exactly as it was received, sealed, and what became of it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import RowMapping, bindparam, func, select, update

from oms.domain.errors import Misused
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.messages import Way
from oms.domain.model import Fact, Moment
from oms.store.decryptions import Decryptions
from oms.store.engine import Database
from oms.store.sealing import context_of, rotate
from oms.store.tables import InboxRow, table_of
from oms.store.vault import Sealed, Vault

INBOX = table_of(InboxRow)
SUBJECT = "inbox"
MARK_BYTES = 4
"""What tells payloads of one moment apart."""

Source = Literal["channel", "push", "after_sale", "warehouse", "carrier", "payment"]
"""`push`: a message that only names an order, which is then fetched and comes in as `channel`."""
Fate = Literal["delivered", "repeated", "stale", "parked", "ended"]
RECEIVED = "received"
"""The status of a payload of which nothing became yet."""


class Arrival(Fact):
    """A payload that came in, without its content."""

    inbox_id: str
    shop: ShopKey | None
    way: Way
    source: Source
    received_at: Moment
    status: str
    order: OrderKey | None
    reason: str


class Settlement(NamedTuple):
    """What became of a payload; `reason` holds no personal data."""

    inbox_id: str
    status: Fate
    order: OrderKey | None = None
    reason: str = ""


class Inbox:
    """Where payloads arrive before anybody looks at them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._decryptions = Decryptions(database)
        self._insert = INBOX.insert()
        self._settle = update(INBOX).where(INBOX.c.inbox_id == bindparam("of_inbox_id"))

    def put(
        self, shop: ShopKey | None, way: Way, source: Source, payload: bytes, received_at: datetime
    ) -> str:
        """Keep a payload and return its inbox id, which sorts by time."""
        return self.put_all(shop, way, source, [payload], received_at)[0]

    def put_all(
        self, shop: ShopKey | None, way: Way, source: Source, payloads: Sequence[bytes], received_at: datetime
    ) -> Sequence[str]:
        """Keep payloads that came together, all or none; their inbox ids sort by time, and as they came."""
        marks = sorted(secrets.token_hex(MARK_BYTES) for _ in payloads)
        inbox_ids = [f"{received_at.timestamp():017.6f}-{mark}" for mark in marks]
        common = {
            "channel": shop.channel if shop else "",
            "shop": shop.shop if shop else "",
            "way": way,
            "source": source,
            "received_at": received_at,
            "status": RECEIVED,
            "order_key": "",
            "reason": "",
            "settled_at": None,
        }
        rows = [
            common | self._sealed(inbox_id, payload)
            for inbox_id, payload in zip(inbox_ids, payloads, strict=True)
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(self._insert, rows)
        return inbox_ids

    def _sealed(self, inbox_id: str, payload: bytes) -> dict[str, object]:
        sealed = self._vault.seal(payload, context_of(SUBJECT, inbox_id))
        digest = self._vault.digest(payload)
        return {"inbox_id": inbox_id, "digest": digest, "key_id": sealed.key_id, "blob": sealed.blob}

    def settle(self, inbox_id: str, status: Fate, order: OrderKey | None = None, reason: str = "") -> None:
        """Write down what became of a payload; `reason` holds no personal data."""
        self.settle_all([Settlement(inbox_id, status, order, reason)])

    def settle_all(self, settlements: Sequence[Settlement]) -> None:
        """Write down what became of payloads, all or none."""
        now = self._database.clock()
        fates = [
            {
                "of_inbox_id": each.inbox_id,
                "status": each.status,
                "order_key": str(each.order) if each.order else "",
                "reason": each.reason,
                "settled_at": now,
            }
            for each in settlements
        ]
        if fates:
            with self._database.write() as connection:
                connection.execute(self._settle, fates)

    def parked(self, limit: int = 100) -> tuple[Arrival, ...]:
        """List payloads that a person must look at, oldest first."""
        return self._list("parked", limit)

    def unsettled(self, limit: int = 100) -> tuple[Arrival, ...]:
        """List payloads whose handling broke off, oldest first."""
        return self._list(RECEIVED, limit)

    def of_order(self, order: OrderKey, limit: int = 50) -> tuple[Arrival, ...]:
        """List what came in of an order, newest first."""
        statement = select(INBOX).where(INBOX.c.order_key == str(order)).order_by(INBOX.c.inbox_id.desc())
        with self._database.read() as connection:
            return tuple(map(arrival_of, connection.execute(statement.limit(limit)).mappings()))

    def payload(self, inbox_id: str, *, who: str = "intake", purpose: str = "map") -> bytes:
        """Return a payload byte for byte, and log who looked. Raises Misused for an unknown id."""
        statement = select(INBOX.c.key_id, INBOX.c.blob).where(INBOX.c.inbox_id == inbox_id)
        with self._database.write() as connection:
            row = connection.execute(statement).one_or_none()
            if row is None:
                raise Misused(f"the inbox has no {inbox_id}")
            plain = self._vault.open(Sealed(row.key_id, row.blob), context_of(SUBJECT, inbox_id))
            self._decryptions.note(connection, who=who, subject=inbox_id, purpose=purpose)
        return plain

    def count_by_status(self) -> Mapping[str, int]:
        """Count the payloads by what became of them; `received` are those still being handled."""
        statement = select(INBOX.c.status, func.count()).group_by(INBOX.c.status)
        with self._database.read() as connection:
            return dict(connection.execute(statement).all())

    def rotate(self) -> int:
        """Seal every payload of an old key with the current one; returns how many."""
        return rotate(self._database, self._vault, INBOX, SUBJECT)

    def _list(self, status: str, limit: int) -> tuple[Arrival, ...]:
        statement = select(INBOX).where(INBOX.c.status == status).order_by(INBOX.c.inbox_id).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(statement).mappings().all()
        return tuple(map(arrival_of, rows))


def arrival_of(row: RowMapping) -> Arrival:
    """Tell of a payload by its row, without its content."""
    return Arrival(
        inbox_id=row["inbox_id"],
        shop=ShopKey(channel=row["channel"], shop=row["shop"]) if row["shop"] else None,
        way=row["way"],
        source=row["source"],
        received_at=row["received_at"],
        status=row["status"],
        order=OrderKey.parse(row["order_key"]) if row["order_key"] else None,
        reason=row["reason"],
    )

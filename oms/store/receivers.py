"""The person a parcel goes to, sealed; opened for a purpose, by somebody, on the record."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from oms.domain.errors import Misused
from oms.domain.ids import OrderKey
from oms.domain.receiver import Receiver
from oms.store.buyers import Buyers
from oms.store.decryptions import Decryptions
from oms.store.engine import Database
from oms.store.lookups import Lookups
from oms.store.sealing import context_of, rotate
from oms.store.statements import in_turn, last_wins
from oms.store.tables import ReceiversRow, table_of
from oms.store.vault import Sealed, Vault

RECEIVERS = table_of(ReceiversRow)
SUBJECT = "receivers"
TAIL = 4
"""Digits of the phone that carriers ask for."""


class PutAway(NamedTuple):
    """The person of an order, with the digests under which the order knows receiver and buyer."""

    order: OrderKey
    receiver: Receiver | None
    remark: str
    buyer_id: str
    digest: str
    buyer_digest: str
    created_at: datetime

    def __repr__(self) -> str:
        """Never show the person, whoever prints this."""
        return f"PutAway({self.order})"


class Receivers:
    """Receivers and remarks of orders, and whose orders they are."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._decryptions = Decryptions(database)
        self._buyers = Buyers(database, vault)
        self._lookups = Lookups(database, vault)
        self._put = last_wins(database, RECEIVERS)
        self._get = select(RECEIVERS.c.key_id, RECEIVERS.c.blob).where(
            RECEIVERS.c.order_key == bindparam("of_order"), RECEIVERS.c.digest == bindparam("of_digest")
        )

    def put(self, order: OrderKey, receiver: Receiver, remark: str = "", buyer_id: str = "") -> str:
        """Seal a receiver, the remark and the buyer id; return the receiver's keyed digest.

        The same receiver has the same digest in every order; a changed one is kept beside the old one.
        """
        digest = self.digest(receiver)
        row = self._sealed(order, digest, receiver, remark, buyer_id)
        with self._database.write() as connection:
            connection.execute(self._put, row)
            self._lookups.note(connection, [(order, receiver.phone)])
        return digest

    def put_away(self, persons: Sequence[PutAway]) -> None:
        """Seal the receivers of several orders, and remember whose the orders are; all or none."""
        rows = [
            self._sealed(each.order, each.digest, each.receiver, each.remark, each.buyer_id)
            for each in persons
            if each.receiver is not None
        ]
        placed = [(each.order, each.buyer_digest, each.created_at) for each in persons]
        phones = [(each.order, each.receiver.phone) for each in persons if each.receiver is not None]
        if persons:
            with self._database.write() as connection:
                if rows:
                    connection.execute(self._put, in_turn(rows, "order_key", "digest"))
                self._buyers.note(connection, placed)
                self._lookups.note(connection, phones)

    def _sealed(
        self, order: OrderKey, digest: str, receiver: Receiver, remark: str, buyer_id: str
    ) -> dict[str, object]:
        content = {"receiver": receiver.model_dump(), "remark": remark, "buyer_id": buyer_id}
        plain = json.dumps(content, ensure_ascii=False).encode()
        sealed = self._vault.seal(plain, context_of(SUBJECT, str(order), digest))
        return {
            "order_key": str(order),
            "digest": digest,
            "key_id": sealed.key_id,
            "blob": sealed.blob,
            "put_at": self._database.clock(),
        }

    def digest(self, receiver: Receiver) -> str:
        """Return the keyed digest of a receiver, without keeping anything."""
        return self._vault.digest("receiver|" + json.dumps(receiver.model_dump(), sort_keys=True))

    def get(self, order: OrderKey, digest: str, *, who: str, purpose: str) -> tuple[Receiver, str]:
        """Return receiver and remark, and log who looked and what for.

        Raises Misused when the order has no such receiver, SealBroken when the row was tampered with.
        """
        with self._database.write() as connection:
            row = connection.execute(self._get, {"of_order": str(order), "of_digest": digest}).one_or_none()
            if row is None:
                raise Misused(f"order {order} has no receiver {digest}: resync the order")
            plain = self._vault.open(Sealed(row.key_id, row.blob), context_of(SUBJECT, str(order), digest))
            self._decryptions.note(connection, who=who, subject=str(order), purpose=purpose)
        content = json.loads(plain)
        return Receiver(**content["receiver"]), content["remark"]

    def phone_tail(self, order: OrderKey, digest: str, who: str, purpose: str) -> str:
        """Return the last four digits of the phone, and log who looked and what for."""
        receiver, _ = self.get(order, digest, who=who, purpose=purpose)
        return "".join(character for character in receiver.phone if character.isdecimal())[-TAIL:]

    def newest_phone_tail(self, order: OrderKey, who: str, purpose: str) -> str:
        """Return the same of the receiver that the order was told of last; empty when it has none."""
        digest = self.newest(order)
        return self.phone_tail(order, digest, who, purpose) if digest else ""

    def newest(self, order: OrderKey) -> str:
        """Return the digest of the receiver that the order was told of last; empty when it has none."""
        newest = select(RECEIVERS.c.digest).where(RECEIVERS.c.order_key == str(order))
        newest = newest.order_by(RECEIVERS.c.put_at.desc(), RECEIVERS.c.digest).limit(1)
        with self._database.read() as connection:
            return connection.execute(newest).scalar_one_or_none() or ""

    def has(self, order: OrderKey, digest: str) -> bool:
        """Say whether an order knows a receiver already."""
        known = {"of_order": str(order), "of_digest": digest}
        with self._database.read() as connection:
            return connection.execute(self._get, known).one_or_none() is not None

    def forget(self, order: OrderKey, digest: str) -> None:
        """Drop a receiver to whom the order will not go."""
        this = delete(RECEIVERS).where(RECEIVERS.c.order_key == str(order), RECEIVERS.c.digest == digest)
        with self._database.write() as connection:
            connection.execute(this)

    def buyer_digest(self, buyer_id: str) -> str:
        """Return the keyed digest of a platform's buyer id; nobody's is empty."""
        return self._buyers.digest(buyer_id)

    def bought_before(self, buyer_digest: str, other_than: OrderKey, *, everywhere: bool = False) -> bool:
        """Tell whether the buyer has an earlier order in this shop, or `everywhere` on its channel."""
        return self._buyers.bought_before(buyer_digest, other_than, everywhere=everywhere)

    def rotate(self) -> int:
        """Seal every receiver of an old key with the current one; returns how many."""
        return rotate(self._database, self._vault, RECEIVERS, SUBJECT)

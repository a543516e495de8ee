"""The person a parcel goes to, sealed; opened for a purpose, by somebody, on the record."""

import json
from datetime import datetime

from sqlalchemy import bindparam, select

from oms.domain.errors import Misused
from oms.domain.ids import OrderKey
from oms.domain.receiver import Receiver
from oms.store.buyers import Buyers
from oms.store.decryptions import Decryptions
from oms.store.engine import Database
from oms.store.sealing import context_of, rotate
from oms.store.statements import last_wins
from oms.store.tables import ReceiversRow, table_of
from oms.store.vault import Sealed, Vault

RECEIVERS = table_of(ReceiversRow)
SUBJECT = "receivers"
TAIL = 4
"""Digits of the phone that carriers ask for."""


class Receivers:
    """Receivers and remarks of orders, and whose orders they are."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._decryptions = Decryptions(database)
        self._buyers = Buyers(database, vault)
        self._put = last_wins(database, RECEIVERS)
        self._get = select(RECEIVERS.c.key_id, RECEIVERS.c.blob).where(
            RECEIVERS.c.order_key == bindparam("of_order"), RECEIVERS.c.digest == bindparam("of_digest")
        )

    def put(self, order: OrderKey, receiver: Receiver, remark: str = "", buyer_id: str = "") -> str:
        """Seal a receiver, the remark and the buyer id; return the receiver's keyed digest.

        The same receiver has the same digest in every order; a changed one is kept beside the old one.
        """
        digest = self.digest(receiver)
        content = {"receiver": receiver.model_dump(), "remark": remark, "buyer_id": buyer_id}
        plain = json.dumps(content, ensure_ascii=False).encode()
        sealed = self._vault.seal(plain, context_of(SUBJECT, str(order), digest))
        row = {
            "order_key": str(order),
            "digest": digest,
            "key_id": sealed.key_id,
            "blob": sealed.blob,
            "put_at": self._database.clock(),
        }
        with self._database.write() as connection:
            connection.execute(self._put, row)
        return digest

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

    def buyer_digest(self, buyer_id: str) -> str:
        """Return the keyed digest of a platform's buyer id; nobody's is empty."""
        return self._buyers.digest(buyer_id)

    def record_buyer(self, order: OrderKey, buyer_digest: str, created_at: datetime) -> None:
        """Remember who placed the order; said twice, it is known once."""
        self._buyers.record(order, buyer_digest, created_at)

    def bought_before(self, buyer_digest: str, other_than: OrderKey) -> bool:
        """Tell whether the buyer has an earlier order in this shop, one that is not known to be unpaid."""
        return self._buyers.bought_before(buyer_digest, other_than)

    def rotate(self) -> int:
        """Seal every receiver of an old key with the current one; returns how many."""
        return rotate(self._database, self._vault, RECEIVERS, SUBJECT)

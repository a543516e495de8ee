"""Whether a buyer has bought before, known by keyed digests only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, Connection, Select, and_, bindparam, exists, or_, select

from oms.domain.ids import OrderKey
from oms.store.engine import Database
from oms.store.statements import in_turn, once
from oms.store.tables import BuyersRow, OrdersRow, table_of
from oms.store.vault import Vault

BUYERS = table_of(BuyersRow)
ORDERS = table_of(OrdersRow)


class Buyers:
    """Which order is whose."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._record = once(database, BUYERS)
        self._earlier_order = _earlier_order()

    def digest(self, buyer_id: str) -> str:
        """Return the keyed digest of a platform's buyer id; nobody's is empty."""
        return self._vault.digest(f"buyer|{buyer_id}") if buyer_id else ""

    def note(self, connection: Connection, placed: Sequence[tuple[OrderKey, str, datetime]]) -> None:
        """Remember who placed orders, in the caller's transaction; said twice, it is known once.

        Nobody's digest is empty and not kept.
        """
        rows = [
            {
                "order_key": str(order),
                "channel": order.channel,
                "shop": order.shop,
                "digest": digest,
                "created_at": created_at,
            }
            for order, digest, created_at in placed
            if digest
        ]
        if rows:
            connection.execute(self._record, in_turn(rows, "order_key"))

    def bought_before(self, digest: str, other_than: OrderKey, *, everywhere: bool = False) -> bool:
        """Tell whether an earlier order of this buyer is known, one not known to be unpaid.

        `everywhere`: in any shop on the channel, whose buyer ids are the platform's; else ids are a shop's own, and
        the same id in another shop is another buyer. Of two first orders placed at the same time, one is the first.
        """
        if not digest:
            return False
        asked = {
            "of_digest": digest,
            "in_channel": other_than.channel,
            "in_shop": other_than.shop,
            "everywhere": everywhere,
            "other_than": str(other_than),
        }
        with self._database.read() as connection:
            return connection.execute(self._earlier_order, asked).first() is not None


def _earlier_order() -> Select[tuple[str]]:
    this = BUYERS.alias("this")
    earlier = or_(
        BUYERS.c.created_at < this.c.created_at,
        and_(BUYERS.c.created_at == this.c.created_at, BUYERS.c.order_key < this.c.order_key),
    )
    unpaid = exists().where(ORDERS.c.order_key == BUYERS.c.order_key, ORDERS.c.paid_at.is_(None))
    return (
        select(BUYERS.c.order_key)
        .outerjoin(this, this.c.order_key == bindparam("other_than"))
        .where(
            BUYERS.c.digest == bindparam("of_digest"),
            BUYERS.c.channel == bindparam("in_channel"),
            or_(BUYERS.c.shop == bindparam("in_shop"), bindparam("everywhere", type_=Boolean())),
            BUYERS.c.order_key != bindparam("other_than"),
            or_(this.c.order_key.is_(None), earlier),
            ~unpaid,
        )
        .limit(1)
    )

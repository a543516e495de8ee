"""The present token of each shop, sealed: refreshed by one process, used by all."""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import select, update

from oms.domain.ids import ShopKey
from oms.ports import Token
from oms.store.engine import Database
from oms.store.sealing import context_of, rotate
from oms.store.statements import once
from oms.store.tables import ChannelTokensRow, table_of
from oms.store.vault import Sealed, Vault

TOKENS = table_of(ChannelTokensRow)
SUBJECT = "channel_token"
NOBODY = datetime(1970, 1, 1, tzinfo=UTC)


class _Kept(BaseModel):
    """A token as it lies sealed."""

    token: Token | None


class ShopTokens:
    """What opens each shop at present."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._first = once(database, TOKENS)

    def read(self, shop: ShopKey) -> Token | None:
        """Return the token kept; None when none was."""
        statement = select(TOKENS.c.key_id, TOKENS.c.blob).where(TOKENS.c.shop_key == str(shop))
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        plain = self._vault.open(Sealed(row.key_id, row.blob), context_of(SUBJECT, str(shop)))
        return _Kept.model_validate_json(plain).token

    def write(self, shop: ShopKey, token: Token) -> None:
        """Keep a token in the place of the one before."""
        row = self._row(shop, token)
        with self._database.write() as connection:
            if not connection.execute(self._first, row).rowcount:
                changes = {name: row[name] for name in ("key_id", "blob", "written_at")}
                connection.execute(update(TOKENS).where(TOKENS.c.shop_key == str(shop)).values(changes))

    def lease(self, shop: ShopKey, seconds: float) -> bool:
        """Claim the right to refresh for so long; False while somebody else holds it."""
        now = self._database.clock()
        free = update(TOKENS).where(TOKENS.c.shop_key == str(shop), TOKENS.c.leased_until <= now)
        with self._database.write() as connection:
            connection.execute(self._first, self._row(shop, None))
            claimed = connection.execute(free.values(leased_until=now + timedelta(seconds=seconds)))
            return claimed.rowcount == 1

    def release(self, shop: ShopKey) -> None:
        """Give the claim back."""
        with self._database.write() as connection:
            connection.execute(
                update(TOKENS).where(TOKENS.c.shop_key == str(shop)).values(leased_until=NOBODY)
            )

    def rotate(self) -> int:
        """Seal every token of an old key anew; returns how many."""
        return rotate(self._database, self._vault, TOKENS, SUBJECT)

    def _row(self, shop: ShopKey, token: Token | None) -> dict[str, object]:
        plain = _Kept(token=token).model_dump_json().encode()
        sealed = self._vault.seal(plain, context_of(SUBJECT, str(shop)))
        return {
            "shop_key": str(shop), "key_id": sealed.key_id, "blob": sealed.blob,
            "written_at": self._database.clock(), "leased_until": NOBODY,
        }  # fmt: skip

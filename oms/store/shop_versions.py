"""Which API version each shop is spoken to in, for all processes together, and who switched it when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from oms.domain.ids import ShopKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import ShopVersionLogRow, ShopVersionsRow, table_of

VERSIONS, LOG = table_of(ShopVersionsRow), table_of(ShopVersionLogRow)


class VersionSwitched(Fact):
    """One shop's change from a version to another; `was` is empty for the first."""

    shop: ShopKey
    at: Moment
    actor: str
    was: str
    version: str
    why: str


class ShopVersions:
    """The versions in force; every switch stays in the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._first = once(database, VERSIONS)

    def all(self) -> Mapping[str, str]:
        """Return the version in force of every shop that ever had one, by `{channel}:{shop}`."""
        with self._database.read() as connection:
            rows = connection.execute(select(VERSIONS.c.shop_key, VERSIONS.c.version)).all()
        return {row.shop_key: row.version for row in rows}

    def begin(self, wanted: VersionSwitched) -> bool:
        """Note a shop's first version; a shop that has one keeps it. Returns whether it was the first."""
        with self._database.write() as connection:
            if not connection.execute(self._first, _row(wanted)).rowcount:
                return False
            _note(connection, wanted)
            return True

    def switch(self, wanted: VersionSwitched) -> bool:
        """Bring a version into force; False when it was not `wanted.was` any more, or is what was asked for."""
        statement = update(VERSIONS).where(
            VERSIONS.c.shop_key == str(wanted.shop), VERSIONS.c.version == wanted.was
        )
        if wanted.was == wanted.version:
            return False
        with self._database.write() as connection:
            if not connection.execute(statement.values(**_row(wanted))).rowcount:
                return False
            _note(connection, wanted)
            return True

    def log(self, shop: ShopKey | None = None, limit: int = 100) -> tuple[VersionSwitched, ...]:
        """Return the switches of a shop (of all, for None), the newest first."""
        columns = [LOG.c[name] for name in ("shop_key", "at", "actor", "was", "version", "why")]
        statement = select(*columns).order_by(LOG.c.id.desc()).limit(limit)
        if shop is not None:
            statement = statement.where(LOG.c.shop_key == str(shop))
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(statement).mappings()]
        return tuple(VersionSwitched(shop=_shop(row.pop("shop_key")), **row) for row in rows)


def switched(shop: ShopKey, at: datetime, actor: str, versions: tuple[str, str], why: str) -> VersionSwitched:
    """Write down a switch from the first of `versions` to the second."""
    was, version = versions
    return VersionSwitched(shop=shop, at=at, actor=actor, was=was, version=version, why=why)


def _row(wanted: VersionSwitched) -> dict[str, Any]:
    return {
        "shop_key": str(wanted.shop), "version": wanted.version, "applied_by": wanted.actor, "why": wanted.why,
        "applied_at": wanted.at,
    }  # fmt: skip


def _note(connection: Connection, wanted: VersionSwitched) -> None:
    row = {**wanted.model_dump(exclude={"shop"}), "shop_key": str(wanted.shop)}
    connection.execute(insert(LOG).values(**row))


def _shop(text: str) -> ShopKey:
    channel, _, shop = text.partition(":")
    return ShopKey(channel=channel, shop=shop)

"""Move sealed rows from retired keys to the current one, some at a time."""

from sqlalchemy import ColumnElement, Table, and_, select, update

from oms.store.engine import Database
from oms.store.vault import Sealed, Vault

BATCH = 200


def rotate(database: Database, vault: Vault, table: Table, subject: str) -> int:
    """Seal every row of an old key anew; returns how many. Rows stay readable all the while.

    `subject` begins the context of the table's rows. Safe to stop, to repeat and to run beside the others.
    """
    key = list(table.primary_key)
    old = select(*key, table.c.key_id, table.c.blob).where(table.c.key_id != vault.current).limit(BATCH)
    done = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(old).all()
        if not rows:
            return done
        with database.write() as connection:
            for *identity, key_id, blob in rows:
                context = context_of(subject, *identity)
                sealed = vault.seal(vault.open(Sealed(key_id, blob), context), context)
                same: ColumnElement[bool] = and_(
                    *(column == value for column, value in zip(key, identity, strict=True)),
                    table.c.blob == blob,
                )
                statement = update(table).where(same).values(key_id=sealed.key_id, blob=sealed.blob)
                done += connection.execute(statement).rowcount


def context_of(subject: str, *identity: str) -> str:
    """Name a row, so that its seal opens nowhere else."""
    return "|".join((subject, *identity))

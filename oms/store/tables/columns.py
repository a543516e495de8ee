"""What all tables share: their metadata, their column types, and moments that stay aware."""

from datetime import UTC, datetime
from typing import cast

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Table
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel


def _in_utc(_column: object, value: datetime | None, dialect: Dialect) -> datetime | None:
    del dialect  # the same on both
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a naive datetime has no place in the database")
    return value.astimezone(UTC)


def _aware(_column: object, value: datetime | None, dialect: Dialect) -> datetime | None:
    del dialect
    if value is None:
        return None
    # SQLite knows no zone.
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and aware again when read, on SQLite as on PostgreSQL.

    A naive moment is a mistake of ours: SQLAlchemy wraps the ValueError in a StatementError.
    """

    impl = DateTime(timezone=True)
    cache_ok = True
    process_bind_param = _in_utc
    process_result_value = _aware


COUNTER = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database counts up by itself, which SQLite does for plain INTEGER only."""


class Row(SQLModel, registry=registry(metadata=MetaData())):
    """The base of every table; a class is named after its table, with `Row` behind it.

    Texts have no length: PostgreSQL would refuse a longer one for ever, and refusing is the mapping's job.
    """


METADATA: MetaData = Row.metadata


def table_of(row: type[Row]) -> Table:
    """Return the Core table of a row class, which is what the statements speak of."""
    return cast("Table", row.__table__)  # type: ignore[attr-defined]  # SQLModel sets it where table=True

"""How the outside interfaces are: their states, the reads of their lists, the shape of their answers (R29)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class InterfaceHealthRow(Row, table=True):
    """One interface, as the watch left it; see `oms.domain.healthiness.Standing`."""

    __tablename__ = "interface_health"

    interface: str = Field(primary_key=True)
    """`{system}/{name}`."""
    state: str
    since: datetime = Field(sa_type=UtcDateTime)
    reason: str
    turning: int
    retired_for: list[str] = Field(sa_type=JSON)
    checked_at: datetime = Field(sa_type=UtcDateTime)


class ListReadsRow(Row, table=True):
    """How many rows a shop's list had when it was read to its end."""

    __tablename__ = "list_reads"

    list_key: str = Field(primary_key=True)
    """`{channel}:{shop}`, with `#after_sales` behind it for that list."""
    at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    rows: int


class ShapesRow(Row, table=True):
    """The recorded shape of one interface's answers in one version; paths and types, no contents."""

    __tablename__ = "shapes"

    interface: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    contract: dict[str, Any] = Field(sa_type=JSON)
    """See `oms.domain.shapes.Contract`."""
    looked_at: datetime = Field(sa_type=UtcDateTime)
    broken_since: datetime | None = Field(default=None, sa_type=UtcDateTime)

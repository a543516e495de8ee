"""What the desk does in the background: trials of rule tables, parked payloads read again."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class DeskJobsRow(Row, table=True):
    """One thing that somebody asked for, how far it is, and what came of it."""

    __tablename__ = "desk_jobs"
    __table_args__ = (Index("ix_desk_jobs_kind_id", "kind", "id"),)

    id: str = Field(primary_key=True)
    """Begins with the moment, so that ids sort by time."""
    kind: str
    by: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    asked: dict[str, Any] = Field(sa_type=JSON)
    text: str
    """What came with it as a file; not read for lists."""
    state: str = Field(index=True)
    done: int
    total: int
    result: dict[str, Any] = Field(sa_type=JSON)
    trouble: str
    holder: str
    """Which process works at it; empty: none does."""
    beat_at: datetime | None = Field(sa_type=UtcDateTime)
    """When that process last said so."""
    ended_at: datetime | None = Field(sa_type=UtcDateTime)

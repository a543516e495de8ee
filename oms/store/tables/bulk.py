"""What a person asked of many orders at once, and what became of each."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime

UNDER_WAY = text("ended_at IS NULL")


class BulkJobsRow(Row, table=True):
    """One selection and what is asked of it; a process that works at it says so now and then."""

    __tablename__ = "bulk_jobs"
    __table_args__ = (
        Index("ix_bulk_jobs_under_way", "made_at", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
        Index("ix_bulk_jobs_made_at", "made_at"),
    )

    id: str = Field(primary_key=True)
    by: str
    ask: str
    hold: str
    why: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    holder: str
    """Which process works at it; empty: none."""
    beat_at: datetime | None = Field(sa_type=UtcDateTime)
    """When the holder was last heard of."""
    stopped_by: str
    trouble: str
    """Why it does not go on just now; empty when it does."""
    ended_at: datetime | None = Field(sa_type=UtcDateTime)


class BulkItemsRow(Row, table=True):
    """One order of a selection."""

    __tablename__ = "bulk_items"

    job_id: str = Field(primary_key=True)
    order_key: str = Field(primary_key=True)
    place: int
    stood: str
    """Stage and holds, as the person saw them."""
    fate: str
    words: str
    settled_at: datetime | None = Field(sa_type=UtcDateTime)

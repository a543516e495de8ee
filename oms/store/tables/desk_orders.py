"""What the desk looks orders up by: their marks, and the views that people keep."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class OrderMarksRow(Row, table=True):
    """One hold or one tag of an order; triggers on `orders` write them, nobody else does.

    Holds of orders that have ended are left out: they hold nothing.
    """

    __tablename__ = "order_marks"
    __table_args__ = (Index("ix_order_marks_newest", "kind", "mark", "created_at", "order_key"),)

    order_key: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """`hold` or `tag`."""
    mark: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    """The order's own, which never changes: a list of one mark, newest first, is read straight from the index."""


class SavedViewsRow(Row, table=True):
    """A choice of orders that somebody keeps under a name."""

    __tablename__ = "saved_views"

    person: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    chosen: dict[str, str] = Field(sa_type=JSON)
    kept_at: datetime = Field(sa_type=UtcDateTime)

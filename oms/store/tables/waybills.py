"""Waybill numbers that we drew, so that none is drawn twice and each goes back the way it came."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class DrawnWaybillsRow(Row, table=True):
    """A number drawn for a delivery order; `by` is the way it came, as the shops file names it."""

    __tablename__ = "drawn_waybills"
    __table_args__ = (Index("ix_drawn_waybills_order", "order_key"),)

    code: str = Field(primary_key=True)
    """The delivery order's."""
    order_key: str
    waybill: str
    carrier: str
    by: str
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    given_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

"""What lies in the warehouses, what of it is promised to whom, and who waits."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class StockRow(Row, table=True):
    """Pieces of a SKU in a warehouse. `on_hand` may be negative while reports arrive out of order."""

    __tablename__ = "stock"
    __table_args__ = (CheckConstraint("reserved >= 0", name="ck_stock_reserved"),)

    sku: str = Field(primary_key=True)
    warehouse: str = Field(primary_key=True)
    on_hand: int = Field(sa_type=BigInteger)
    reserved: int = Field(sa_type=BigInteger)


class ReservationsRow(Row, table=True):
    """Pieces promised to an order; the row goes when they are given back or leave with a parcel."""

    __tablename__ = "reservations"

    order_key: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    """Place in the answer: asking again gives the same answer, and two askers at once cannot both insert the first."""
    warehouse: str
    line: str
    sku: str
    quantity: int = Field(sa_type=BigInteger)


class StockWaitsRow(Row, table=True):
    """An order waits for a SKU since it was first told that there is none."""

    __tablename__ = "stock_waits"
    __table_args__ = (Index("ix_stock_waits_sku_since", "sku", "since"),)

    order_key: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime)


class StockEventsRow(Row, table=True):
    """A warehouse's report of a difference, remembered so that it counts once."""

    __tablename__ = "stock_events"

    event_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)

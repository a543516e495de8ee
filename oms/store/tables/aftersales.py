"""The read model of after-sales, and the pieces that came back and cannot be sold."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class AfterSalesRow(Row, table=True):
    """The newest view of a case; columns are named as the fields of `oms.domain.aftersales.book.AfterSaleRow`."""

    __tablename__ = "after_sales"
    __table_args__ = (Index("ix_after_sales_status_opened_at", "status", "opened_at"),)

    key: str = Field(primary_key=True)
    case_id: str
    order_key: str = Field(index=True)
    business_id: str
    seq: int = Field(sa_type=BigInteger)
    kind: str
    status: str
    raw_status: str
    line: str
    quantity: int | None = Field(sa_type=BigInteger)
    refund_fen: int = Field(sa_type=BigInteger)
    held: str
    why_here: str
    sla_state: str
    answer_by: datetime | None = Field(sa_type=UtcDateTime)
    next_deadline: datetime | None = Field(sa_type=UtcDateTime)
    next_deadline_text: str
    waybill: str = Field(index=True)
    carrier: str
    return_code: str = Field(index=True)
    delivery_code: str = Field(index=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    modified_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(sa_type=UtcDateTime)


class DamagedStockRow(Row, table=True):
    """Pieces of a SKU that came back damaged: they lie in the warehouse and are promised to nobody."""

    __tablename__ = "damaged_stock"

    sku: str = Field(primary_key=True)
    warehouse: str = Field(primary_key=True)
    pieces: int = Field(sa_type=BigInteger)

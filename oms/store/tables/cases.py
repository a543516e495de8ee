"""What was handed on of buyers' after-sales."""

from datetime import datetime

from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class CasesSeenRow(Row, table=True):
    """The newest content of an after-sale that intake has handed on."""

    __tablename__ = "cases_seen"

    shop_key: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    fingerprint: str
    status: str
    modified_at: datetime = Field(sa_type=UtcDateTime)


class CaseParcelsRow(Row, table=True):
    """A parcel of an after-sale: goods that come back, or that were sent once more."""

    __tablename__ = "case_parcels"

    case_key: str = Field(primary_key=True)
    waybill: str = Field(primary_key=True, index=True)
    order_key: str
    carrier: str
    way: str
    """`back` or `out`."""
    shipped_at: datetime = Field(sa_type=UtcDateTime)
    state: str
    """The furthest that was heard of it, and that its case was told."""

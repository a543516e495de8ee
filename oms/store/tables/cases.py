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

"""The calls to outside interfaces, one row each (R32)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, text
from sqlmodel import Field

from oms.store.tables.columns import COUNTER, Row, UtcDateTime

FAILED_ONLY = text("result NOT IN ('ok', 'refused')")
FOR_AN_ORDER = text("order_key <> ''")


class CallsRow(Row, table=True):
    """One call; columns are named as in `oms.domain.calls.CallMade`. Failures are few, so their index is small."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_at", "at"),
        Index("ix_calls_interface", "system", "interface", "at"),
        Index("ix_calls_failed", "at", sqlite_where=FAILED_ONLY, postgresql_where=FAILED_ONLY),
        Index("ix_calls_order", "order_key", sqlite_where=FOR_AN_ORDER, postgresql_where=FOR_AN_ORDER),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    at: datetime = Field(sa_type=UtcDateTime)
    system: str
    interface: str
    version: str
    shop: str
    order_key: str
    attempt: int
    duration_ms: int = Field(sa_type=BigInteger)
    status: int
    result: str
    request_id: str
    bytes_sent: int = Field(sa_type=BigInteger)
    bytes_received: int = Field(sa_type=BigInteger)
    skew_seconds: int | None = Field(sa_type=BigInteger)
    excerpt: str
    marks: list[Any] = Field(sa_type=JSON)

"""Personal data, sealed, and the record of everyone who looked at it."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from oms.store.tables.columns import COUNTER, Row, UtcDateTime


class ReceiversRow(Row, table=True):
    """A receiver of an order with the buyer's remark, sealed; a changed address is a row of its own."""

    __tablename__ = "receivers"

    order_key: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    key_id: str
    blob: bytes
    put_at: datetime = Field(sa_type=UtcDateTime)


class DecryptLogRow(Row, table=True):
    """Somebody read personal data: who, whose order, what for, when."""

    __tablename__ = "decrypt_log"

    id: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    subject: str = Field(index=True)
    """The order, or the inbox row."""
    purpose: str


class BuyersRow(Row, table=True):
    """Which buyer, by keyed digest, placed which order when."""

    __tablename__ = "buyers"
    __table_args__ = (Index("ix_buyers_digest", "digest", "channel", "shop", "created_at"),)

    order_key: str = Field(primary_key=True)
    channel: str
    shop: str
    digest: str
    created_at: datetime = Field(sa_type=UtcDateTime)

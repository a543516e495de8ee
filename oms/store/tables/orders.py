"""The read model of an order: its row, its audit events, its parcels, and what subscribers are told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, text
from sqlmodel import Field

from oms.store.tables.columns import COUNTER, Row, UtcDateTime

UNSHIPPED = text("shipped_at IS NULL AND ended_at IS NULL")
"""Only these can still miss what was promised."""
UNFINISHED = text("ended_at IS NULL")
"""Most orders have ended; whoever has a word for those under way reads only them."""


def beginning(table: str, column: str, *, unique: bool = False) -> Index:
    """Index what people type the beginning of; in PostgreSQL's usual collations a plain index does not serve that."""
    ops = {column: "text_pattern_ops"}
    return Index(f"ix_{table}_{column}", column, unique=unique, postgresql_ops=ops)


class OrdersRow(Row, table=True):
    """The newest view of an order; columns are named as the fields of `oms.domain.book.OrderRow`."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_stage_created_at", "stage", "created_at", "channel", "shop"),
        Index("ix_orders_unfinished", "order_key", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_orders_channel_created_at", "channel", "created_at"),
        Index("ix_orders_shop_created_at", "channel", "shop", "created_at"),
        Index("ix_orders_due", "next_deadline", sqlite_where=UNSHIPPED, postgresql_where=UNSHIPPED),
        Index("ix_orders_ship_by", "ship_by", sqlite_where=UNSHIPPED, postgresql_where=UNSHIPPED),
        beginning("orders", "number"),
        beginning("orders", "business_id", unique=True),
    )

    order_key: str = Field(primary_key=True)
    channel: str
    shop: str
    number: str
    business_id: str
    seq: int = Field(sa_type=BigInteger)
    stage: str
    outcome: str
    holds: list[str] = Field(sa_type=JSON)
    payment: str
    sla_state: str
    next_deadline: datetime | None = Field(sa_type=UtcDateTime)
    next_deadline_text: str
    why_here: str
    tags: list[str] = Field(sa_type=JSON)
    total_fen: int = Field(sa_type=BigInteger)
    currency: str
    platform_status: str
    platform_fingerprint: str
    platform_modified_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    paid_at: datetime | None = Field(sa_type=UtcDateTime)
    ship_by: datetime | None = Field(sa_type=UtcDateTime)
    shipped_at: datetime | None = Field(sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(sa_type=UtcDateTime)
    waiting_for: list[str] = Field(sa_type=JSON)
    sold: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": text("'{}'")}
    )
    """How the platform sold it, see `oms.domain.book.Sold`; empty for orders from before."""


RULED = text("rule <> ''")
"""Few audit events come of a rule; the report reads only those."""


class AuditRow(Row, table=True):
    """One change of an order; written once, never changed."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_order_key_seq", "order_key", "seq"),
        Index("ix_audit_rule_at", "at", sqlite_where=RULED, postgresql_where=RULED),
    )

    id: str = Field(primary_key=True)
    order_key: str
    seq: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    what: str
    before: str
    after: str
    why: str
    rule_version: str
    rule: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The rule's id in the table; empty for most changes."""
    topic: str


class OutboxRow(Row, table=True):
    """One event for subscribers, in the order in which they are to hear it."""

    __tablename__ = "outbox"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own form
    """Numbers are never used again, even when all events were cleared away: readers remember the last one."""

    seq: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    id: str = Field(index=True, unique=True)
    topic: str
    order_key: str
    at: datetime = Field(sa_type=UtcDateTime)
    payload: dict[str, Any] = Field(sa_type=JSON)
    written_in: int | None = Field(default=None, sa_type=BigInteger)
    """PostgreSQL's number of the transaction: until all older ones have ended, a row of lower `seq` may still appear."""


ARRIVED = text("delivered_at IS NOT NULL")
"""Whoever asks how long parcels usually take reads only those that have arrived."""
UNTOLD = text("NOT written_back")
"""Channels know nearly every parcel; the desk asks for those they do not."""


class ParcelsRow(Row, table=True):
    """A parcel of an order. One waybill may carry goods of several orders, so the order is in the key."""

    __tablename__ = "parcels"
    __table_args__ = (
        Index("ix_parcels_untold", "shipped_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
        beginning("parcels", "waybill"),
        Index(
            "ix_parcels_arrived", "carrier", "delivered_at", sqlite_where=ARRIVED, postgresql_where=ARRIVED
        ),
    )

    order_key: str = Field(primary_key=True)
    waybill: str = Field(primary_key=True)
    carrier: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    delivery_order: str
    pieces: list[dict[str, Any]] = Field(sa_type=JSON)
    shipped_at: datetime = Field(sa_type=UtcDateTime)
    state: str
    raw_state: str
    state_at: datetime | None = Field(sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(sa_type=UtcDateTime)
    written_back: bool


class ScansRow(Row, table=True):
    """One line of a carrier's trace, sealed: carriers write names and phones into it."""

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_waybill_at", "waybill", "at"),)

    id: str = Field(primary_key=True)
    """A keyed digest of the whole line, so that a repeated line is one row."""
    waybill: str
    at: datetime = Field(sa_type=UtcDateTime)
    raw_state: str
    key_id: str
    blob: bytes

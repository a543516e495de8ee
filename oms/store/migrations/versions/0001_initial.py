"""The tables that an order's whole way needs.

Revision ID: 0001
Revises: none
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "audit", "buyers", "completeness", "decrypt_log", "inbox", "notices", "order_seen", "orders", "outbox",
    "parcels", "poll_states", "receivers", "reservations", "scans", "stock", "stock_events", "stock_waits",
)  # fmt: skip


def upgrade() -> None:
    """Create everything."""
    create_order_tables()
    create_parcel_tables()
    create_stock_tables()
    create_arrival_tables()
    create_polling_tables()
    create_people_tables()


def downgrade() -> None:
    """Drop everything."""
    for name in TABLES:
        op.drop_table(name)


def create_order_tables() -> None:
    """Create orders, audit and outbox."""
    op.create_table(
        "orders",
        *texts("order_key", "channel", "shop", "number", "business_id"),
        *bigs("seq"),
        *texts("stage", "outcome"),
        sa.Column("holds", sa.JSON(), nullable=False),
        *texts("payment", "sla_state"),
        moment("next_deadline", nullable=True),
        *texts("next_deadline_text", "why_here"),
        sa.Column("tags", sa.JSON(), nullable=False),
        *bigs("total_fen"),
        *texts("currency", "platform_status", "platform_fingerprint"),
        moment("platform_modified_at"),
        moment("created_at"),
        *(moment(what, nullable=True) for what in ("paid_at", "ship_by", "shipped_at", "delivered_at", "ended_at")),
        sa.Column("waiting_for", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("order_key"),
    )
    op.create_index("ix_orders_business_id", "orders", ["business_id"], unique=True)
    op.create_index("ix_orders_created_at", "orders", ["created_at"])
    op.create_index("ix_orders_stage_created_at", "orders", ["stage", "created_at"])
    op.create_table(
        "audit",
        *texts("id", "order_key"),
        *bigs("seq"),
        moment("at"),
        *texts("actor", "what", "before", "after", "why", "rule_version", "topic"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_order_key_seq", "audit", ["order_key", "seq"])


def create_parcel_tables() -> None:
    """Create outbox, parcels and scans."""
    op.create_table(
        "outbox",
        sa.Column("seq", COUNTER, nullable=False),
        *texts("id", "topic", "order_key"),
        moment("at"),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("written_in", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_id", "outbox", ["id"], unique=True)
    op.create_table(
        "parcels",
        *texts("order_key", "waybill", "carrier"),
        *bigs("seq"),
        *texts("delivery_order"),
        sa.Column("pieces", sa.JSON(), nullable=False),
        moment("shipped_at"),
        *texts("state", "raw_state"),
        moment("state_at", nullable=True),
        moment("delivered_at", nullable=True),
        sa.Column("written_back", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("order_key", "waybill", "carrier"),
    )
    op.create_index("ix_parcels_waybill", "parcels", ["waybill"])
    op.create_table(
        "scans",
        *texts("id", "waybill"),
        moment("at"),
        *texts("raw_state"),
        *sealed(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_scans_waybill_at", "scans", ["waybill", "at"])


def create_stock_tables() -> None:
    """Create stock, reservations and who waits."""
    op.create_table(
        "stock",
        *texts("sku", "warehouse"),
        *bigs("on_hand", "reserved"),
        sa.CheckConstraint("reserved >= 0", name="ck_stock_reserved"),
        sa.PrimaryKeyConstraint("sku", "warehouse"),
    )
    op.create_table(
        "reservations",
        *texts("order_key"),
        *bigs("position"),
        *texts("warehouse", "line", "sku"),
        *bigs("quantity"),
        sa.PrimaryKeyConstraint("order_key", "position"),
    )
    op.create_table(
        "stock_waits", *texts("order_key", "sku"), moment("since"), sa.PrimaryKeyConstraint("order_key", "sku")
    )
    op.create_index("ix_stock_waits_sku_since", "stock_waits", ["sku", "since"])
    op.create_table("stock_events", *texts("event_id"), moment("at"), sa.PrimaryKeyConstraint("event_id"))


def create_arrival_tables() -> None:
    """Create the inbox and what was handed on."""
    op.create_table(
        "inbox",
        *texts("inbox_id", "channel", "shop", "way", "source"),
        moment("received_at"),
        *texts("digest"),
        *sealed(),
        *texts("status", "order_key", "reason"),
        moment("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("inbox_id"),
    )
    op.create_index("ix_inbox_order_key", "inbox", ["order_key"])
    op.create_index("ix_inbox_status", "inbox", ["status"])
    op.create_table(
        "order_seen", *texts("order_key", "fingerprint"), moment("modified_at"), sa.PrimaryKeyConstraint("order_key")
    )


def create_polling_tables() -> None:
    """Create the state of polling, its proof, and the notices."""
    op.create_table(
        "poll_states",
        *texts("shop_key"),
        moment("cursor", nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        moment("last_ok_at", nullable=True),
        *texts("last_error"),
        sa.Column("alerted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("shop_key"),
    )
    op.create_table(
        "completeness",
        *texts("shop_key"),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(n, sa.Integer(), nullable=False) for n in ("platform_count", "our_count", "delivered", "parked")),
        *texts("note"),
        moment("checked_at"),
        sa.PrimaryKeyConstraint("shop_key", "day"),
    )
    op.create_table(
        "notices",
        *texts("id"),
        moment("at"),
        *texts("to", "severity", "title", "body", "order"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notices_at", "notices", ["at"])


def create_people_tables() -> None:
    """Create receivers, the log of who looked, and the buyers."""
    op.create_table(
        "receivers",
        *texts("order_key", "digest"),
        *sealed(),
        moment("put_at"),
        sa.PrimaryKeyConstraint("order_key", "digest"),
    )
    op.create_table(
        "decrypt_log",
        sa.Column("id", COUNTER, nullable=False),
        moment("at"),
        *texts("who", "subject", "purpose"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decrypt_log_subject", "decrypt_log", ["subject"])
    op.create_table(
        "buyers",
        *texts("order_key", "channel", "shop", "digest"),
        moment("created_at"),
        sa.PrimaryKeyConstraint("order_key"),
    )
    op.create_index("ix_buyers_digest", "buyers", ["digest", "channel", "shop", "created_at"])


def texts(*names: str) -> list[sa.Column[Any]]:
    """Return text columns."""
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def bigs(*names: str) -> list[sa.Column[Any]]:
    """Return big integer columns."""
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a column of moments in UTC."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def sealed() -> list[sa.Column[Any]]:
    """Return the columns of a sealed content."""
    return [sa.Column("key_id", sa.String(), nullable=False), sa.Column("blob", sa.LargeBinary(), nullable=False)]

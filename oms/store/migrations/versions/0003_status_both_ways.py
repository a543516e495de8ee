"""What status both ways needs, part by part.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _create_parcel_watch()
    _create_drawn_waybills()
    _create_subscriptions()
    _create_cases_seen()
    _create_after_sales()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("parcel_watch")
    op.drop_table("drawn_waybills")
    op.drop_table("subscriptions")
    op.drop_table("cases_seen")
    op.drop_table("after_sales")
    op.drop_table("damaged_stock")


def _create_cases_seen() -> None:
    """What was handed on of after-sales."""
    op.create_table(
        "cases_seen",
        sa.Column("shop_key", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("modified_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("shop_key", "case_id"),
    )


def _create_subscriptions() -> None:
    """How far each subscriber has been told."""
    op.create_table(
        "subscriptions",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("ahead", sa.JSON(), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("last_answer", sa.String(), nullable=False),
        sa.Column("last_ok_at", MOMENT, nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _create_drawn_waybills() -> None:
    """Waybill numbers that we drew ourselves."""
    op.create_table(
        "drawn_waybills",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("order_key", sa.String(), nullable=False),
        sa.Column("waybill", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("given_back_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_drawn_waybills_order", "drawn_waybills", ["order_key"])


def _create_parcel_watch() -> None:
    """What the watch over parcels remembers of a waybill."""
    moments = ("scanned_at", "picked_up_at", "asked_at", "rest_until", "gave_up_at", "risk_at")
    op.create_table(
        "parcel_watch",
        sa.Column("waybill", sa.String(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in moments),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("waybill"),
    )


def _create_after_sales() -> None:
    """The read model of after-sales, and the pieces that came back damaged."""
    texts = ("case_id", "order_key", "business_id", "kind", "status", "raw_status", "line", "held", "why_here")
    codes = ("sla_state", "next_deadline_text", "waybill", "carrier", "return_code", "delivery_code")
    op.create_table(
        "after_sales",
        sa.Column("key", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*texts, *codes)),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("refund_fen", sa.BigInteger(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("answer_by", "next_deadline", "ended_at")),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("opened_at", "modified_at")),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_after_sales_status_opened_at", "after_sales", ["status", "opened_at"])
    for name in ("order_key", "waybill", "return_code", "delivery_code"):
        op.create_index(f"ix_after_sales_{name}", "after_sales", [name])
    op.create_table(
        "damaged_stock",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("warehouse", sa.String(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", "warehouse"),
    )

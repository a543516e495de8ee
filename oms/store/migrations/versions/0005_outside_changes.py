"""What the watch over the outside world needs, part by part: calls, the register, alerts.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa  # noqa: F401 - used by the parts
from alembic import op  # noqa: F401 - used by the parts

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _create_register()
    _create_health()
    _create_calls()
    _create_repair()
    _create_alerts()


def downgrade() -> None:
    """Drop them."""
    _drop_alerts()
    _drop_register()
    _drop_health()
    _drop_repair()
    _drop_calls()


def _create_calls() -> None:
    """One row per call to an outside interface; failures are few, so their index is small."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    counts = [
        sa.Column(name, sa.BigInteger(), nullable=False)
        for name in ("duration_ms", "bytes_sent", "bytes_received")
    ]
    words = [
        sa.Column(name, sa.String(), nullable=False)
        for name in ("system", "interface", "version", "shop", "order_key", "result", "request_id", "excerpt")
    ]
    op.create_table(
        "calls",
        sa.Column("id", number, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *words,
        *counts,
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("skew_seconds", sa.BigInteger(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    failed, of_orders = sa.text("result NOT IN ('ok', 'refused')"), sa.text("order_key <> ''")
    op.create_index("ix_calls_at", "calls", ["at"])
    op.create_index("ix_calls_interface", "calls", ["system", "interface", "at"])
    op.create_index("ix_calls_failed", "calls", ["at"], sqlite_where=failed, postgresql_where=failed)
    op.create_index(
        "ix_calls_order", "calls", ["order_key"], sqlite_where=of_orders, postgresql_where=of_orders
    )


def _drop_calls() -> None:
    for index in ("ix_calls_order", "ix_calls_failed", "ix_calls_interface", "ix_calls_at"):
        op.drop_index(index, table_name="calls")
    op.drop_table("calls")


def _create_repair() -> None:
    """Which version each shop is spoken to in, who switched it, and what must be read again."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "shop_versions",
        sa.Column("shop_key", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("applied_by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("shop_key"),
    )
    op.create_table(
        "shop_version_log",
        sa.Column("id", number, nullable=False),
        sa.Column("shop_key", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shop_version_log_shop_key", "shop_version_log", ["shop_key"])
    op.create_table(
        "poll_holes",
        sa.Column("id", number, nullable=False),
        sa.Column("shop_key", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("read_until", MOMENT, nullable=True),
        sa.Column("filled_at", MOMENT, nullable=True),
        sa.Column("recovered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_poll_holes_shop_key", "poll_holes", ["shop_key"])


def _drop_repair() -> None:
    op.drop_index("ix_poll_holes_shop_key", table_name="poll_holes")
    op.drop_table("poll_holes")
    op.drop_index("ix_shop_version_log_shop_key", table_name="shop_version_log")
    op.drop_table("shop_version_log")
    op.drop_table("shop_versions")


def _create_health() -> None:
    """How interfaces stand, how many rows their lists had, and the shape of their answers."""
    op.create_table(
        "interface_health",
        sa.Column("interface", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("turning", sa.Integer(), nullable=False),
        sa.Column("retired_for", sa.JSON(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("interface"),
    )
    op.create_table(
        "list_reads",
        sa.Column("list_key", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list_key", "at"),
    )
    op.create_table(
        "shapes",
        sa.Column("interface", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("contract", sa.JSON(), nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.Column("broken_since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("interface", "version"),
    )


def _drop_health() -> None:
    for table in ("shapes", "list_reads", "interface_health"):
        op.drop_table(table)


def _create_register() -> None:
    """When interfaces, tokens and certificates end, who said so, and who was told."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    words = ("expiry_source", "expiry_version", "set_by", "set_why", "acknowledged_by", "acknowledged_why")
    moments = ("expires_at", "deprecated_at", "reminded_of", "last_ok_at", "last_failure_at", "shape_changed_at")
    op.create_table(
        "interfaces",
        sa.Column("key", sa.String(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in moments),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*words, "last_failure")),
        sa.Column("reminded_step", sa.Integer(), nullable=True),
        sa.Column("acknowledged_step", sa.Integer(), nullable=True),
        sa.Column("alerted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "interface_log",
        sa.Column("id", number, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_interface_log_key", "interface_log", ["key"])


def _drop_register() -> None:
    op.drop_index("ix_interface_log_key", table_name="interface_log")
    op.drop_table("interface_log")
    op.drop_table("interfaces")


def _create_alerts() -> None:
    """Alerts as the desk sees them, what people must hear of them, and how much each person heard lately."""
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("kind", "severity", "to", "title", "body", "order", "shop", "interface", "stage")
        ),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("acknowledged_why", sa.String(), nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_why", sa.String(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=True),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", "opened_at"),
    )
    op.create_index("ix_alerts_stage_opened_at", "alerts", ["stage", "opened_at"])
    op.create_table(
        "alert_posts",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("id", "person", "key", "kind", "shop", "severity", "word", "title", "text", "batch", "way")
        ),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_alert_posts_key", "alert_posts", ["key"])
    op.create_index("ix_alert_posts_batch", "alert_posts", ["batch"])
    op.create_index("ix_alert_posts_sent_at", "alert_posts", ["sent_at", "person"])
    op.create_table(
        "alert_pace",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )


def _drop_alerts() -> None:
    op.drop_table("alert_pace")
    for index in ("ix_alert_posts_sent_at", "ix_alert_posts_batch", "ix_alert_posts_key"):
        op.drop_index(index, table_name="alert_posts")
    op.drop_table("alert_posts")
    op.drop_index("ix_alerts_stage_opened_at", table_name="alerts")
    op.drop_table("alerts")

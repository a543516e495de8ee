"""What the rules need: their versions, and the rule behind an audit event.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _name_rules_in_audit()
    _keep_how_it_was_sold()
    _create_rule_tables()
    _follow_parcels_of_cases()


def downgrade() -> None:
    """Drop them."""
    _drop_parcels_of_cases()
    _drop_rule_tables()
    with op.batch_alter_table("orders") as orders:
        orders.drop_column("sold")
    op.drop_index("ix_audit_rule_at", table_name="audit")
    with op.batch_alter_table("audit") as audit:
        audit.drop_column("rule")


def _name_rules_in_audit() -> None:
    """Which rule is behind an audit event; most have none, so the index holds few."""
    op.add_column("audit", sa.Column("rule", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_audit_rule_at", "audit", ["at"], sqlite_where=sa.text("rule <> ''"), postgresql_where=sa.text("rule <> ''")
    )


def _keep_how_it_was_sold() -> None:
    """What a proposed table is tried on later; nothing is known of the orders from before."""
    op.add_column("orders", sa.Column("sold", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))


def _create_rule_tables() -> None:
    """Every activated version of the rule table, what was done about each, and the orders it may matter to."""
    op.create_table(
        "rule_tables",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("effective_from", MOMENT, nullable=False),
        sa.Column("activated_by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("activated_at", MOMENT, nullable=False),
        sa.Column("spread_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("version"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "rule_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rule_log_version", "rule_log", ["version"])
    unfinished = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_orders_unfinished", "orders", ["order_key"], sqlite_where=unfinished, postgresql_where=unfinished
    )


def _drop_rule_tables() -> None:
    op.drop_index("ix_orders_unfinished", table_name="orders")
    op.drop_index("ix_rule_log_version", table_name="rule_log")
    op.drop_table("rule_log")
    op.drop_table("rule_tables")


def _follow_parcels_of_cases() -> None:
    """Goods that come back, or that were sent once more, and how far each parcel was heard to be."""
    op.create_table(
        "case_parcels",
        sa.Column("case_key", sa.String(), nullable=False),
        sa.Column("waybill", sa.String(), nullable=False),
        sa.Column("order_key", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("shipped_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_key", "waybill"),
    )
    op.create_index("ix_case_parcels_waybill", "case_parcels", ["waybill"])


def _drop_parcels_of_cases() -> None:
    op.drop_index("ix_case_parcels_waybill", table_name="case_parcels")
    op.drop_table("case_parcels")

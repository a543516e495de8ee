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


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_audit_rule_at", table_name="audit")
    with op.batch_alter_table("audit") as audit:
        audit.drop_column("rule")


def _name_rules_in_audit() -> None:
    """Which rule is behind an audit event; most have none, so the index holds few."""
    op.add_column("audit", sa.Column("rule", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_audit_rule_at", "audit", ["at"], sqlite_where=sa.text("rule <> ''"), postgresql_where=sa.text("rule <> ''")
    )

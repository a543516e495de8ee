"""What six sales channels need: their tokens, the messages taken in, and how long one of them is banned.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and the column."""
    op.create_table(
        "channel_tokens",
        sa.Column("shop_key", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("shop_key"),
    )
    op.create_table(
        "pushes",
        sa.Column("shop_key", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("shop_key", "event_id"),
    )
    op.create_index("ix_pushes_at", "pushes", ["at"])
    op.add_column("poll_states", sa.Column("banned_until", MOMENT, nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("poll_states", "banned_until")
    op.drop_table("pushes")
    op.drop_table("channel_tokens")

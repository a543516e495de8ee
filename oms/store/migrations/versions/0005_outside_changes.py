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


def downgrade() -> None:
    """Drop them."""

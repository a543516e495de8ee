"""What the desk needs, part by part: people and sessions, lists of orders, bulk jobs.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa  # noqa: F401 - used by the parts
from alembic import op  # noqa: F401 - used by the parts

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables; each part has a function of its own."""


def downgrade() -> None:
    """Drop them, in the opposite order."""

"""What the desk needs, part by part: people and sessions, lists of orders, bulk jobs.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa  # noqa: F401 - used by the parts
from alembic import op  # noqa: F401 - used by the parts

from oms.store.migrations import order_marks

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables; each part has a function of its own."""
    _create_tracking()
    _create_order_lists()
    _create_bulk()
    _create_people()
    _create_desk_jobs()


def downgrade() -> None:
    """Drop them, in the opposite order."""
    _drop_tracking()
    _drop_bulk()
    _drop_people()
    _drop_desk_jobs()
    _drop_order_lists()


def _create_desk_jobs() -> None:
    """What the desk does in the background."""
    words = [
        sa.Column(name, sa.String(), nullable=False)
        for name in ("id", "kind", "by", "text", "state", "trouble", "holder")
    ]
    op.create_table(
        "desk_jobs",
        *words,
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_desk_jobs_kind_id", "desk_jobs", ["kind", "id"])
    op.create_index("ix_desk_jobs_state", "desk_jobs", ["state"])


def _drop_desk_jobs() -> None:
    op.drop_table("desk_jobs")


def _create_people() -> None:
    """Accounts, who is signed in, what people did, and how often somebody tried."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "people",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("key", "name", "role", "password")),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("email", "subject")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("language", "zone")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("signed_in_at", "disabled_at")),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("subject"),
    )
    op.create_table(
        "web_sessions",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("digest", "person_key")),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("begun_at", "seen_at")),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_web_sessions_person_key", "web_sessions", ["person_key"])
    op.create_table(
        "acts",
        sa.Column("id", number, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("who", "what", "about", "why")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_acts_about", "acts", ["about", "id"])
    op.create_table(
        "attempts",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_attempts_since", "attempts", ["since"])


def _drop_people() -> None:
    op.drop_index("ix_attempts_since", table_name="attempts")
    op.drop_table("attempts")
    op.drop_index("ix_acts_about", table_name="acts")
    op.drop_table("acts")
    op.drop_index("ix_web_sessions_person_key", table_name="web_sessions")
    op.drop_table("web_sessions")
    op.drop_table("people")


def _create_order_lists() -> None:
    """What orders are looked up by: marks, channel and shop, deadline, beginnings of numbers; views people keep."""
    op.create_table(
        "order_marks",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("order_key", "kind", "mark")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("order_key", "kind", "mark"),
    )
    op.create_table(
        "saved_views",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("person", "name")),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person", "name"),
    )
    op.create_index("ix_order_marks_newest", "order_marks", ["kind", "mark", "created_at", "order_key"])
    op.drop_index("ix_orders_stage_created_at", table_name="orders")
    op.create_index("ix_orders_stage_created_at", "orders", ["stage", "created_at", "channel", "shop"])
    op.create_index("ix_orders_channel_created_at", "orders", ["channel", "created_at"])
    op.create_index("ix_orders_shop_created_at", "orders", ["channel", "shop", "created_at"])
    here, untold = sa.text("shipped_at IS NULL AND ended_at IS NULL"), sa.text("NOT written_back")
    for name, column in (("ix_orders_due", "next_deadline"), ("ix_orders_ship_by", "ship_by")):
        op.create_index(name, "orders", [column], sqlite_where=here, postgresql_where=here)
    op.create_index(
        "ix_parcels_untold", "parcels", ["shipped_at"], sqlite_where=untold, postgresql_where=untold
    )
    _begin_with("orders", "number")
    for table, column, unique in (("orders", "business_id", True), ("parcels", "waybill", False)):
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        _begin_with(table, column, unique=unique)
    for statement in order_marks.making(sqlite=_on_sqlite()):
        op.execute(statement)


def _drop_order_lists() -> None:
    for statement in order_marks.unmaking(sqlite=_on_sqlite()):
        op.execute(statement)
    for table, column, unique in (("orders", "business_id", True), ("parcels", "waybill", False)):
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(f"ix_{table}_{column}", table, [column], unique=unique)
    op.drop_index("ix_parcels_untold", table_name="parcels")
    for name in ("number", "ship_by", "due", "shop_created_at", "channel_created_at"):
        op.drop_index(f"ix_orders_{name}", table_name="orders")
    op.drop_index("ix_orders_stage_created_at", table_name="orders")
    op.create_index("ix_orders_stage_created_at", "orders", ["stage", "created_at"])
    op.drop_table("saved_views")
    op.drop_table("order_marks")


def _begin_with(table: str, column: str, *, unique: bool = False) -> None:
    """Make an index that finds beginnings, too: in PostgreSQL's usual collations a plain one does not."""
    ops = {column: "text_pattern_ops"}
    op.create_index(f"ix_{table}_{column}", table, [column], unique=unique, postgresql_ops=ops)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_tracking() -> None:
    """How a buyer's order is found, and how long parcels usually take."""
    op.create_table(
        "order_lookups",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("digest", "order_key")),
        sa.PrimaryKeyConstraint("digest", "order_key"),
    )
    arrived = sa.text("delivered_at IS NOT NULL")
    op.create_index(
        "ix_parcels_arrived",
        "parcels",
        ["carrier", "delivered_at"],
        sqlite_where=arrived,
        postgresql_where=arrived,
    )


def _drop_tracking() -> None:
    op.drop_index("ix_parcels_arrived", table_name="parcels")
    op.drop_table("order_lookups")


def _create_bulk() -> None:
    """What is asked of many orders at once, and what became of each."""
    op.create_table(
        "bulk_jobs",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "by", "ask", "hold", "why")),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("stopped_by", "trouble")),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    under_way = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_bulk_jobs_under_way", "bulk_jobs", ["made_at"], sqlite_where=under_way, postgresql_where=under_way
    )
    op.create_index("ix_bulk_jobs_made_at", "bulk_jobs", ["made_at"])
    op.create_table(
        "bulk_items",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("job_id", "order_key")),
        sa.Column("place", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("stood", "fate", "words")),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("job_id", "order_key"),
    )


def _drop_bulk() -> None:
    op.drop_table("bulk_items")
    op.drop_index("ix_bulk_jobs_made_at", table_name="bulk_jobs")
    op.drop_index("ix_bulk_jobs_under_way", table_name="bulk_jobs")
    op.drop_table("bulk_jobs")

"""Bring a database to today's tables, from whatever version it is at."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from oms.store.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 0x6F6D73
"""PostgreSQL's advisory lock while migrating ("oms"), for replicas that start together."""


def migrate(database: Database) -> None:
    """Upgrade to the newest revision, in one transaction; at the newest already, nothing happens.

    Raises Unavailable when the database cannot answer now.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

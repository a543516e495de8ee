"""An outage delays, a mistake stays a mistake, and the tables are what the migrations make."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms.domain.errors import Misused, OmsError, Unavailable
from oms.domain.stock import Reserved
from oms.store import SeenNote, Store, Vault
from oms.store.tables import METADATA
from tests.unit.store_builders import NOON, ON_POSTGRES, a_book, a_key, pieces, there_are

MIGRATE = (
    "import sys; from oms.store import Store, Vault\n"
    "Store.open(sys.argv[1], Vault.from_keys([('k', b'k' * 32)], b'd' * 32)).migrate()"
)


def test_the_migrations_make_exactly_the_tables(empty_url: str, vault: Vault) -> None:
    """From nothing to today; once more changes nothing."""
    store = Store.open(empty_url, vault)

    store.migrate()
    store.migrate()
    with store.database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    store.close()

    assert differences == []


def test_processes_that_start_together_migrate_once(empty_url: str, vault: Vault) -> None:
    """Replicas of a new version come up at the same time."""
    started = [subprocess.Popen([sys.executable, "-c", MIGRATE, empty_url]) for _ in range(3)]

    codes = [process.wait(60) for process in started]
    store = Store.open(empty_url, vault)
    store.books.commit(a_book())
    store.close()

    assert codes == [0, 0, 0]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moment=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2999, 1, 1)),  # noqa: DTZ001 - a zone follows
    hours=st.integers(-11, 12),
)
def test_a_moment_comes_back_aware_and_equal(store: Store, moment: datetime, hours: int) -> None:
    """From whatever zone, to the microsecond."""
    written = moment.replace(tzinfo=timezone(timedelta(hours=hours)))

    key = a_key(written.isoformat().translate(str.maketrans(":+", "__")))
    store.orders.note_seen([SeenNote(key, "f", written)])
    seen = store.orders.seen(key)

    assert seen is not None
    assert seen.modified_at == written
    assert seen.modified_at.tzinfo is UTC


def test_a_naive_moment_is_refused(store: Store) -> None:
    """It would mean another time on another machine."""
    with pytest.raises(sa.exc.StatementError, match="naive"):
        store.orders.note_seen([SeenNote(a_key(), "f", NOON.replace(tzinfo=None))])


def test_a_locked_database_delays(tmp_path: Path, vault: Vault) -> None:
    """Somebody else holds SQLite's write lock longer than we are patient."""
    store = Store.open(f"sqlite:///{tmp_path}/oms.db?timeout=0.05", vault)
    store.migrate()
    holder = sqlite3.connect(tmp_path / "oms.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="OperationalError"):
        store.books.commit(a_book())
    holder.execute("ROLLBACK")
    holder.close()
    store.books.commit(a_book())
    view = store.orders.get(a_key())
    store.close()

    assert view is not None


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/oms.db", "postgresql://nobody:s3cret@127.0.0.1:1/oms"]
)
def test_a_database_that_is_not_there_delays(url: str, vault: Vault) -> None:
    """The message names neither password nor content."""
    store = Store.open(url, vault)

    with pytest.raises(Unavailable) as refusal:
        store.orders.seen(a_key())

    assert "s3cret" not in str(refusal.value)


@ON_POSTGRES
def test_a_lost_connection_delays_and_the_next_attempt_works(store: Store) -> None:
    """The server restarted, or the network forgot us; SQLite has no connection to lose."""
    store.books.commit(a_book())
    with store.database.engine.connect() as connection:
        connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        )

    outcomes = []
    for _ in range(3):
        try:
            store.orders.known(a_key())
            outcomes.append("answered")
        except Unavailable:
            outcomes.append("unavailable")

    assert outcomes[-1] == "answered"


def test_a_wrong_statement_stays_our_mistake(store: Store) -> None:
    """Asking again would never help, so it must not look like an outage."""
    with pytest.raises(sa.exc.DBAPIError) as mistake, store.database.read() as connection:
        connection.execute(sa.text("SELECT nothing FROM nowhere"))

    assert not isinstance(mistake.value, OmsError)


def test_an_error_does_not_show_what_was_written(store: Store) -> None:
    """Parameters stay out of error texts, whatever they are."""
    with pytest.raises(sa.exc.DBAPIError) as mistake, store.database.read() as connection:
        connection.execute(sa.text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "张三丰"})

    assert "张三丰" not in str(mistake.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/oms"])
def test_a_database_we_cannot_use_stops_the_start(url: str, vault: Vault) -> None:
    """Memory is not shared between processes; other databases are not tested."""
    with pytest.raises(Misused):
        Store.open(url, vault)


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    """The desk stays usable while something long is written."""
    store.stock.set_levels([there_are(1)])

    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE stock SET on_hand = 5"))
        during = store.stock.levels()[0].on_hand

    assert during == 1
    assert isinstance(store.stock.reserve(a_key(), pieces("A", 5)), Reserved)

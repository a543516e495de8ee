"""The database under the store: how a transaction begins, and what its failures mean to the caller."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from oms.clock import wall_clock
from oms.domain.errors import Misused, Unavailable

BUSY_SECONDS = 10
CONNECT_SECONDS = 5
POOL_SIZE = 10
OVERFLOW = 10
"""Two workers and a web process stay below PostgreSQL's default of 100 connections."""
OLDEST_SQLITE = (3, 35)
"""The first with RETURNING."""
READ_ONLY_NOW = "25006"
"""What a PostgreSQL that is no longer the primary says to a write."""

Clock = Callable[[], datetime]


class Database:
    """Transactions on SQLite or PostgreSQL, from many threads at once."""

    def __init__(self, engine: Engine, clock: Clock = wall_clock) -> None:
        self.engine = engine
        self.clock = clock
        self._reader = engine.execution_options(begin="BEGIN")
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")
        # SQLite admits one writer: threads queue here, fairly, instead of sleeping in its busy handler.
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Tell SQLite from PostgreSQL where they must be treated differently."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Look, in one transaction. Raises Unavailable when the database cannot answer now."""
        with translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Change, in one transaction: all of it or, on any error, nothing.

        Raises Unavailable when the database cannot answer now.
        """
        with translated(), self._turn, self._writer.begin() as connection:
            yield connection

    def insert(self, table: Table) -> "postgresql.Insert | sqlite.Insert":
        """Start an INSERT that may say ON CONFLICT, in the dialect at hand."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Let every connection go."""
        self.engine.dispose()


def open_database(url: str, clock: Clock = wall_clock) -> Database:
    """Make the engine; nothing is connected yet. Raises Misused for a URL we cannot use."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return Database(_sqlite(address), clock)
    if address.get_backend_name() in {"postgres", "postgresql"}:
        return Database(_postgresql(address.set(drivername="postgresql+psycopg")), clock)
    raise Misused(f"the database must be SQLite or PostgreSQL, not {address.get_backend_name()}")


def _sqlite(url: URL) -> Engine:
    if url.database in {None, "", ":memory:"}:
        raise Misused("SQLite needs a file: several threads and processes share the database")
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Misused(f"SQLite {sqlite3.sqlite_version} is too old; Orderloom needs 3.35 or newer")
    patience = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args=patience,
        pool_size=POOL_SIZE,
        max_overflow=-1,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_as_told)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_as_told(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
        pool_size=POOL_SIZE,
        max_overflow=OVERFLOW,
        pool_use_lifo=True,
        pool_recycle=1800,
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the database says into our errors; what we asked wrongly stays what it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("the database: every connection is in use") from error
    except DBAPIError as error:
        if _passes(error):
            raise Unavailable(f"the database: {type(error.orig).__name__}") from error
        raise


def _passes(error: DBAPIError) -> bool:
    """Tell whether asking again may help."""
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) == READ_ONLY_NOW:
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    # SQLite files a wrong statement under OperationalError, too.
    return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR

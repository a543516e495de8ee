"""The three ways in which a row comes in: once, the newest wins, or the last wins.

Statements are built once per store, not once per call: building one costs more than SQLite needs to run it.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite

from oms.store.engine import Database

Insert = postgresql.Insert | sqlite.Insert


def once(database: Database, table: Table) -> Insert:
    """Insert a row unless it is there; `rowcount` tells how many were not."""
    statement = database.insert(table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


def newest_wins(
    database: Database, table: Table, by: str, *, or_equal: bool = False, fixed: Collection[str] = ()
) -> Insert:
    """Insert a row, or replace the one there if its column `by` is lower (or equal); `rowcount` tells if so.

    Columns that are `fixed` stay as first written: what is not set costs SQLite no writing of its indexes.
    """
    statement = database.insert(table)
    ours, theirs = statement.excluded[by], table.c[by]
    return _replacing(statement, table, ours >= theirs if or_equal else ours > theirs, fixed)


def last_wins(database: Database, table: Table) -> Insert:
    """Insert a row, or replace the one there."""
    return _replacing(database.insert(table), table, None)


def in_turn(rows: Sequence[dict[str, Any]], *key: str) -> list[dict[str, Any]]:
    """Sort the rows of one statement by their key: two that lock the same rows must not wait for each other."""
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))


def _replacing(
    statement: Insert, table: Table, where: ColumnElement[bool] | None, fixed: Collection[str] = ()
) -> Insert:
    key = [column.name for column in table.primary_key]
    kept = {*key, *fixed}
    changed = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in kept
    }
    statement = statement.on_conflict_do_update(index_elements=key, set_=changed, where=where)
    return statement.execution_options(preserve_rowcount=True)

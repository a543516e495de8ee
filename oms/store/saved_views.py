"""The choices of orders that people keep under a name."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import delete, func, select

from oms.store.engine import Database
from oms.store.statements import last_wins
from oms.store.tables import SavedViewsRow, table_of

VIEWS = table_of(SavedViewsRow)
MOST = 50
"""So many views may somebody keep; more are no help."""


class SavedView(NamedTuple):
    """A choice and its name."""

    name: str
    chosen: Mapping[str, str]


class SavedViews:
    """Each person's own views."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = last_wins(database, VIEWS)

    def of(self, person: str) -> tuple[SavedView, ...]:
        """Return somebody's views, by name."""
        statement = select(VIEWS.c.name, VIEWS.c.chosen).where(VIEWS.c.person == person)
        with self._database.read() as connection:
            return tuple(SavedView(*row) for row in connection.execute(statement.order_by(VIEWS.c.name)))

    def keep(self, person: str, view: SavedView) -> bool:
        """Keep a view, in place of one of the same name; False when there are too many already."""
        others = select(func.count()).where(VIEWS.c.person == person, VIEWS.c.name != view.name)
        row = {
            "person": person,
            "name": view.name,
            "chosen": dict(view.chosen),
            "kept_at": self._database.clock(),
        }
        with self._database.write() as connection:
            if connection.execute(others).scalar_one() >= MOST:
                return False
            connection.execute(self._put, [row])
        return True

    def drop(self, person: str, name: str) -> None:
        """Forget a view; nothing happens when there is none of that name."""
        with self._database.write() as connection:
            connection.execute(delete(VIEWS).where(VIEWS.c.person == person, VIEWS.c.name == name))

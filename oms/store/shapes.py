"""The recorded shapes of the interfaces' answers."""

from sqlalchemy import RowMapping, delete, select

from oms.domain.model import Fact, Moment
from oms.domain.shapes import Contract
from oms.store.engine import Database
from oms.store.statements import last_wins
from oms.store.tables import ShapesRow, table_of

SHAPES = table_of(ShapesRow)


class Recorded(Fact):
    """A recorded shape: of which interface, in which version, and whether answers still have it."""

    interface: str
    """`{system}/{name}`."""
    version: str
    contract: Contract
    looked_at: Moment
    broken_since: Moment | None = None


class Shapes:
    """One contract per interface and version."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = last_wins(database, SHAPES)

    def get(self, interface: str, version: str) -> Recorded | None:
        """Return a recorded shape; None where none was learnt yet."""
        statement = select(SHAPES).where(SHAPES.c.interface == interface, SHAPES.c.version == version)
        with self._database.read() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return None if row is None else _recorded(row)

    def put(self, recorded: Recorded) -> None:
        """Keep a shape in the place of the one before."""
        with self._database.write() as connection:
            connection.execute(
                self._put, {**recorded.model_dump(), "contract": recorded.contract.model_dump(mode="json")}
            )

    def all(self) -> tuple[Recorded, ...]:
        """Return every recorded shape, by interface."""
        statement = select(SHAPES).order_by(SHAPES.c.interface, SHAPES.c.version)
        with self._database.read() as connection:
            return tuple(_recorded(row) for row in connection.execute(statement).mappings())

    def forget(self, interface: str) -> int:
        """Learn an interface's shape anew from now on, in every version; returns how many were recorded."""
        with self._database.write() as connection:
            return connection.execute(delete(SHAPES).where(SHAPES.c.interface == interface)).rowcount


def _recorded(row: RowMapping) -> Recorded:
    return Recorded(**{**row, "contract": Contract.model_validate(row["contract"])})

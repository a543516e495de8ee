"""The numbers that we drew: a repeated draw finds the first one, whatever the carrier would answer."""

from sqlalchemy import bindparam, select, update

from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import last_wins
from oms.store.tables import DrawnWaybillsRow, table_of

WAYBILLS = table_of(DrawnWaybillsRow)


class DrawnWaybill(Fact):
    """A number, what it was drawn for and from whom, and whether it went back."""

    code: str
    order: str
    waybill: str
    carrier: str
    by: str
    drawn_at: Moment
    given_back_at: Moment | None = None


class DrawnWaybills:
    """All of them, by the code of the delivery order."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = last_wins(database, WAYBILLS)
        self._of = select(
            WAYBILLS.c.code, WAYBILLS.c.order_key.label("order"), WAYBILLS.c.waybill, WAYBILLS.c.carrier,
            WAYBILLS.c.by, WAYBILLS.c.drawn_at, WAYBILLS.c.given_back_at,
        )  # fmt: skip

    def put(self, order: OrderKey, code: str, waybill: str, carrier: str, by: str) -> None:
        """Remember a number; drawn again after it went back, the new one takes its place."""
        row = {
            "code": code,
            "order_key": str(order),
            "waybill": waybill,
            "carrier": carrier,
            "by": by,
            "drawn_at": self._database.clock(),
            "given_back_at": None,
        }
        with self._database.write() as connection:
            connection.execute(self._put, row)

    def find(self, code: str) -> DrawnWaybill | None:
        """Return what was drawn for a delivery order, also when it went back."""
        with self._database.read() as connection:
            row = connection.execute(self._of.where(WAYBILLS.c.code == code)).mappings().one_or_none()
        return DrawnWaybill(**row) if row is not None else None

    def of(self, order: OrderKey) -> tuple[DrawnWaybill, ...]:
        """Return what was drawn for an order, oldest first."""
        statement = self._of.where(WAYBILLS.c.order_key == str(order))
        statement = statement.order_by(WAYBILLS.c.drawn_at, WAYBILLS.c.code)
        with self._database.read() as connection:
            return tuple(DrawnWaybill(**row) for row in connection.execute(statement).mappings())

    def given_back(self, code: str, waybill: str) -> None:
        """Remember that a number went back; said twice, the first moment stays."""
        statement = (
            update(WAYBILLS)
            .where(
                WAYBILLS.c.code == bindparam("of_code"),
                WAYBILLS.c.waybill == bindparam("of_waybill"),
                WAYBILLS.c.given_back_at.is_(None),
            )
            .values(given_back_at=self._database.clock())
        )
        with self._database.write() as connection:
            connection.execute(statement, {"of_code": code, "of_waybill": waybill})

"""The parcels of after-sales: which case a waybill belongs to, how far each is, and which of them may be silent."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select

from oms.domain.aftersale import AfterSaleStatus
from oms.domain.aftersales.book import AfterSaleRow, CaseParcel
from oms.domain.ids import OrderKey
from oms.domain.model import Moment
from oms.domain.parcels import ENDED, ParcelState
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import AfterSalesRow, CaseParcelsRow, OrdersRow, ParcelWatchRow, table_of

CASES, CASE_PARCELS = table_of(AfterSalesRow), table_of(CaseParcelsRow)
ORDERS, WATCH = table_of(OrdersRow), table_of(ParcelWatchRow)
COMING = (AfterSaleStatus.APPROVED, AfterSaleStatus.RETURNING)
"""The goods of such a case are still to come."""


class Followed(NamedTuple):
    """A parcel of a case, as far as it was heard of."""

    case_key: str
    order: OrderKey
    waybill: str
    carrier: str
    way: Literal["back", "out"]
    shipped_at: Moment
    state: ParcelState


class CaseParcels:
    """What reports and the watch ask of the parcels of cases."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = once(database, CASE_PARCELS)
        fresh = database.insert(CASE_PARCELS)
        self._hear = fresh.on_conflict_do_update(
            index_elements=["case_key", "waybill"], set_={"state": fresh.excluded.state}
        )

    def put(self, case: AfterSaleRow, parcels: tuple[CaseParcel, ...]) -> None:
        """Remember parcels of a case that cannot write them down itself any more."""
        if parcels:
            with self._database.write() as connection:
                connection.execute(self._put, rows_of(case, parcels))

    def of(self, waybill: str) -> tuple[Followed, ...]:
        """Return a waybill's parcel in every case that has one; several orders of one box have a case each."""
        statement = select(CASE_PARCELS).where(CASE_PARCELS.c.waybill == waybill)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(CASE_PARCELS.c.case_key)).mappings().all()
        return tuple(
            Followed(
                row["case_key"], OrderKey.parse(row["order_key"]), row["waybill"], row["carrier"], row["way"],
                row["shipped_at"], ParcelState(row["state"]),
            )
            for row in rows
        )  # fmt: skip

    def heard(self, parcel: Followed, state: ParcelState) -> None:
        """Remember how far it is; written after its case was told, so that nothing told is ever forgotten."""
        values = {**parcel._asdict(), "order_key": str(parcel.order), "state": state}
        del values["order"]
        with self._database.write() as connection:
            connection.execute(self._hear, values)


def rows_of(case: AfterSaleRow, parcels: tuple[CaseParcel, ...]) -> list[dict[str, Any]]:
    """Return the rows of a case's parcels."""
    place = {"case_key": case.key, "order_key": str(case.order)}
    return [parcel.model_dump(exclude={"pieces"}) | place for parcel in parcels]


def watched_of_cases(of_parcel: tuple[str, ...], of_watch: tuple[str, ...]) -> Select[Any]:
    """Select the parcels of cases that a sign is waited for: those sent until they arrive, those coming until they are back."""
    columns = [*(CASE_PARCELS.c[name] for name in of_parcel), *(WATCH.c[name] for name in of_watch)]
    joined = CASE_PARCELS.join(CASES, CASE_PARCELS.c.case_key == CASES.c.key)
    joined = joined.outerjoin(ORDERS, CASE_PARCELS.c.order_key == ORDERS.c.order_key)
    joined = joined.outerjoin(WATCH, CASE_PARCELS.c.waybill == WATCH.c.waybill)
    names = [CASE_PARCELS.c.order_key, CASES.c.business_id, (CASE_PARCELS.c.way == "back").label("back")]
    statement = select(*names, *columns).select_from(joined)
    return statement.where(CASE_PARCELS.c.state.not_in(sorted(ENDED)), _awaited())


def _awaited() -> ColumnElement[bool]:
    coming = and_(CASES.c.waybill == CASE_PARCELS.c.waybill, CASES.c.status.in_(COMING))
    return or_(CASE_PARCELS.c.way == "out", coming)


def sent_by_us() -> ColumnElement[bool]:
    """Tell the parcels whose first scan platforms count; nobody counts the buyer's."""
    return CASE_PARCELS.c.way == literal("out")

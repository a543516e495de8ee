"""A plain shop whose buyers want something after the sale, and the intake around it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oms.aftersales import CaseIntake
from oms.domain.aftersale import AfterSale, AfterSaleKind, AfterSaleStatus
from oms.domain.errors import Unmappable
from oms.ports import Answered, AnswerRefused, Page
from tests.unit.intake_world import MINUTE, NOON, IntakeWorld, PlainShop, a_key


def a_case(case: str = "R1", *, minutes: int = 0, status: str = "requested", **more: Any) -> dict[str, Any]:
    """A payload of the plain shop's after-sales, modified so many minutes after noon."""
    return {"case": case, "number": "1001", "modified": minutes, "status": status, "fen": 100, **more}


class CaseShop(PlainShop):
    """A plain shop with after-sales, which can also be asked for one by one."""

    def __init__(self, cases: list[Mapping[str, Any]] | None = None) -> None:
        super().__init__()
        self.cases = cases or []
        self.cases_fail: Exception | None = None
        self.case_windows: list[tuple[datetime, datetime]] = []
        self.fetched: list[str] = []

    async def after_sales(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        self.case_windows.append((since, until))
        if self.cases_fail:
            raise self.cases_fail
        yield Page(payloads=tuple(self.cases), total=len(self.cases))

    async def fetch_after_sale(self, case: str, order: str) -> Mapping[str, Any] | None:
        self.fetched.append(case)
        if self.cases_fail:
            raise self.cases_fail
        found = (each for each in self.cases if (each["case"], each["number"]) == (case, order))
        return next(found, None)

    def read_after_sale(self, payload: Mapping[str, Any]) -> AfterSale:
        if payload.get("bug") and self.mapping_is_broken:
            raise KeyError(payload["bug"])
        if "status" not in payload:
            raise Unmappable("is missing", field="status")
        return AfterSale(
            id=payload["case"],
            order=a_key(payload["number"]),
            kind=AfterSaleKind.REFUND_ONLY,
            status=AfterSaleStatus(payload["status"]),
            raw_status=payload["status"],
            refund_fen=payload["fen"],
            modified_at=NOON + payload["modified"] * MINUTE,
        )

    async def answer_after_sale(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        raise NotImplementedError


@dataclass
class CaseWorld(IntakeWorld):
    """Intake of a shop with after-sales."""

    shop: CaseShop = field(default_factory=CaseShop)

    @property
    def cases(self) -> CaseIntake:
        return self.intake.cases

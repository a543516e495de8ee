"""The completeness of days, shop by shop: the platform says N, we hold N; as a page, a workbook and a page to keep."""

import asyncio
import io
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from xlsxwriter import Workbook

from oms.domain.ids import ShopKey
from oms.domain.periods import BUSINESS_ZONE
from oms.languages.marks import N_
from oms.store.polls import Completeness
from oms.store.proofs import proofs_between
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.pages import HEADERS
from oms.web.people.door import SignedIn
from oms.web.people.person import Person
from oms.web.rendering import render, spoken

USUAL_DAYS, MOST_DAYS = 14, 366
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    N_("Day"), N_("Shop"), N_("Platform says"), N_("We hold"), N_("Equal"), N_("Fetched by the sweep"), N_("Parked"),
    N_("Note"), N_("Checked"),
)  # fmt: skip
YES, NO, NEVER = N_("yes"), N_("no"), N_("not swept")

router = APIRouter(include_in_schema=False)


class Day(NamedTuple):
    """A shop's day; without a proof it was not swept."""

    day: date
    shop: ShopKey
    proof: Completeness | None

    @property
    def equal(self) -> bool:
        """After what the sweep fetched, we hold what the platform says, and nothing waits for a person."""
        proof = self.proof
        return (
            proof is not None
            and not proof.parked
            and proof.our_count + proof.delivered >= proof.platform_count
        )


class Days(NamedTuple):
    """The days of a stretch, the newest first."""

    first: date
    last: date
    rows: tuple[Day, ...]

    @property
    def equal(self) -> int:
        """How many are equal."""
        return sum(row.equal for row in self.rows)


@router.get("/desk/reports/completeness")
async def shown(request: Request, person: SignedIn, since: str = "", until: str = "") -> HTMLResponse:
    """Show the days of a stretch (default: the last fortnight), shop by shop."""
    days = await _days(request, since, until)
    if days is None:
        return _no_days(request, person)
    return desk_page(request, person, "desk/completeness.html", days=days)


@router.get("/desk/reports/completeness.xlsx")
async def as_workbook(request: Request, person: SignedIn, since: str = "", until: str = "") -> Response:
    """Hand out the same as a workbook."""
    days = await _days(request, since, until)
    if days is None:
        return _no_days(request, person)
    content = await asyncio.to_thread(workbook, days, person.language)
    return Response(content, media_type=XLSX, headers=_headers(days, "xlsx"))


@router.get("/desk/reports/completeness.html")
async def as_page(request: Request, person: SignedIn, since: str = "", until: str = "") -> Response:
    """Hand out the same as one page that needs no network."""
    days = await _days(request, since, until)
    if days is None:
        return _no_days(request, person)
    content = render("desk/completeness_page.html", person.language, zone=person.clock, days=days)
    return HTMLResponse(content, headers=_headers(days, "html"))


def workbook(days: Days, language: str) -> bytes:
    """Write the days as a workbook: real numbers and dates, a header that stays in view."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(spoken(N_("Completeness"), language))
    sheet.freeze_panes(1, 0)
    head, date_format = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [spoken(word, language) for word in COLUMNS], head)
    for place, row in enumerate(days.rows, start=1):
        sheet.write_datetime(place, 0, datetime(row.day.year, row.day.month, row.day.day), date_format)  # noqa: DTZ001 - a sheet's date has no zone
        sheet.write_string(place, 1, str(row.shop))
        for column, value in enumerate(_cells(row, language), start=2):
            sheet.write(place, column, value)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    book.close()
    return file.getvalue()


def _cells(row: Day, language: str) -> list[Any]:
    proof = row.proof
    if proof is None:
        return ["", "", spoken(NEVER, language)]
    checked = f"{proof.checked_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
    equal = spoken(YES if row.equal else NO, language)
    return [
        proof.platform_count, proof.our_count, equal, proof.delivered, proof.parked, proof.note, checked
    ]  # fmt: skip


async def _days(request: Request, since: str, until: str) -> Days | None:
    """Return the days that were asked for; None when they are none."""
    parts = collaborators(request)
    today = parts.clock().astimezone(BUSINESS_ZONE).date()
    try:
        last = date.fromisoformat(until) if until else today - timedelta(days=1)
        first = date.fromisoformat(since) if since else last - timedelta(days=USUAL_DAYS - 1)
    except (ValueError, OverflowError):
        return None
    if not 0 <= (last - first).days < MOST_DAYS:
        return None
    return await asyncio.to_thread(days_of, parts, first, last)


def days_of(parts: Collaborators, first: date, last: date) -> Days:
    """Return every day of every shop, those without a proof, too."""
    proofs = {(each.day, each.shop): each for each in proofs_between(parts.store.database, first, last)}
    shops = sorted({*parts.channels, *(shop for _, shop in proofs)}, key=str)
    days = [last - timedelta(days=number) for number in range((last - first).days + 1)]
    return Days(first, last, tuple(Day(day, shop, proofs.get((day, shop))) for day in days for shop in shops))


def _headers(days: Days, ending: str) -> dict[str, str]:
    name = f"completeness-{days.first}_{days.last}.{ending}"
    return {**HEADERS, "content-disposition": f'attachment; filename="{name}"'}


def _no_days(request: Request, person: Person) -> HTMLResponse:
    return desk_notice(
        request, person, N_("No such days"),
        N_("Days are written like 2026-11-22; the first must not lie after the last, and a year is the most."), 422,
    )  # fmt: skip

"""Backtests on the desk: a proposed rule table is chosen or sent, tried in the background, and its answer shown."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.domain.periods import BUSINESS_ZONE
from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.rules.backtest import Comparison
from oms.rules.backtest_page import BAR, LEFT, ROW, WIDE, backtest_page, bars, signed
from oms.rules.document import LONGEST
from oms.rules.problems import Problem, WrongRule
from oms.rules.table import parse_table
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.desk.rules import lang_of, versions_of
from oms.web.pages import HEADERS as STANDALONE
from oms.web.people.door import Posted, SignedIn, needs

SHOWN = 20
NOTHING_SENT = N_("Choose a file, or one of the versions.")
TOO_LONG = N_("The file is longer than 1 MB: that is no rule table.")
NO_TEXT = N_("The file is not UTF-8: save it as UTF-8.")
NO_DAY = N_("A day is written like 2026-11-01.")
TURNED_ROUND = N_("The first day lies after the last one.")
NO_SUCH = N_("No such version")

router = APIRouter(include_in_schema=False)
Filled = Annotated[str, Form(max_length=200)]


class Refused(Exception):
    """What was sent cannot be tried, and why; perhaps with the faults of the table."""

    def __init__(self, words: str, problems: tuple[Problem, ...] = (), text: str = "") -> None:
        """Take the words, and for a table its faults."""
        super().__init__(words)
        self.words = words
        self.problems = problems
        self.lines = text.splitlines()


@dataclass(frozen=True)
class Wish:
    """What the form says beside the file."""

    version: Filled = ""
    against: Filled = ""
    shop: Filled = ""
    since: Filled = ""
    until: Filled = ""


class Proposed(NamedTuple):
    """A table that can be tried."""

    name: str
    version: str
    text: str


@router.get("/desk/rules/backtests")
async def backtests(request: Request, person: SignedIn) -> HTMLResponse:
    """List the last backtests, with a form for another one."""
    return await _listed(request, person)


@router.post("/desk/rules/backtests", dependencies=[needs(Act.RUN_BACKTEST)])
async def begin(
    request: Request, person: Posted, wish: Annotated[Wish, Depends()], file: UploadFile | None = None
) -> Response:
    """Check the table that was sent or chosen, and let it be tried; what cannot be used is shown with its faults."""
    parts = collaborators(request)
    try:
        proposed = await _proposed(parts, file, wish.version)
        span = _span(wish.since, wish.until)
        against = await _against(parts, wish.against)
    except Refused as refused:
        return await _listed(request, person, refused)
    asked = {
        "file": proposed.name,
        "version": proposed.version,
        "shop": wish.shop,
        "against": against,
        **span,
    }
    name = await asyncio.to_thread(parts.store.desk_jobs.begin, "backtest", person.name, asked, proposed.text)
    await asyncio.to_thread(
        parts.store.acts.note,
        parts.clock(),
        person.name,
        "backtest begun",
        f"backtest:{name}",
        proposed.version,
    )
    return RedirectResponse(f"/desk/rules/backtests/{name}", status_code=303)


@router.get("/desk/rules/backtests/{name}")
async def one(request: Request, person: SignedIn, name: str, seen: str = "") -> Response:
    """Show how far a backtest is, or its answer with a chart; with `seen`, only what is new, and 204 when nothing is."""
    job = await asyncio.to_thread(collaborators(request).store.desk_jobs.get, name)
    if job is None or job.kind != "backtest":
        return _no_such(request, person)
    if seen and seen == job.mark:
        return Response(status_code=204)
    it = Comparison.model_validate(job.result) if job.result else None
    template = "desk/backtest_state.html" if seen else "desk/backtest.html"
    return desk_page(
        request, person, template, job=job, it=it, bars=_bars(it), signed=signed, left=LEFT, bar=BAR,
        row=ROW, wide=WIDE,
    )  # fmt: skip


@router.get("/desk/rules/backtests/{name}/page")
async def page(request: Request, person: SignedIn, name: str) -> Response:
    """Hand out the answer as one page that needs no network."""
    job = await asyncio.to_thread(collaborators(request).store.desk_jobs.get, name)
    if job is None or job.kind != "backtest" or not job.result:
        return _no_such(request, person)
    content = backtest_page(Comparison.model_validate(job.result), "our orders")
    headers = {**STANDALONE, "content-disposition": f'attachment; filename="backtest-{job.id}.html"'}
    return HTMLResponse(content, headers=headers)


async def _listed(request: Request, person: SignedIn, refused: Refused | None = None) -> HTMLResponse:
    parts = collaborators(request)
    jobs = await asyncio.to_thread(parts.store.desk_jobs.list, "backtest", SHOWN)
    kept = await asyncio.to_thread(versions_of, parts)
    return desk_page(
        request, person, "desk/backtests.html", status=422 if refused else 200, jobs=jobs, refused=refused,
        versions=[each.version for each in kept], shops=[str(shop) for shop in parts.channels],
        may=person.may(Act.RUN_BACKTEST), tongue=lang_of(person.language),
    )  # fmt: skip


async def _proposed(parts: Collaborators, file: UploadFile | None, version: str) -> Proposed:
    """Return the table that was sent, else the version that was chosen. Raises Refused."""
    if file is not None and file.filename:
        name, text = file.filename[:200], _text(await file.read(LONGEST * 4 + 1))
    elif version:
        kept = await asyncio.to_thread(versions_of, parts)
        found = next((each for each in kept if each.version == version), None)
        if found is None:
            raise Refused(NO_SUCH)
        name, text = found.version, found.text
    else:
        raise Refused(NOTHING_SENT)
    try:
        table = await asyncio.to_thread(parse_table, text, name)
    except WrongRule as wrong:
        raise Refused("", wrong.problems, text) from wrong
    return Proposed(name, table.version, text)


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(TOO_LONG if len(content) > LONGEST * 4 else NO_TEXT) from error
    if len(text) > LONGEST:
        raise Refused(TOO_LONG)
    return text


async def _against(parts: Collaborators, name: str) -> str:
    """Return the version to compare with, so that it stays the same one. Raises Refused."""
    if not name:
        return (await asyncio.to_thread(parts.rules.in_force, parts.clock())).version
    if await asyncio.to_thread(parts.rules.version, name) is None:
        raise Refused(NO_SUCH)
    return name


def _span(since: str, until: str) -> dict[str, str]:
    """Read whole days of the business zone, the last one included. Raises Refused."""
    try:
        days = [date.fromisoformat(day) if day else None for day in (since, until)]
        first, last = (_beginning(day, BUSINESS_ZONE) for day in days)
    except (ValueError, OverflowError) as error:
        raise Refused(NO_DAY) from error
    if first and last and first > last:
        raise Refused(TURNED_ROUND)
    return {"since": first, "until": last and _after(last), "first_day": since, "last_day": until}


def _beginning(day: date | None, zone: ZoneInfo) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=zone).isoformat() if day else ""


def _after(moment: str) -> str:
    day = datetime.fromisoformat(moment).date()
    return _beginning(date.fromordinal(day.toordinal() + 1), BUSINESS_ZONE)


def _bars(it: Comparison | None) -> list[Any]:
    """Lay the chart out; each bar with its kind, for its word."""
    if it is None:
        return []
    kinds = [total.kind for total in it.totals if total.today or total.proposed]
    return list(zip(kinds, bars(it.totals), strict=True))


def _no_such(request: Request, person: SignedIn) -> HTMLResponse:
    return desk_notice(
        request, person, N_("No such backtest"), N_("The page of the backtests lists the last ones."), 404
    )

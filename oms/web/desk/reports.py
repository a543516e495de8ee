"""The desk's shelf of reports: which there are, and each of their files."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oms.languages.marks import N_
from oms.violations.files import ReportFile
from oms.web.collaborators import collaborators
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.pages import HEADERS
from oms.web.people.door import SignedIn

router = APIRouter(include_in_schema=False)
TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Shelved(NamedTuple):
    """One report with its files."""

    name: str
    written_at: datetime
    files: tuple[ReportFile, ...]


@router.get("/desk/reports")
async def listed(request: Request, person: SignedIn) -> HTMLResponse:
    """List the reports, newest first, each with its files."""
    files = await asyncio.to_thread(collaborators(request).reports.list)
    names = dict.fromkeys(file.name.rpartition(".")[0] for file in files)
    reports = [
        _report(name, [file for file in files if file.name.rpartition(".")[0] == name]) for name in names
    ]
    return desk_page(request, person, "desk/reports.html", reports=reports)


@router.get("/desk/reports/{name}")
async def one(request: Request, person: SignedIn, name: str) -> Response:
    """Hand out a file of a report; a name of any other shape names nothing."""
    found = await asyncio.to_thread(collaborators(request).reports.find, name)
    if found is None:
        return desk_notice(
            request, person, N_("No such report"), N_("It may have another name; the page of reports lists them."), 404
        )  # fmt: skip
    content = await asyncio.to_thread(found.read_bytes)
    headers = dict(HEADERS)
    if found.suffix != ".html":
        headers["content-disposition"] = f'attachment; filename="{found.name}"'
    return Response(content, media_type=TYPES[found.suffix], headers=headers)


def _report(name: str, files: list[ReportFile]) -> Shelved:
    return Shelved(
        name, max(file.written_at for file in files), tuple(sorted(files, key=lambda each: each.name))
    )

"""The desk's shelf of reports: which there are, and each of their files."""

import asyncio
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oms.web.collaborators import collaborators
from oms.web.pages import HEADERS, notice, page

router = APIRouter(include_in_schema=False)
TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/desk/reports")
async def listed(request: Request) -> HTMLResponse:
    """List the reports, newest first, each with its files."""
    files = await asyncio.to_thread(collaborators(request).reports.list)
    by_name: dict[str, list[str]] = {}
    for file in files:
        by_name.setdefault(file.name.rpartition(".")[0], []).append(file.name)
    written = {file.name.rpartition(".")[0]: file.written_at for file in files}
    return page("reports.html", reports=by_name, written=written)


@router.get("/desk/reports/{name}")
async def one(name: str, request: Request) -> Response:
    """Hand out a file of a report; a name of any other shape names nothing."""
    found = await asyncio.to_thread(collaborators(request).reports.find, name)
    if found is None:
        return notice(
            "No such report · 没有这个报告", "It may have another name; /desk/reports lists them.", 404
        )
    content = await asyncio.to_thread(found.read_bytes)
    headers = dict(HEADERS)
    if found.suffix != ".html":
        headers["content-disposition"] = f'attachment; filename="{found.name}"'
    return Response(content, media_type=TYPES[found.suffix], headers=headers)

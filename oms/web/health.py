"""Whether this process can do its work now."""

import asyncio
import logging
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from oms.logs import words_of
from oms.web.answers import Documented
from oms.web.collaborators import Probe, collaborators

PATIENCE = 3.0
"""Seconds; whoever has not answered by then is not well."""

_UNWELL: Final[Documented] = {503: {"model": dict[str, str], "description": "What does not answer, by name."}}

log = logging.getLogger(__name__)
router = APIRouter(tags=["health"])


@router.get(
    "/health", summary="Can this process do its work?", response_model=dict[str, str], responses=_UNWELL
)
async def health(request: Request) -> JSONResponse:
    """Answer 200 when everything that we need answers, else 503; names what does not."""
    probes = collaborators(request).probes
    answers = await asyncio.gather(*(_ask(name, probe) for name, probe in probes.items()))
    well = all(answer == "ok" for answer in answers)
    content = {"status": "ok" if well else "unavailable", **dict(zip(probes, answers, strict=True))}
    return JSONResponse(content, status_code=200 if well else 503)


async def _ask(name: str, probe: Probe) -> str:
    try:
        await asyncio.wait_for(probe(), PATIENCE)
    except Exception as error:  # noqa: BLE001 - whatever it is, that part is not well
        log.warning("probe.failed", extra={"part": name, "reason": words_of(error)})
        return type(error).__name__
    return "ok"

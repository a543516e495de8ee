"""Whether this process can do its work now."""

import asyncio
import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from oms.logs import words_of
from oms.web.collaborators import Probe, collaborators

PATIENCE = 3.0
"""Seconds; whoever has not answered by then is not well."""

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)


@router.get("/health")
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

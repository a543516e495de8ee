"""The HTTP interface, written down for programs: `/api/openapi.json`; the pages for people are no part of it."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

router = APIRouter(prefix="/api", include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> JSONResponse:
    """Hand out the description of every operation: what may be asked, and all that may be answered."""
    return JSONResponse(request.app.openapi())

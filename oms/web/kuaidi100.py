"""The carriers call, through Kuaidi100: a signed form with the whole trace of one parcel."""

import logging
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from oms.carriers.kuaidi100 import callback
from oms.clock import wall_clock
from oms.domain.errors import Forged, Unavailable, Unmappable
from oms.logs import words_of
from oms.reports import UnknownToUs
from oms.web.answers import CarrierAnswer, refusals, what_they_send
from oms.web.body import body_of
from oms.web.collaborators import collaborators

MOST_FIELDS = 20

log = logging.getLogger(__name__)
router = APIRouter(tags=["calls from outside"])
Waybill = Annotated[str, Path(max_length=64)]


@router.post(
    "/hooks/kuaidi100/{waybill}",
    summary="Kuaidi100 tells the trace of a parcel",
    response_model=CarrierAnswer,
    responses=refusals(400, 401, 404, 503, model=CarrierAnswer) | refusals(413),
    openapi_extra=what_they_send("application/x-www-form-urlencoded"),
)
async def hear(waybill: Waybill, request: Request) -> Response:
    """Take in a callback; `result: false` makes them send it again.

    400: not readable, kept for a person. 401: wrong signature. 404: no parcel of ours, kept. 413: too large.
    """
    parts = collaborators(request)
    body = await body_of(request)
    form = _form(body)
    try:
        callback.verify(form, parts.kuaidi100_salt)
    except Forged:
        log.warning("call.forged", extra={"sender": "kuaidi100"})
        return _refusal(401, "503", "签名失败 the signature does not fit")
    try:
        inbox_id = await parts.parcels.keep(body)
        try:
            report = callback.read(form, parts.kuaidi100_salt, waybill, wall_clock())
        except Unmappable as error:
            await parts.parcels.park(inbox_id, str(error))
            return _refusal(400, "400", str(error))
        await parts.parcels.parcel(inbox_id, waybill, report)
    except UnknownToUs:
        return _refusal(404, "500", "no such parcel here (yet)")
    except Unavailable as error:
        log.warning("call.unavailable", extra={"sender": "kuaidi100", "reason": words_of(error)})
        return _refusal(503, "500", "temporarily unavailable, please send it again")
    return Response(callback.RECEIVED, media_type="application/json")


def _form(body: bytes) -> dict[str, str]:
    """Read a form; empty for what is none, which then fails its signature."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


def _refusal(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"result": False, "returnCode": code, "message": message}, status_code=status)

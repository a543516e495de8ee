"""Sales platforms call: every changed order at once, instead of at the next poll."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from oms.clock import wall_clock
from oms.domain.errors import Forged, Unmappable
from oms.domain.ids import ShopKey
from oms.domain.messages import Way
from oms.intake import Receipt
from oms.ports import Call, Heard, Hears
from oms.web.answers import TakenIn, refusals, what_they_send
from oms.web.body import body_of, headers_of
from oms.web.collaborators import Collaborators, collaborators

log = logging.getLogger(__name__)
router = APIRouter(tags=["calls from outside"])


_DOCUMENTED: Final[Mapping[str, Any]] = {
    "summary": "A sales platform calls",
    "response_class": Response,
    "responses": {
        200: {"model": TakenIn, "content": {"text/plain": {"schema": {}}}, "description": "Taken in, kept for a person, or nothing to take in; where the platform wants to hear something special, that."},
        **refusals(400, 401, 404, 413),
    },
}  # fmt: skip


@router.get("/hooks/{channel}/{shop}", **_DOCUMENTED)
@router.post(
    "/hooks/{channel}/{shop}", openapi_extra=what_they_send("application/json", "text/xml"), **_DOCUMENTED
)
async def hear(channel: str, shop: str, request: Request) -> Response:
    """Take in a call, and answer in the platform's own words.

    200: taken in, kept for a person, or nothing to take in. 400: kept, but not to be read. 401: wrong signature,
    or too old. 404: no such shop. 413: too large. 503: send it again.
    """
    parts = collaborators(request)
    key = _shop_of(channel, shop)
    listener = parts.channels.get(key) if key else None
    if key is None or not isinstance(listener, Hears):
        return JSONResponse({"error": "no such shop"}, status_code=404)
    body = await body_of(request)
    call = Call(
        method=request.method, query=dict(request.query_params), headers=headers_of(request), body=body
    )
    try:
        heard = listener.hear(call, wall_clock())
    except Forged as error:
        log.warning("call.forged", extra={"shop": str(key)})
        return JSONResponse({"error": str(error)}, status_code=401)
    except Unmappable as error:
        receipt = await parts.intake.receive(key, Way.WEBHOOK, body)
        return JSONResponse({"error": str(error), "inbox_id": receipt.inbox_id}, status_code=400)
    return _answer(heard, await _take_in(parts, key, heard, body))


async def _take_in(parts: Collaborators, shop: ShopKey, heard: Heard, body: bytes) -> list[Receipt]:
    receipts = [await parts.pushes.take(shop, word, body) for word in heard.words]
    return [receipt for receipt in receipts if receipt is not None]


def _shop_of(channel: str, shop: str) -> ShopKey | None:
    try:
        return ShopKey(channel=channel, shop=shop)
    except ValidationError:
        return None


def _answer(heard: Heard, receipts: list[Receipt]) -> Response:
    """Say what the platform wants to hear; where it wants nothing special, say what became of its words.

    What we keep for a person is ours now: a platform that heard of a failure would send it for ever, or stop calling.
    """
    reply = heard.reply
    if reply.body:
        return Response(reply.body, status_code=reply.status, media_type=reply.media)
    taken = [{"status": r.status, "reason": r.reason, "inbox_id": r.inbox_id} for r in receipts]
    content = taken[0] if len(taken) == 1 else {"status": "taken", "words": taken}
    return JSONResponse(content, status_code=reply.status)

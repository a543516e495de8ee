"""Payment gateways call: the second, independent way to learn that an order was paid (R16)."""

import logging
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from oms.domain.errors import Forged, Unavailable, Unmappable
from oms.domain.ids import ShopKey
from oms.logs import words_of
from oms.ports import Call, PaymentGateway, Reply
from oms.web.answers import in_their_words, refusals, what_they_send
from oms.web.body import body_of, headers_of
from oms.web.collaborators import Collaborators, collaborators

log = logging.getLogger(__name__)
router = APIRouter(tags=["calls from outside"])
Name = Annotated[str, Path(max_length=64)]
LATER = "temporarily unavailable, please send it again"


@router.post(
    "/hooks/payments/{kind}/{channel}/{shop}",
    summary="A payment gateway tells of a payment",
    response_class=Response,
    responses=in_their_words(200, 400, 401, 503) | {204: {"description": "Taken in."}} | refusals(404, 413),
    openapi_extra=what_they_send("application/json", "application/x-www-form-urlencoded"),
)
async def hear(kind: Name, channel: Name, shop: Name, request: Request) -> Response:
    """Take in a notification, and answer in the gateway's own words.

    200 or 204: taken in, or kept for a person. 400: kept, but not to be read. 401: not theirs, or too old.
    404: no such gateway. 413: too large. 503: send it again.
    """
    parts = collaborators(request)
    try:
        key = ShopKey(channel=channel, shop=shop)
    except ValidationError:
        key = None
    gateway = parts.cashier.gateway(key, kind) if key else None
    if key is None or gateway is None:
        return JSONResponse({"error": "no such gateway"}, status_code=404)
    body = await body_of(request)
    call = Call(method="POST", query=dict(request.query_params), headers=headers_of(request), body=body)
    return _answer(await _take_in(parts, gateway, key, call))


async def _take_in(parts: Collaborators, gateway: PaymentGateway, shop: ShopKey, call: Call) -> Reply:
    try:
        return (await parts.cashier.hear(gateway, shop, call)).reply
    except Forged as error:
        log.warning("call.forged", extra={"shop": str(shop), "reason": str(error)})
        return gateway.refusal(401, str(error))
    except Unmappable as error:
        return gateway.refusal(400, str(error))
    except Unavailable as error:
        log.warning("call.unavailable", extra={"shop": str(shop), "reason": words_of(error)})
        return gateway.refusal(503, LATER)


def _answer(reply: Reply) -> Response:
    media = reply.media if reply.body else None
    return Response(reply.body or None, status_code=reply.status, media_type=media)

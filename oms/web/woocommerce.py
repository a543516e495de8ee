"""The own shop calls: every changed order at once, instead of at the next poll."""

import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from oms.channels.woocommerce import webhook
from oms.domain.errors import Forged, Unmappable
from oms.domain.ids import ShopKey
from oms.domain.messages import Way
from oms.intake import Receipt
from oms.web.body import body_of, headers_of
from oms.web.collaborators import Collaborators, collaborators

CHANNEL = "woocommerce"

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)


@router.post("/hooks/woocommerce/{shop}")
async def hear(shop: str, request: Request) -> JSONResponse:
    """Take in a delivery.

    200: taken in, or nothing to take in. 400: not JSON. 401: wrong signature. 404: no such shop. 413: too
    large. 422: kept for a person, with the reason. 503: send it again.
    """
    parts = collaborators(request)
    key = _shop_of(parts, shop)
    if key is None:
        return JSONResponse({"error": "no such shop"}, status_code=404)
    body, headers = await body_of(request), headers_of(request)
    if webhook.is_ping(headers, body):
        return JSONResponse({"status": "pong"})
    try:
        webhook.verify(headers, body, parts.webhook_secrets[key])
    except Forged:
        log.warning("call.forged", extra={"shop": str(key)})
        return JSONResponse({"error": "the signature does not fit the body"}, status_code=401)
    try:
        delivery = webhook.read(headers, body)
    except Unmappable as error:
        receipt = await parts.intake.receive(key, Way.WEBHOOK, body)
        return JSONResponse({"error": str(error), "inbox_id": receipt.inbox_id}, status_code=400)
    return await _take_in(parts, key, delivery, body)


async def _take_in(
    parts: Collaborators, shop: ShopKey, delivery: webhook.Delivery, body: bytes
) -> JSONResponse:
    match delivery.kind:
        case webhook.Kind.ORDER:
            return _answer(await parts.intake.receive(shop, Way.WEBHOOK, delivery.payload, raw=body))
        case webhook.Kind.DELETED:
            return _answer(await parts.intake.deleted(shop, delivery.number, body))
        case webhook.Kind.PING | webhook.Kind.OTHER:
            return JSONResponse({"status": "ignored"})


def _shop_of(parts: Collaborators, shop: str) -> ShopKey | None:
    try:
        key = ShopKey(channel=CHANNEL, shop=shop)
    except ValidationError:
        return None
    return key if key in parts.webhook_secrets else None


def _answer(receipt: Receipt) -> JSONResponse:
    content = {"status": receipt.status, "reason": receipt.reason, "inbox_id": receipt.inbox_id}
    return JSONResponse(content, status_code=422 if receipt.status == "parked" else 200)

"""The warehouse calls, in Qimen's protocol: one address for every method, and always HTTP 200 with a flag."""

import logging

from fastapi import APIRouter, Request, Response

from oms.domain.errors import Forged, Unavailable, Unmappable
from oms.logs import words_of
from oms.reports import StockChange, UnknownToUs, WarehouseReports
from oms.warehouse.qimen import notifications, xml
from oms.warehouse.qimen.returns import ReturnConfirmed
from oms.web.answers import in_their_words, refusals, what_they_send
from oms.web.body import body_of
from oms.web.collaborators import collaborators

log = logging.getLogger(__name__)
router = APIRouter(tags=["calls from outside"])


@router.post(
    "/hooks/qimen",
    summary="A warehouse calls, in Qimen's protocol",
    response_class=Response,
    responses=in_their_words(200, media=("text/xml",)) | refusals(413),
    openapi_extra=what_they_send("text/xml"),
)
async def hear(request: Request) -> Response:
    """Take in a notification; a flag of failure makes the warehouse send it again. 413 when too large."""
    parts = collaborators(request)
    body, query = await body_of(request), dict(request.query_params)
    try:
        notifications.verify(query, body, parts.qimen_secret)
    except Forged:
        log.warning("call.forged", extra={"sender": "qimen"})
        return _answer(failure="the signature does not fit", code="sign-check-failure")
    try:
        inbox_id = await parts.warehouse.keep(body)
        try:
            await _take_in(parts.warehouse, inbox_id, notifications.read(query, body))
        except Unmappable as error:
            await parts.warehouse.park(inbox_id, str(error))
            return _answer(failure=str(error), code="invalid-content")
    except UnknownToUs as error:
        return _answer(failure=str(error), code="unknown-order")
    except Unavailable as error:
        log.warning("call.unavailable", extra={"sender": "qimen", "reason": words_of(error)})
        return _answer(failure="temporarily unavailable, please send it again", code="unavailable")
    return _answer()


async def _take_in(
    reports: WarehouseReports, inbox_id: str, notification: notifications.Notification
) -> None:
    match notification:
        case notifications.DeliveryConfirmed() | notifications.ProcessReported():
            said = notification
            await reports.delivery(inbox_id, said.delivery_order, said.raw, said.event)
        case notifications.InventoryReported():
            changes = [StockChange.model_validate(change.model_dump()) for change in notification.changes]
            await reports.stock(inbox_id, changes)
        case ReturnConfirmed():
            await reports.returned(inbox_id, notification.event)


def _answer(*, failure: str = "", code: str = "") -> Response:
    return Response(notifications.answer(failure=failure, code=code), media_type=xml.CONTENT_TYPE)

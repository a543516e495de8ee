"""The web application: routes, and what holds for all of them."""

import logging
import time
from http import HTTPStatus
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oms.domain.errors import Unavailable
from oms.logs import words_of
from oms.web import api, channels, codec, desk, health, kuaidi100, openapi, payments, qimen, tracking
from oms.web.answers import EVERYWHERE
from oms.web.armour import Armour
from oms.web.collaborators import Collaborators
from oms.web.people import routes as people
from oms.web.people.door import signed_in
from oms.web.people.refusing import refuse_politely
from oms.web.statics import Statics
from oms.web.unavailable import away, for_people

RETRY_AFTER_S = 30

log = logging.getLogger(__name__)


def create_app(parts: Collaborators) -> FastAPI:
    """Build the application around its collaborators; nothing in it reads the environment or opens anything."""
    app = FastAPI(title="Orderloom", docs_url=None, redoc_url=None, openapi_url=None, responses=EVERYWHERE)
    app.state.collaborators = parts
    for routes in (qimen, kuaidi100, payments, channels, health, tracking, people, codec):
        app.include_router(routes.router)
    for routes in (desk, api, openapi):
        app.include_router(routes.router, dependencies=[Depends(signed_in)])
    app.mount("/static", Statics())
    refuse_politely(app)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Armour, https=parts.entrance.https)
    app.add_middleware(Journal)
    return app


async def _unavailable(request: Request, error: Exception) -> Response:
    """Ask the caller to come again; what it sent is kept or will be sent again."""
    log.warning("call.unavailable", extra={"route": _route(request.scope), "reason": words_of(error)})
    if for_people(request):
        return away(request, RETRY_AFTER_S)
    content = {"error": "temporarily unavailable, please send it again"}
    return JSONResponse(content, status_code=503, headers={"retry-after": str(RETRY_AFTER_S)})


async def _refused(request: Request, error: Exception) -> JSONResponse:
    """Say in one form why nothing came of a call, whichever part of the application says so."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these only
    log.info("call.refused", extra={"route": _route(request.scope), "status": error.status_code})
    return JSONResponse({"error": str(error.detail)}, status_code=error.status_code, headers=error.headers)


async def _misread(request: Request, error: Exception) -> JSONResponse:
    """Name the parameters that are wrong, and quote none of their content."""
    wrong = error.errors() if isinstance(error, RequestValidationError) else []
    places = sorted({".".join(str(part) for part in each["loc"]) for each in wrong})
    log.info("call.misread", extra={"route": _route(request.scope), "places": places})
    return JSONResponse({"error": "wrong parameters", "places": places}, status_code=422)


async def _broken(request: Request, error: Exception) -> JSONResponse:
    """Say that it is our fault, and nothing of what it was about."""
    log.error(
        "call.failed", extra={"route": _route(request.scope), "reason": words_of(error)}, exc_info=error
    )
    return JSONResponse({"error": "internal error"}, status_code=500)


def _route(scope: Scope) -> str:
    """Name the route, not the path: paths hold tokens and waybills."""
    return str(getattr(scope.get("route"), "path", "") or "none")


class Journal:
    """Write one event a call: which route, which status, how long; no path, no query, no address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        noted: dict[str, Any] = {"status": 500}
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                noted["status"] = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            took = round((time.perf_counter() - began) * 1000, 1)
            fields = {"method": scope["method"], "route": _route(scope), "took_ms": took}
            routine = fields["route"] == "/health" and noted["status"] == HTTPStatus.OK
            log.log(logging.DEBUG if routine else logging.INFO, "call.answered", extra={**noted, **fields})

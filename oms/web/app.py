"""The web application: routes, and what holds for all of them."""

import logging
import time
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oms.domain.errors import Unavailable
from oms.logs import words_of
from oms.web import api, channels, desk, health, kuaidi100, payments, qimen, tracking
from oms.web.collaborators import Collaborators

RETRY_AFTER_S = 30

log = logging.getLogger(__name__)


def create_app(parts: Collaborators) -> FastAPI:
    """Build the application around its collaborators; nothing in it reads the environment or opens anything."""
    app = FastAPI(title="Orderloom", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.collaborators = parts
    for routes in (qimen, kuaidi100, payments, channels, health, desk, api, tracking):
        app.include_router(routes.router)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Journal)
    return app


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    """Ask the caller to come again; what it sent is kept or will be sent again."""
    log.warning("call.unavailable", extra={"route": _route(request.scope), "reason": words_of(error)})
    content = {"error": "temporarily unavailable, please send it again"}
    return JSONResponse(content, status_code=503, headers={"retry-after": str(RETRY_AFTER_S)})


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

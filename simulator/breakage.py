"""Break answers on their way out, as armed: the ASGI layer between the network and the three systems."""

import asyncio
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.faults import Fault, Faults, System
from simulator.platform import Platform

SYSTEM_OF_PATH: Sequence[tuple[str, System]] = (
    ("/taobao/", "taobao"),
    ("/jd/", "jd"),
    ("/pdd/", "pdd"),
    ("/douyin/", "douyin"),
    ("/wechat/", "wechat"),
    ("/wp-json/", "shop"),
    ("/router/", "wms"),
    ("/poll", "carrier"),
    ("/label/", "carrier"),
    ("/v3/pay/", "gateway"),
    ("/gateway.do", "gateway"),
)
USUAL_DELAY_S = 1.0
USUAL_HANG_S = 30.0
LOGIN_PAGE = "<!DOCTYPE html><title>维护中</title><h1>系统维护中，请稍后再试</h1>"
NO_ROUTE = {
    "code": "rest_no_route",
    "message": "No route was found matching the URL and request method.",
    "data": {"status": 404},
}
GONE = {"timestamp": 1795276800000, "status": 404, "error": "Not Found", "message": "No message available"}
"""As a gateway answers that has no such service behind it any more."""
INVALID_METHOD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<response><flag>failure</flag><code>22</code>'
    "<message>Invalid method</message><sub_code>isv.invalid-method</sub_code></response>"
)


class Breakage:
    """Serve a system's requests unless a fault says otherwise."""

    def __init__(self, app: ASGIApp, faults: Faults, platforms: Mapping[str, Platform]) -> None:
        """Stand in front of an application; the platforms word their own refusals."""
        self._app = app
        self._faults = faults
        self._platforms = platforms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        system = _system(scope)
        fault = self._faults.draw(system, _target(scope)) if system else None
        if system is None or fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "delay":
            await asyncio.sleep(USUAL_DELAY_S if fault.seconds is None else fault.seconds)
            await self._app(scope, receive, send)
        elif fault.kind in {"lost_answer", "malformed"}:
            await self._work_then_break(fault, scope, receive, send)
        elif fault.kind in {"hang", "drop"}:
            await _break_off(fault, send)
        elif system in self._platforms and fault.kind not in {"html", "gone"}:
            broken = self._platforms[system].broken(fault, Request(scope, receive))
            await broken(scope, receive, send)
        else:
            await _instead(fault, system)(scope, receive, send)

    async def _work_then_break(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, keep)
        if fault.kind == "lost_answer":
            await _break_off(None, send)
            return
        body = b"".join(
            message.get("body", b"") for message in answer if message["type"] == "http.response.body"
        )
        start = next(message for message in answer if message["type"] == "http.response.start")
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2]})


def _system(scope: Scope) -> System | None:
    if scope["type"] != "http":
        return None
    path: str = scope["path"]
    return next((system for prefix, system in SYSTEM_OF_PATH if path.startswith(prefix)), None)


def _target(scope: Scope) -> str:
    return f"{scope['method']} {scope['path']}?{scope['query_string'].decode(errors='replace')}"


async def _break_off(fault: Fault | None, send: Send) -> None:
    """Break the connection in the middle of an answer, which makes the server close it."""
    if fault is not None and fault.kind == "hang":
        await asyncio.sleep(USUAL_HANG_S if fault.seconds is None else fault.seconds)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"64")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


def _instead(fault: Fault, system: System) -> Response:
    if fault.kind == "html":
        return HTMLResponse(LOGIN_PAGE)
    if fault.kind == "gone":
        return JSONResponse(GONE, status_code=404)
    if fault.kind == "retired":
        if system == "wms":
            return Response(INVALID_METHOD, media_type="text/xml")
        return JSONResponse(NO_ROUTE, status_code=404)
    if system == "shop":
        message = "<p>There has been a critical error on this website.</p>"
        body = {"code": "internal_server_error", "message": message, "data": {"status": 500}}
        return JSONResponse(body, status_code=500)
    return PlainTextResponse("upstream error", status_code=502)

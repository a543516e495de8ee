"""Headers that keep browsers from doing what none of our pages wants; a page's own headers stand."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS: Final[Mapping[str, str]] = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-site",
}
HSTS: Final = {"strict-transport-security": "max-age=31536000"}
"""For one year nobody comes here by plain HTTP; only said where people reach us by HTTPS."""


class Armour:
    """Add what an answer does not say itself."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        """Take the application, and whether people reach it by HTTPS."""
        self._app = app
        self._headers = {**ALWAYS, **HSTS} if https else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, and arm its answer."""

        async def armed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, armed if scope["type"] == "http" else send)

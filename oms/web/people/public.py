"""Pages for people who are not signed in: in their browser's language, with our style and no script."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from oms.web.people.door import reading
from oms.web.rendering import render

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}


def public_page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """Render a page for somebody of whom we know nothing."""
    return HTMLResponse(render(template, reading(request), **shown), status_code=status, headers=HEADERS)

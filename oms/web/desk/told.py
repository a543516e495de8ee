"""What a page tells after a redirect: kept by the browser for one page, so that no link can put words into our mouth."""

import base64
import binascii
from typing import Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from oms.web.collaborators import collaborators

COOKIE: Final = "told"
SECONDS: Final = 60
LONGEST: Final = 600
SEE_OTHER: Final = 303


def told(request: Request, address: str, words: str) -> RedirectResponse:
    """Lead to a page that will show these words once."""
    answer = RedirectResponse(address, status_code=SEE_OTHER)
    kept = base64.urlsafe_b64encode(words[:LONGEST].encode()).decode()
    answer.set_cookie(
        COOKIE,
        kept,
        max_age=SECONDS,
        path="/desk",
        httponly=True,
        samesite="strict",
        secure=collaborators(request).entrance.https,
    )
    return answer


def read_told(request: Request) -> str | None:
    """Return the words that wait to be shown; None when there are none."""
    kept = request.cookies.get(COOKIE)
    if kept is None:
        return None
    try:
        return base64.urlsafe_b64decode(kept).decode()
    except (binascii.Error, ValueError):
        return None


def take_told(response: Response) -> None:
    """Let the browser forget words that were shown."""
    response.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="strict")

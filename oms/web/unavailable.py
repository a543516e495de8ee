"""What people read while the database does not answer: in their language, and without anything that needs it."""

from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from oms.web.desk.frame import HEADERS
from oms.web.people.door import reading
from oms.web.rendering import render

FOR_PEOPLE: Final = ("/desk", "/sign-")


def for_people(request: Request) -> bool:
    """Say whether somebody reads the answer, rather than a program."""
    path = request.url.path
    return path == "/" or path.startswith(FOR_PEOPLE)


def away(request: Request, retry_after: int) -> HTMLResponse:
    """Say that it does not work just now, that nothing is lost, and what to do."""
    content = render("away.html", reading(request), again=request.method == "GET")
    headers = {**HEADERS, "retry-after": str(retry_after)}
    return HTMLResponse(content, status_code=503, headers=headers)

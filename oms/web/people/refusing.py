"""What somebody is told who may not come in, or may not do that."""

import asyncio
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse, RedirectResponse, Response

from oms.languages.marks import N_
from oms.web.collaborators import collaborators
from oms.web.desk.frame import desk_notice
from oms.web.people.door import Forbidden, NotOurForm, NotSignedIn, signed_in

SIGN_IN: Final = "/sign-in"
SEE_OTHER: Final = status.HTTP_303_SEE_OTHER


def refuse_politely(app: FastAPI) -> None:
    """Answer what the door raises."""
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(Forbidden, _forbidden)
    app.add_exception_handler(NotOurForm, _not_our_form)


def is_for_tools(request: Request) -> bool:
    """Say whether a call comes from a program, which reads JSON."""
    return request.url.path.startswith(("/api/", "/codec/"))


def within(address: str) -> str:
    """Return an address to lead to after signing in, if it is one of ours; else the desk.

    `//elsewhere`, a backslash and a control character lead out of the house in some browsers.
    """
    harmless = address.isprintable() and "\\" not in address
    return address if harmless and address.startswith("/") and not address.startswith("//") else "/desk"


async def _not_signed_in(request: Request, _error: Exception) -> Response:
    if is_for_tools(request):
        return JSONResponse({"error": "sign in first"}, status_code=401)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        here = "/desk"
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"hx-redirect": _sign_in(_page_shown(request))})
    return RedirectResponse(_sign_in(here), status_code=SEE_OTHER)


def _page_shown(request: Request) -> str:
    """Return which page of ours asks for a part of itself."""
    _, _, rest = request.headers.get("hx-current-url", "").partition("://")
    return within(f"/{rest.partition('/')[2]}") if "/" in rest else "/desk"


def _sign_in(back: str) -> str:
    return f"{SIGN_IN}?next={quote(back, safe='')}"


async def _forbidden(request: Request, error: Exception) -> Response:
    assert isinstance(error, Forbidden)  # noqa: S101 - registered for these only
    parts = collaborators(request)
    about = request.url.path
    await asyncio.to_thread(
        parts.store.acts.note, parts.clock(), error.person.name, "forbidden", about, error.act.value
    )
    if is_for_tools(request):
        return JSONResponse({"error": str(error)}, status_code=403)
    words = N_("Your role may not do that. Ask a supervisor or an administrator; the attempt was noted.")
    return desk_notice(request, error.person, N_("Not allowed"), words, 403)


async def _not_our_form(request: Request, _error: Exception) -> Response:
    if is_for_tools(request):
        return JSONResponse({"error": "the token of the form is missing or wrong"}, status_code=403)
    try:
        person = await signed_in(request)
    except NotSignedIn as error:
        return await _not_signed_in(request, error)
    words = N_(
        "This form was opened before you signed in, or on another site. Nothing was done: load the page again."
    )
    return desk_notice(request, person, N_("Nothing was done"), words, 403)

"""Signing in with name and password, and signing out; guessing is slowed down, and every try of a known name is noted."""

import asyncio
import logging
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.languages import LANGUAGES
from oms.languages.marks import N_
from oms.passwords import LONGEST, hashed, is_outdated, matches
from oms.store.people import Account, folded
from oms.web.collaborators import Collaborators, collaborators
from oms.web.people.door import NotSignedIn, Posted, signed_in
from oms.web.people.public import public_page
from oms.web.people.refusing import SEE_OTHER, SIGN_IN, within

router = APIRouter(include_in_schema=False)
WINDOW: Final = timedelta(minutes=15)
TRIES: Final = 5
"""Of one name from one address within the window."""
TRIES_OF_AN_ADDRESS: Final = 60
"""Of any names: a whole office may share an address."""
TRIES_OF_A_NAME: Final = 200
"""From all addresses, within an hour."""
HOUR: Final = timedelta(hours=1)
WRONG: Final = N_("Name or password is wrong.")
TOO_OFTEN: Final = N_("That was tried too often. Wait a quarter of an hour, or ask an administrator.")
ELSEWHERE: Final = N_("This form was not sent by our own page. Try again here.")
Next = Annotated[str, Query(max_length=2000)]

log = logging.getLogger(__name__)


@router.get(SIGN_IN)
async def form(
    request: Request,
    next: Next = "/desk",  # noqa: A002 - the parameter's name
    lang: Annotated[str, Query(max_length=8)] = "",
) -> Response:
    """Ask who comes; somebody who is signed in goes on."""
    if lang in LANGUAGES:
        answer = RedirectResponse(
            request.url.include_query_params(next=within(next)).remove_query_params("lang"), SEE_OTHER
        )
        collaborators(request).entrance.give_language(answer, lang)
        return answer
    try:
        await signed_in(request)
    except NotSignedIn:
        return shown(request, next)
    return RedirectResponse(within(next), SEE_OTHER)


@router.post(SIGN_IN)
async def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=LONGEST * 4)],
    next: Annotated[str, Form(max_length=2000)] = "/desk",  # noqa: A002 - the field's name
) -> Response:
    """Let somebody in; the answer does not say whether the name or the password was wrong."""
    parts = collaborators(request)
    if not parts.entrance.ours(request):
        return shown(request, next, ELSEWHERE, status=403)
    if await asyncio.to_thread(_too_often, parts, name, parts.entrance.caller(request)):
        log.warning("sign_in.slowed")
        return shown(request, next, TOO_OFTEN, status=429)
    account = await asyncio.to_thread(_checked, parts, name, password)
    if account is None:
        return shown(request, next, WRONG, status=401)
    return await asyncio.to_thread(let_in, request, account, next, "password")


@router.post("/sign-out")
async def sign_out(request: Request, person: Posted) -> RedirectResponse:
    """End the session in this browser."""
    parts = collaborators(request)
    await asyncio.to_thread(parts.store.web_sessions.end, parts.entrance.token(request))
    await asyncio.to_thread(parts.store.acts.note, parts.clock(), person.name, "sign_out")
    answer = RedirectResponse(SIGN_IN, status_code=SEE_OTHER)
    parts.entrance.take(answer)
    return answer


def shown(request: Request, next_: str, problem: str = "", *, status: int = 200) -> HTMLResponse:
    """Show the form, with what was wrong the last time."""
    provider = collaborators(request).identity
    return public_page(
        request, "sign_in.html", status=status, next=within(next_), problem=problem,
        provider=provider.name if provider else "",
    )  # fmt: skip


def let_in(request: Request, account: Account, next_: str, way: str) -> RedirectResponse:
    """Begin a session of somebody who proved who they are; the one that was in this browser ends. Blocking."""
    parts, store = collaborators(request), collaborators(request).store
    now = parts.clock()
    old = parts.entrance.token(request)
    if old:
        store.web_sessions.end(old)
    store.web_sessions.sweep(now, parts.entrance.lasting)
    token = store.web_sessions.begin(account.key, now)
    store.people.change(account.name, signed_in_at=now)
    store.attempts.forget(_try_of(account.name, parts.entrance.caller(request)), now)
    store.acts.note(now, account.name, "sign_in", why=way)
    answer = RedirectResponse(within(next_), status_code=SEE_OTHER)
    parts.entrance.give(answer, token)
    return answer


def _too_often(parts: Collaborators, name: str, address: str) -> bool:
    now, tried = parts.clock(), parts.store.attempts.tried
    return (
        tried(f"sign-in of an address|{address}", now, WINDOW) > TRIES_OF_AN_ADDRESS
        or tried(_try_of(name, address), now, WINDOW) > TRIES
        or tried(f"sign-in of a name|{folded(name)}", now, HOUR) > TRIES_OF_A_NAME
    )


def _try_of(name: str, address: str) -> str:
    return f"sign-in|{folded(name)}|{address}"


def _checked(parts: Collaborators, name: str, password: str) -> Account | None:
    account = parts.store.people.get(name)
    able = account is not None and account.disabled_at is None
    kept = account.password if account is not None and able else ""
    if not matches(kept, password[: LONGEST + 1]):
        if account is not None:  # an unknown name may be a password in the wrong field
            parts.store.acts.note(
                parts.clock(), account.name, "sign_in.failed", why="" if able else "disabled"
            )
        return None
    if account is not None and is_outdated(kept):
        parts.store.people.change(account.name, password=hashed(password))
    return account

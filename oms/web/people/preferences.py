"""One's own page: the language one reads, the zone of one's clock, the password, and signing out everywhere."""

import asyncio
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.domain.roles import Act
from oms.languages import LANGUAGES
from oms.languages.marks import N_
from oms.passwords import LONGEST, hashed, matches, objection
from oms.store.people import folded
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_page
from oms.web.people.door import Posted, SignedIn, needs
from oms.web.people.person import Person
from oms.web.people.refusing import SEE_OTHER, SIGN_IN, within
from oms.web.people.sign_in import TRIES, WINDOW

router = APIRouter(include_in_schema=False)
ME = "/desk/me"
Password = Annotated[str, Form(max_length=LONGEST * 4)]
LOOK = [needs(Act.LOOK)]
WRONG_NOW = N_("The present password is wrong.")
TOO_OFTEN = N_("That was tried too often. Wait a quarter of an hour.")
NOT_GOOD = N_("The new password is too short or too simple: at least 12 characters, without your name.")
NO_ZONE = N_("There is no such time zone.")
CHANGED = N_("Saved.")
PASSWORD_CHANGED = N_("The password was changed; you are signed out in every other browser.")


@router.get(ME)
async def me(request: Request, person: SignedIn) -> HTMLResponse:
    """Show what somebody may set for themselves."""
    return await _shown(request, person)


@router.post("/desk/me/language", dependencies=LOOK)
async def language(
    request: Request,
    person: Posted,
    language: Annotated[str, Form(max_length=8)],
    next: Annotated[str, Form(max_length=2000)] = "/desk",  # noqa: A002 - the field's name
) -> RedirectResponse:
    """Read in another language from now on, here and in every other browser."""
    parts = collaborators(request)
    answer = RedirectResponse(within(next), status_code=SEE_OTHER)
    if language in LANGUAGES:
        await asyncio.to_thread(parts.store.people.change, person.name, language=language)
        parts.entrance.give_language(answer, language)
    return answer


@router.post("/desk/me/zone", dependencies=LOOK)
async def zone(request: Request, person: Posted, zone: Annotated[str, Form(max_length=64)]) -> HTMLResponse:
    """Read moments as people of another place do."""
    if zone not in available_timezones():
        return await _shown(request, person, problem=NO_ZONE, status=422)
    await asyncio.to_thread(collaborators(request).store.people.change, person.name, zone=zone)
    return await _shown(request, person.model_copy(update={"zone": zone}), done=CHANGED)


@router.post("/desk/me/password", dependencies=LOOK)
async def password(request: Request, person: Posted, present: Password, new: Password) -> HTMLResponse:
    """Change one's password, which ends one's sessions in other browsers."""
    problem, status = await asyncio.to_thread(_change, request, person, present, new)
    if problem:
        return await _shown(request, person, problem=problem, status=status)
    return await _shown(request, person, done=PASSWORD_CHANGED)


@router.post("/desk/me/sign-out", dependencies=LOOK)
async def sign_out_everywhere(request: Request, person: Posted) -> Response:
    """End one's sessions in all browsers, this one too."""
    parts = collaborators(request)
    await asyncio.to_thread(parts.store.web_sessions.end_all, folded(person.name))
    await asyncio.to_thread(parts.store.acts.note, parts.clock(), person.name, "sign_out", why="everywhere")
    answer = RedirectResponse(SIGN_IN, status_code=SEE_OTHER)
    parts.entrance.take(answer)
    return answer


def _change(request: Request, person: Person, present: str, new: str) -> tuple[str, int]:
    parts = collaborators(request)
    people, now = parts.store.people, parts.clock()
    if parts.store.attempts.tried(f"own password|{folded(person.name)}", now, WINDOW) > TRIES:
        return TOO_OFTEN, 429
    account = people.get(person.name)
    if account is None or not matches(account.password, present):
        return WRONG_NOW, 422
    if objection(new, person.name):
        return NOT_GOOD, 422
    _keep(parts, person, new, parts.entrance.token(request))
    return "", 200


def _keep(parts: Collaborators, person: Person, new: str, here: str) -> None:
    parts.store.people.change(person.name, password=hashed(new))
    parts.store.web_sessions.end_all(folded(person.name), but=here)
    parts.store.acts.note(parts.clock(), person.name, "password.changed", about=person.name)


async def _shown(
    request: Request, person: Person, *, problem: str = "", done: str = "", status: int = 200
) -> HTMLResponse:
    account = await asyncio.to_thread(collaborators(request).store.people.get, person.name)
    return desk_page(
        request, person, "desk/me.html", status=status, problem=problem, done=done,
        has_password=bool(account and account.password), zones=sorted(available_timezones()),
    )  # fmt: skip

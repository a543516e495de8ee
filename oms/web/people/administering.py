"""The people of the desk, for administrators: who they are, their roles, whom the door stays shut for."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import StringConstraints

from oms.domain.roles import Act, Role
from oms.languages.marks import N_
from oms.people import change_role, disable, enable
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_page
from oms.web.people.door import Posted, SignedIn, needs, needs_to_see
from oms.web.people.person import Person

router = APIRouter(include_in_schema=False)
ADMINS: Final = [needs(Act.MANAGE_PEOPLE)]
SHOWN: Final = 100
DONE: Final = N_("Done.")
UNCHANGED: Final = N_(
    "Nothing was changed: there is no such person, it is so already, or it would leave no administrator."
)
Name = Annotated[str, Form(max_length=200)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Form()]


@router.get("/desk/people", dependencies=[needs_to_see(Act.MANAGE_PEOPLE)])
async def people(request: Request, person: SignedIn) -> HTMLResponse:
    """List everybody, and what was done lately."""
    return await _shown(request, person)


@router.post("/desk/people/role", dependencies=ADMINS)
async def role(
    request: Request, person: Posted, name: Name, role: Annotated[Role, Form()], why: Why
) -> HTMLResponse:
    """Give somebody another role, from their next click on."""
    parts = collaborators(request)
    changed = await asyncio.to_thread(change_role, parts.store, (parts.clock(), person.name, why), name, role)
    return await _answered(request, person, changed=changed)


@router.post("/desk/people/disable", dependencies=ADMINS)
async def shut_out(request: Request, person: Posted, name: Name, why: Why) -> HTMLResponse:
    """Let somebody in no more, and end their sessions."""
    parts = collaborators(request)
    changed = await asyncio.to_thread(disable, parts.store, (parts.clock(), person.name, why), name)
    return await _answered(request, person, changed=changed)


@router.post("/desk/people/enable", dependencies=ADMINS)
async def let_in_again(request: Request, person: Posted, name: Name, why: Why) -> HTMLResponse:
    """Let somebody in again."""
    parts = collaborators(request)
    changed = await asyncio.to_thread(enable, parts.store, (parts.clock(), person.name, why), name)
    return await _answered(request, person, changed=changed)


async def _answered(request: Request, person: Person, *, changed: bool) -> HTMLResponse:
    if changed:
        return await _shown(request, person, done=DONE)
    return await _shown(request, person, problem=UNCHANGED, status=409)


async def _shown(
    request: Request, person: Person, *, problem: str = "", done: str = "", status: int = 200
) -> HTMLResponse:
    accounts, acts = await asyncio.to_thread(_look, collaborators(request))
    return desk_page(
        request, person, "desk/people.html", status=status, problem=problem, done=done, accounts=accounts,
        acts_done=acts, roles=list(Role),
    )  # fmt: skip


def _look(parts: Collaborators) -> tuple[object, object]:
    return parts.store.people.all(), parts.store.acts.newest(SHOWN)

"""The desk's register of outside interfaces: how each is, who looks after it, what of it ends when, and saying that you do."""

import asyncio
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.domain.alerting import LONGEST_WHY
from oms.domain.alerts import AcknowledgeAlert
from oms.domain.errors import Unavailable
from oms.domain.expiries import Ends, Expiry, Reminded, days_left, step_at
from oms.domain.interfaces import Health, Interface
from oms.domain.roles import Act
from oms.expiring import Endings
from oms.languages.marks import N_
from oms.ports.asking import Asked
from oms.store.health import Stood
from oms.store.interfaces import Known
from oms.temporal.alarms import alert_id
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.people.door import Posted, SignedIn, needs
from oms.web.people.person import Person
from oms.web.spoken_outside import GRAVE

NOT_YET = N_("It does not end soon: nobody is reminded yet, and there is nothing to acknowledge.")
NO_REASON = N_("Say why, or what you are doing about it: 500 characters at most.")
NO_SUCH = N_("Nothing of that name is known here")
NO_SUCH_MORE = N_("The page of the interfaces lists what is in use and what ends.")
_PLACE = {state: place for place, state in enumerate(Health)}

router = APIRouter(include_in_schema=False)


class Line(NamedTuple):
    """One interface: as it is declared, as the watch sees it, as the register knows it."""

    key: str
    declared: Interface | None
    stood: Stood | None
    known: Known
    versions: tuple[str, ...]


class Ending(NamedTuple):
    """Something that ends."""

    expiry: Expiry
    days: int
    over: bool
    due: bool
    """People are reminded of it."""
    known: Known


@router.get("/desk/interfaces")
async def interfaces(request: Request, person: SignedIn) -> HTMLResponse:
    """List every interface in use, the gravest first, and what ends when, the nearest first."""
    parts = collaborators(request)
    lines, endings = await asyncio.to_thread(lambda: (_lines(parts), _endings(parts)))
    return desk_page(
        request, person, "desk/interfaces.html", lines=lines, endings=endings, healthy=Health.HEALTHY, grave=GRAVE,
        registered=parts.register is not None,
    )  # fmt: skip


@router.get("/desk/interfaces/of/{key:path}")
async def one(request: Request, person: SignedIn, key: str) -> HTMLResponse:
    """Show all that is known of one interface, and what was done about it."""
    parts = collaborators(request)
    line = await asyncio.to_thread(lambda: next((each for each in _lines(parts) if each.key == key), None))
    if line is None:
        return desk_notice(request, person, NO_SUCH, NO_SUCH_MORE, 404)
    log = await asyncio.to_thread(parts.store.interfaces.log, f"{Ends.INTERFACE}:{key}")
    system = parts.register.systems.get(key.partition("/")[0]) if parts.register else None
    return desk_page(
        request,
        person,
        "desk/interface.html",
        line=line,
        log=log[::-1],
        system=system,
        healthy=Health.HEALTHY,
        grave=GRAVE,
    )


@router.get("/desk/interfaces/ends/{key:path}")
async def ending(request: Request, person: SignedIn, key: str) -> HTMLResponse:
    """Show something that ends: when, who says so, who looks after it."""
    found = await asyncio.to_thread(_ending, collaborators(request), key)
    if found is None:
        return desk_notice(request, person, NO_SUCH, NO_SUCH_MORE, 404)
    return await _shown(request, person, found)


@router.post("/desk/interfaces/acknowledge", dependencies=[needs(Act.ACKNOWLEDGE)])
async def acknowledge(
    request: Request,
    person: Posted,
    key: Annotated[str, Form(max_length=300)],
    why: Annotated[str, Form()] = "",
) -> Response:
    """Look after something that ends: no further reminder of the present step; the next step reminds again."""
    parts, why = collaborators(request), why.strip()
    found = await asyncio.to_thread(_ending, parts, key)
    if found is None:
        return desk_notice(request, person, NO_SUCH, NO_SUCH_MORE, 404)
    step = step_at(found.expiry, parts.clock())
    refusal = NOT_YET if step is None else "" if 0 < len(why) <= LONGEST_WHY else NO_REASON
    if refusal:
        return await _shown(request, person, found, refusal=refusal, why=why, status=409)
    told = Reminded(of=found.expiry.at, step=found.known.reminded_step, acknowledged=step)
    await asyncio.to_thread(parts.store.interfaces.acknowledge, key, told, person.name, why)
    await asyncio.to_thread(
        parts.store.acts.note, parts.clock(), person.name, "end acknowledged", f"ends:{key}", why
    )
    if found.known.alerted:
        await _quieten(parts, found.expiry.condition_key, person.name, why)
    return RedirectResponse(f"/desk/interfaces/ends/{quote(key)}", status_code=303)


async def _quieten(parts: Collaborators, key: str, by: str, why: str) -> None:
    """Let the open alert call nobody else; where that does not work, the register knows all the same."""
    try:
        await parts.asking.ask(
            Asked(alert_id(key), "alerts", key), "acknowledge", AcknowledgeAlert(by=by, why=why)
        )
    except Unavailable:
        return


async def _shown(
    request: Request, person: Person, found: Ending, *, status: int = 200, **more: Any
) -> HTMLResponse:
    log = await asyncio.to_thread(collaborators(request).store.interfaces.log, found.expiry.key)
    shown = {"refusal": "", "why": "", **more}
    return desk_page(
        request, person, "desk/ending.html", status=status, ending=found, log=log[::-1], longest=LONGEST_WHY,
        may=person.may(Act.ACKNOWLEDGE), **shown,
    )  # fmt: skip


def _lines(parts: Collaborators) -> list[Line]:
    stood = {each.interface: each for each in parts.store.health.all()}
    known, in_force = parts.store.interfaces.all(), parts.store.shop_versions.all()
    declared = dict(parts.register.interfaces) if parts.register else {}
    lines = [
        Line(
            key=key, declared=declared.get(key), stood=stood.get(key),
            known=known.get(f"{Ends.INTERFACE}:{key}", Known(key="")),
            versions=parts.register.versions_of(declared[key], in_force) if parts.register and key in declared else (),
        )
        for key in {*declared, *stood}
    ]  # fmt: skip
    return sorted(lines, key=lambda each: (-_PLACE[each.stood.health] if each.stood else 0, each.key))


def _endings(parts: Collaborators) -> list[Ending]:
    if parts.register is None:
        return []
    now, known = parts.clock(), parts.store.interfaces.all()
    return [
        Ending(
            expiry=each, days=days_left(each.at, now), over=now >= each.at, due=step_at(each, now) is not None,
            known=known.get(each.key, Known(key=each.key)),
        )
        for each in Endings(parts.register, parts.store).all(now)
        if not each.renews_itself or now >= each.at
    ]  # fmt: skip


def _ending(parts: Collaborators, key: str) -> Ending | None:
    return next((each for each in _endings(parts) if each.expiry.key == key), None)

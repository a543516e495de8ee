"""What is sealed away and opened for a person with a purpose: the receiver of an order, the payloads it came from."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from oms.domain.errors import Misused, Unmappable
from oms.domain.ids import OrderKey
from oms.domain.receiver import Receiver
from oms.domain.roles import Act
from oms.http import read_json
from oms.languages.marks import N_
from oms.masking import masked
from oms.ports import Mapped
from oms.store import Arrival
from oms.store.vault import SealBroken
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.forms import Form
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.desk.going_to import going_to
from oms.web.desk.order import Said, no_such_order, order_page
from oms.web.finding import find
from oms.web.people.door import Posted, SignedIn, needs, needs_to_see
from oms.web.people.person import Person

WRONG: Final = 422
NOT_FOUND: Final = 404
NO_PURPOSE: Final = Said("bad", N_("What for?"), N_("The purpose is written down with your name."))
NO_RECEIVER: Final = Said(
    "bad", N_("There is no receiver to show"), N_("Fetch the order anew from its shop.")
)

router = APIRouter(include_in_schema=False)


class PayloadShown(NamedTuple):
    """A payload beside what we made of it; neither names anybody."""

    received: str
    """Empty when it is nothing that we could mask."""
    mapped: str
    problem: str


@router.post("/desk/orders/{key}/receiver", dependencies=[needs(Act.REVEAL_RECEIVER)])
async def reveal(key: str, request: Request, person: Posted) -> Response:
    """Show the receiver in plain text, for a purpose, on the record."""
    parts = collaborators(request)
    found = await asyncio.to_thread(find, parts, key)
    if found is None:
        return no_such_order(request, person)
    purpose = (await Form.of(request)).text("purpose", 200)
    if not purpose:
        return await order_page(request, person, found, said=NO_PURPOSE, status=WRONG)
    digest = await going_to(parts, found.row.key)
    opened = await asyncio.to_thread(_open, parts, found.row.key, digest, (person.name, purpose))
    if opened is None:
        return await order_page(request, person, found, said=NO_RECEIVER, status=NOT_FOUND)
    receiver, remark = opened
    return desk_page(
        request, person, "desk/order_receiver.html", order=found.row, here=f"/desk/orders/{found.row.key}",
        receiver=receiver, remark=remark, purpose=purpose,
    )  # fmt: skip


@router.get("/desk/orders/{key}/payloads/{inbox_id}", dependencies=[needs_to_see(Act.SEE_PAYLOAD)])
async def payload(key: str, inbox_id: str, request: Request, person: SignedIn) -> HTMLResponse:
    """Show a payload as it was received, the person in it hidden, beside the order that was read from it."""
    parts = collaborators(request)
    found = await asyncio.to_thread(find, parts, key)
    if found is None:
        return no_such_order(request, person)
    arrivals = await asyncio.to_thread(parts.store.inbox.of_order, found.row.key, 1000)
    arrival = next((each for each in arrivals if each.inbox_id == inbox_id), None)
    if arrival is None:
        words = N_("No payload of that name belongs to this order.")
        return desk_notice(request, person, N_("No such payload"), words, NOT_FOUND)
    shown = await asyncio.to_thread(_read, parts, arrival, person)
    return desk_page(
        request, person, "desk/order_payload.html", order=found.row, here=f"/desk/orders/{found.row.key}",
        arrival=arrival, payload=shown,
    )  # fmt: skip


def _open(
    parts: Collaborators, key: OrderKey, digest: str, look: tuple[str, str]
) -> tuple[Receiver, str] | None:
    if not digest:
        return None
    who, purpose = look
    parts.store.acts.note(parts.clock(), who, "receiver.revealed", str(key), purpose)
    try:
        return parts.store.receivers.get(key, digest, who=who, purpose=purpose)
    except (Misused, SealBroken):
        return None


def _read(parts: Collaborators, arrival: Arrival, person: Person) -> PayloadShown:
    parts.store.acts.note(parts.clock(), person.name, "payload.seen", arrival.inbox_id, str(arrival.order))
    try:
        raw = parts.store.inbox.payload(arrival.inbox_id, who=person.name, purpose="seen on the desk")
    except SealBroken:
        return PayloadShown("", "", N_("Its seal is broken, or the key it was sealed with is missing."))
    try:
        content = read_json(raw)
    except ValueError:
        return PayloadShown("", "", N_("It is not JSON; what it holds cannot be masked, so it is not shown."))
    mapped, problem = _mapped(parts, arrival, content)
    words = "" if mapped is None else _pretty(mapped.snapshot.model_dump(mode="json"))
    return PayloadShown(_pretty(masked(content, mapped)), words, problem)


def _mapped(parts: Collaborators, arrival: Arrival, content: Any) -> tuple[Mapped | None, str]:
    channel = parts.channels.get(arrival.shop) if arrival.shop else None
    if channel is None or arrival.source != "channel" or not isinstance(content, Mapping):
        return None, N_("It is no order of a shop that is configured; nothing was mapped from it.")
    try:
        return channel.read(content), ""
    except Unmappable as error:
        return None, str(error)
    except Exception:  # noqa: BLE001 - a fault of a mapping must not keep people from the payload; it quotes content
        return None, N_("It could not be read through a fault of the mapping.")


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)

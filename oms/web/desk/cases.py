"""What a person decides about an after-sale, on the page of its order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, assert_never

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from oms.domain.aftersales.book import AfterSaleRow
from oms.domain.aftersales.messages import AddCaseNote, ApproveCase, RefuseCase, SendAgain, SetReturnWaybill
from oms.domain.errors import Unavailable
from oms.domain.messages import Command
from oms.domain.money import yuan_to_fen
from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.ports.asking import Agreed, Declined, NotRunning
from oms.store import OrderView
from oms.temporal.asking import the_case
from oms.web.collaborators import collaborators
from oms.web.desk.acting import (
    AWAY,
    CONFLICT,
    NOBODY_ANSWERS,
    NOT_UNDERSTOOD,
    NOTHING_SAID,
    ONCE_ALL_THE_SAME,
    WRONG,
)
from oms.web.desk.forms import Form, once_for
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.desk.order import Said, order_page
from oms.web.desk.order_shown import others_since
from oms.web.desk.told import told
from oms.web.people.door import Posted, needs
from oms.web.people.person import Person
from oms.web.spoken_order import CHANGES

REFUSED: Final = N_("The after-sale refuses")
OVER: Final = N_("The after-sale is not under way any more.")
FIELDS: Final = ("why", "amount", "elsewhere", "waybill", "carrier")
LABELS: Final = {
    "approve": N_("Agree"),
    "refuse": N_("Refuse the buyer's wish"),
    "send_once_more": N_("Send once more"),
    "set_return_waybill": N_("Set the return waybill"),
    "add_note": N_("Add a note"),
}

router = APIRouter(include_in_schema=False)


async def decide(request: Request, person: Person, key: str, update: str) -> Response:
    """Ask one thing of one after-sale for a person."""
    case, found = await asyncio.to_thread(_find, request, key)
    if case is None or found is None:
        words = N_("The desk knows no after-sale of that number (yet).")
        return desk_notice(request, person, N_("No such after-sale"), words, 404)
    form = await Form.of(request)
    typed = form.typed(*FIELDS)
    if not typed.get("why"):
        return await order_page(request, person, found, said=NOTHING_SAID, status=WRONG)
    timeline = await asyncio.to_thread(collaborators(request).store.after_sales.timeline, case.key)
    since = () if update == "add_note" else others_since(timeline, form.number("seq"), person.name)
    if since:
        return desk_page(
            request, person, "desk/order_moved.html", status=CONFLICT, order=found.row, since=since,
            ask=update, label=LABELS[update], fields=typed, once=form.once, changes=CHANGES,
            here=f"/desk/cases/{case.key}", seq=case.seq,
        )  # fmt: skip
    said, status = await _ask(request, person, case, update, form)
    if said.tone == "good":
        return told(request, f"/desk/orders/{found.row.key}", said.words)
    return await order_page(request, person, found, said=said, status=status)


def _find(request: Request, key: str) -> tuple[AfterSaleRow | None, OrderView | None]:
    store = collaborators(request).store
    case = store.after_sales.get(key)
    return case, None if case is None else store.orders.get(case.order)


async def _ask(
    request: Request, person: Person, case: AfterSaleRow, update: str, form: Form
) -> tuple[Said, int]:
    try:
        message = _message(person, update, form)
    except (ValidationError, ValueError):
        return Said("bad", NOT_UNDERSTOOD, "88.00" if form.text("amount") else form.text("waybill")), WRONG
    once = once_for(form.once, update, message)
    try:
        answer = await collaborators(request).asking.ask(the_case(case.key), update, message, once=once)
    except Unavailable:
        return Said("bad", NOBODY_ANSWERS, ONCE_ALL_THE_SAME, once=form.once), AWAY
    match answer:
        case Agreed(note=note):
            return Said("good", N_("Done"), note or LABELS[update]), 303
        case Declined(why=why):
            return Said("bad", REFUSED, why), CONFLICT
        case NotRunning():
            return Said("bad", REFUSED, OVER), CONFLICT
        case _:
            assert_never(answer)


def _message(person: Person, update: str, form: Form) -> Command:
    """Word what the form asks. Raises ValueError for what nobody can read."""
    by, why = person.name, form.text("why")
    match update:
        case "approve":
            amount = form.text("amount", 20)
            fen = yuan_to_fen(amount) if amount else None
            return ApproveCase(by=by, why=why, amount_fen=fen, elsewhere=form.text("elsewhere") == "yes")
        case "refuse":
            return RefuseCase(by=by, why=why)
        case "send_once_more":
            return SendAgain(by=by, why=why)
        case "set_return_waybill":
            waybill, carrier = form.text("waybill", 41), form.text("carrier", 21)
            return SetReturnWaybill(by=by, why=why, waybill=waybill, carrier=carrier)
        case _:
            return AddCaseNote(by=by, why=why)


def _route(update: str) -> Callable[..., Awaitable[Response]]:
    async def asked(key: str, request: Request, person: Posted) -> Response:
        return await decide(request, person, key, update)

    asked.__name__ = f"case_{update}"
    return asked


for _each in LABELS:
    _act = Act.ADD_NOTE if _each == "add_note" else Act.DECIDE_CASE
    router.add_api_route(
        f"/desk/cases/{{key}}/{_each}", _route(_each), methods=["POST"], dependencies=[needs(_act)]
    )

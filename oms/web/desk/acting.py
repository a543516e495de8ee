"""What a person asks of an order at the desk: done, or refused in the order's own words, and never done twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final, assert_never

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from oms.domain.book import Change
from oms.domain.desk_requests import ACT_OF, Ask, command
from oms.domain.errors import Misused, OmsError, Unavailable
from oms.domain.messages import ChangeWaybill, Command, PlaceHold
from oms.languages.marks import N_
from oms.ports.asking import Agreed, Answer, Declined, NotRunning
from oms.store import OrderView
from oms.temporal.asking import the_order
from oms.web.collaborators import collaborators
from oms.web.desk.addresses import readdress
from oms.web.desk.forms import Form, once_for
from oms.web.desk.frame import desk_page
from oms.web.desk.order import FIELDS, Said, no_such_order, order_page
from oms.web.desk.order_shown import others_since
from oms.web.desk.told import told
from oms.web.finding import find
from oms.web.people.door import Posted, needs
from oms.web.people.person import Person
from oms.web.spoken_order import ASKS, CHANGES

WRONG: Final = 422
CONFLICT: Final = 409
AWAY: Final = 503
NEEDS_NO_LOOK: Final = frozenset({Ask.ADD_NOTE, Ask.RESYNC})
"""Nobody else's doing can make these wrong."""
NOTHING_SAID: Final = Said("bad", N_("Say why"), N_("The reason stands in the timeline, with your name."))
NOT_UNDERSTOOD: Final = N_("That cannot be read")
NOBODY_ANSWERS: Final = N_("Nobody answers just now")
ONCE_ALL_THE_SAME: Final = N_(
    "Whether it was done is not known yet. Ask again from this page: it is done once, however often you ask."
)
NOT_RUNNING: Final = N_("The order is not under way any more: it has ended, or Temporal does not know it.")
REFUSED: Final = N_("The order refuses")

router = APIRouter(include_in_schema=False)


async def act(request: Request, person: Person, key: str, ask: Ask) -> Response:
    """Ask one thing of one order for a person."""
    found = await asyncio.to_thread(find, collaborators(request), key)
    if found is None:
        return no_such_order(request, person)
    form = await Form.of(request)
    typed = form.typed(*FIELDS)
    if not typed.get("why"):
        return await order_page(request, person, found, said=NOTHING_SAID._replace(typed=typed), status=WRONG)
    moved = () if ask in NEEDS_NO_LOOK else await asyncio.to_thread(_moved, request, person, found, form)
    if moved:
        return desk_page(
            request, person, "desk/order_moved.html", status=CONFLICT, order=found.row, since=moved, ask=ask,
            label=ASKS[ask], fields=typed, once=form.once, changes=CHANGES, here=f"/desk/orders/{found.row.key}",
        )  # fmt: skip
    return await _answered(request, person, found, ask, form)


def _moved(request: Request, person: Person, found: OrderView, form: Form) -> Sequence[Change]:
    timeline = collaborators(request).store.orders.timeline(found.row.key)
    return others_since(timeline, form.number("seq"), person.name)


async def _answered(request: Request, person: Person, found: OrderView, ask: Ask, form: Form) -> Response:
    typed = form.typed(*FIELDS)
    try:
        answer = await _ask(request, person, found, ask, form)
    except (ValidationError, ValueError) as error:
        said = Said("bad", NOT_UNDERSTOOD, _problem(error), typed, form.once)
        return await order_page(request, person, found, said=said, status=WRONG)
    except Unavailable:
        said = Said("bad", NOBODY_ANSWERS, ONCE_ALL_THE_SAME, typed, form.once)
        return await order_page(request, person, found, said=said, status=AWAY)
    match answer:
        case Agreed(note=note):
            return told(request, f"/desk/orders/{found.row.key}", note or ASKS[ask])
        case Declined(why=why):
            said = Said("bad", REFUSED, why, typed)
        case NotRunning():
            said = Said("bad", REFUSED, NOT_RUNNING, typed)
        case _:
            assert_never(answer)
    return await order_page(request, person, found, said=said, status=CONFLICT)


async def _ask(request: Request, person: Person, found: OrderView, ask: Ask, form: Form) -> Answer:
    """Word the request and send it. Raises Unavailable, and ValueError for what nobody can read."""
    parts, key = collaborators(request), found.row.key
    if ask is Ask.RESYNC:
        return await _resync(request, person, found, form)
    if ask is Ask.CHANGE_ADDRESS:
        return await readdress(parts, person, key, form)
    message = _message(person, ask, form)
    return await parts.asking.ask(the_order(key), ask, message, once=once_for(form.once, ask, message))


def _message(person: Person, ask: Ask, form: Form) -> Command:
    by, why = person.name, form.text("why")
    match ask:
        case Ask.CHANGE_WAYBILL:
            return ChangeWaybill(
                by=by, why=why, old_waybill=form.text("old_waybill"), waybill=form.text("waybill"),
                carrier=form.text("carrier"),
            )  # fmt: skip
        case Ask.HOLD:
            return PlaceHold(by=by, why=why, until=_until(person, form.text("until")))
        case _:
            return command(ask, by, why, form.text("hold"))


def _until(person: Person, text: str) -> datetime | None:
    """Read a moment as the person's clock shows it. Raises ValueError."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=person.clock)
    if aware <= datetime.now(UTC):
        raise ValueError("the hold would end in the past")
    return aware


async def _resync(request: Request, person: Person, found: OrderView, form: Form) -> Answer:
    parts, key = collaborators(request), found.row.key
    note = (parts.clock(), person.name, "order.resynced", str(key), form.text("why"))
    try:
        receipt = await parts.intake.resync(key)
    except Misused as error:
        return Declined(why=str(error))
    except Unavailable:
        raise
    except OmsError as error:
        return Declined(why=f"the shop does not tell: {error}")
    await asyncio.to_thread(parts.store.acts.note, *note)
    if receipt is None:
        return Declined(why=f"the shop {key.shop_key} knows no order {key.number}")
    return Agreed(note=f"{receipt.status} {receipt.reason}".strip())


def _problem(error: ValueError) -> str:
    """Name what cannot be read, without quoting it."""
    if isinstance(error, ValidationError):
        return ", ".join(sorted({str(each["loc"][-1]) for each in error.errors() if each["loc"]}))
    return str(error)


def _route(ask: Ask) -> Callable[..., Awaitable[Response]]:
    async def asked(key: str, request: Request, person: Posted) -> Response:
        return await act(request, person, key, ask)

    asked.__name__ = f"order_{ask}"
    return asked


for _each in Ask:
    router.add_api_route(
        f"/desk/orders/{{key}}/{_each}", _route(_each), methods=["POST"], dependencies=[needs(ACT_OF[_each])]
    )

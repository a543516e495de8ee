"""Keep a choice of orders under a name, and forget it again."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.store.saved_views import SavedView
from oms.web.collaborators import collaborators
from oms.web.desk.choosing import FILTERS, Wanted, address
from oms.web.desk.frame import desk_notice
from oms.web.people.door import Posted, needs

LONGEST_NAME: Final = 60
SEE_OTHER: Final = 303
NOT_KEPT: Final = N_("The view was not kept")
NO_NAME: Final = N_("A view needs a name of at most 60 plain characters. Go back and type one.")
TOO_MANY: Final = N_("You keep 50 views already. Forget one that you need no more, then keep this one.")

router = APIRouter(include_in_schema=False)
Name = Annotated[str, Form()]


@router.post("/desk/orders/views", dependencies=[needs(Act.LOOK)])
async def keep(request: Request, person: Posted, name: Name = "") -> Response:
    """Keep the choice that the form brings along."""
    name, form = name.strip(), await request.form()
    wanted = Wanted.read({field: word for field in FILTERS if isinstance(word := form.get(field, ""), str)})
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return desk_notice(request, person, NOT_KEPT, NO_NAME, 422)
    if wanted.complaint:
        return desk_notice(request, person, NOT_KEPT, wanted.complaint, 422)
    views = collaborators(request).store.saved_views
    if not await asyncio.to_thread(views.keep, person.name, SavedView(name, dict(wanted.words))):
        return desk_notice(request, person, NOT_KEPT, TOO_MANY, 409)
    return RedirectResponse(address(wanted.words), SEE_OTHER)


@router.post("/desk/orders/views/forget", dependencies=[needs(Act.LOOK)])
async def forget(request: Request, person: Posted, name: Name = "") -> Response:
    """Forget one of the person's own views."""
    await asyncio.to_thread(collaborators(request).store.saved_views.drop, person.name, name)
    return RedirectResponse(address({}), SEE_OTHER)

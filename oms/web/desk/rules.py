"""The staff guide on the desk: the rules in force, in words."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from oms.clock import wall_clock
from oms.rules.guide import Guide, guide
from oms.web.collaborators import collaborators
from oms.web.pages import TEMPLATES, page

router = APIRouter(include_in_schema=False)


@router.get("/desk/rules")
async def rules(request: Request, lang: Annotated[Literal["zh", "en"], Query()] = "zh") -> HTMLResponse:
    """Show the rules in force, of every platform."""
    now = wall_clock()
    table = await asyncio.to_thread(collaborators(request).rules.in_force, now)
    other = f"/desk/rules?lang={'en' if lang == 'zh' else 'zh'}"
    return page("guide.html", guide=guide(table, lang, now), lang=lang, other=other)


def standalone(shown: Guide) -> str:
    """Return the guide as one page that needs no network."""
    return TEMPLATES.get_template("guide.html").render(guide=shown, lang=shown.lang, other="")

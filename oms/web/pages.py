"""Our HTML: templates that escape everything, and headers that let a page load nothing."""

from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from oms.domain.trace import without_people
from oms.web.words import CARRIERS, PARCEL_STATES, amount, local_time, stage_word, who_must_act

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "when": local_time,
        "stage": stage_word,
        "parcel": lambda state: PARCEL_STATES.get(state, str(state)),
        "carrier": lambda code: CARRIERS.get(code, code),
        "plain": without_people,
    }
    environment.globals |= {
        "amount": amount,
        "acts": lambda order: who_must_act(order.stage, tuple(order.holds)),
    }
    return environment


TEMPLATES: Final = _environment()


def page(template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """Render a template of ours."""
    return HTMLResponse(TEMPLATES.get_template(template).render(**shown), status_code=status, headers=HEADERS)


def notice(heading: str, words: str, status: int) -> HTMLResponse:
    """Say one thing on a page of its own."""
    return page("notice.html", status, heading=heading, words=words)

"""The frame of every page of the desk: where one can go, who is signed in, in which language and zone they read."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.web.people.person import Person
from oms.web.rendering import render

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
"""No script and no style but our own files; a form of ours says that it is ours, which `no-referrer` would hide."""
LONGEST_BACK: Final = 1_000
"""Of a longer address only the page is found again after the language was changed."""
PLACES: Final = (
    ("/desk", N_("Today"), Act.LOOK),
    ("/desk/orders", N_("Orders"), Act.LOOK),
    ("/desk/alerts", N_("Alerts"), Act.LOOK),
    ("/desk/inbox", N_("Parked"), Act.LOOK),
    ("/desk/channels", N_("Channels"), Act.LOOK),
    ("/desk/interfaces", N_("Interfaces"), Act.LOOK),
    ("/desk/rules", N_("Rules"), Act.LOOK),
    ("/desk/reports", N_("Reports"), Act.LOOK),
    ("/desk/searches", N_("Searches"), Act.LOOK),
    ("/desk/people", N_("People"), Act.MANAGE_PEOPLE),
)


def desk_page(
    request: Request, person: Person, template: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    """Render a page of the desk for a person; a template sees `person`, `csrf`, `path` and what is handed in."""
    path = request.url.path
    places = [(address, word, _is_here(address, path)) for address, word, act in PLACES if person.may(act)]
    content = render(
        template, person.language, person=person, csrf=person.csrf, zone=person.clock, path=path,
        back=_back(request), places=places, **shown,
    )  # fmt: skip
    return HTMLResponse(content, status_code=status, headers=HEADERS)


def desk_notice(request: Request, person: Person, heading: str, words: str, status: int) -> HTMLResponse:
    """Say one thing on a page of the desk; both texts are English ones that the catalogues know."""
    return desk_page(request, person, "desk/notice.html", status=status, heading=heading, words=words)


def _back(request: Request) -> str:
    """Return where to come back to after another language was chosen; what a form led to is no page to come back to."""
    path, query = request.url.path, request.url.query
    if request.method != "GET":
        return "/desk"
    return f"{path}?{query}" if 0 < len(query) <= LONGEST_BACK else path


def _is_here(address: str, path: str) -> bool:
    return path == address if address == "/desk" else path == address or path.startswith(f"{address}/")

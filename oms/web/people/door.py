"""The door of the desk: who is signed in, what they may do, and that what they send comes from a page of ours.

A page says `person: SignedIn`; what changes something says `person: Posted` and, among its route's dependencies,
`needs(Act.X)`: a test goes through all routes and misses none that declares no act.
"""

import asyncio
import hashlib
import hmac
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from oms.domain.roles import Act
from oms.languages import CHINESE, LANGUAGES, preferred
from oms.store.people import Account
from oms.web.collaborators import collaborators
from oms.web.people.entrance import LANGUAGE_COOKIE
from oms.web.people.person import Person

CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"
MOST_FIELDS: Final = 20_000
"""A selection of orders is a field each."""
_CSRF_PURPOSE: Final = b"desk-form|"


class NotSignedIn(Exception):
    """Nobody is signed in in this browser, or not any more."""


class NotOurForm(Exception):
    """A call that would change something does not come from a page that we gave to this person."""


class Forbidden(Exception):
    """Somebody is signed in who may not do that."""

    def __init__(self, person: Person, act: Act) -> None:
        """Say who, and what."""
        super().__init__(f"a {person.role} may not {act.value.replace('_', ' ')}")
        self.person = person
        self.act = act


async def signed_in(request: Request) -> Person:
    """Return who is signed in. Raises NotSignedIn, which leads a page to the sign-in and tells a tool 401."""
    parts = collaborators(request)
    token = parts.entrance.token(request)
    if not token:
        raise NotSignedIn
    # A page that refreshes itself is nobody who works.
    renew = request.method != "GET" or "hx-request" not in request.headers
    account = await asyncio.to_thread(
        parts.store.web_sessions.person, token, parts.clock(), parts.entrance.lasting, renew=renew
    )
    if account is None:
        raise NotSignedIn
    return person_of(account, token, request)


def person_of(account: Account, token: str, request: Request) -> Person:
    """Return somebody as the pages see them."""
    return Person(
        name=account.name, role=account.role, zone=account.zone, csrf=csrf_of(token),
        language=account.language or reading(request),
    )  # fmt: skip


def reading(request: Request) -> str:
    """Return the language of a reader of whom we know nothing but the browser; Chinese when that says nothing."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", "")) or CHINESE


def csrf_of(token: str) -> str:
    """Return what the forms of a session bring along: it follows from the token, and the token not from it."""
    return hashlib.sha256(_CSRF_PURPOSE + token.encode()).hexdigest()


SignedIn = Annotated[Person, Depends(signed_in)]


async def posted(request: Request, person: SignedIn) -> Person:
    """Return who sends a form of ours. Raises NotOurForm for one that a page of somebody else sends in their name."""
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        field = (await request.form(max_fields=MOST_FIELDS)).get(CSRF_FIELD)
        given = field if isinstance(field, str) else ""
    genuine = hmac.compare_digest(given.encode(), person.csrf.encode())
    if not genuine or not collaborators(request).entrance.ours(request):
        raise NotOurForm
    return person


Posted = Annotated[Person, Depends(posted)]


def require(person: Person, act: Act) -> None:
    """Pass when they may do that. Raises Forbidden, which is answered by a page in words, and noted."""
    if not person.may(act):
        raise Forbidden(person, act)


class Needs:
    """What a route asks of the person: to be allowed one of these acts at least."""

    def __init__(self, *acts: Act) -> None:
        """Take the acts."""
        self.acts = acts

    def check(self, person: Person) -> None:
        """Pass somebody who may do one of them. Raises Forbidden."""
        if not any(person.may(act) for act in self.acts):
            raise Forbidden(person, self.acts[0])


class NeedsToPost(Needs):
    """The same, of somebody who sends a form."""

    async def __call__(self, person: Posted) -> None:
        """Check it."""
        self.check(person)


class NeedsToSee(Needs):
    """The same, of somebody who looks."""

    async def __call__(self, person: SignedIn) -> None:
        """Check it."""
        self.check(person)


def needs(*acts: Act) -> Dependency:
    """Declare what a route that changes something is for: `dependencies=[needs(Act.LIFT_LOCK)]`.

    With several acts the form chooses, and the route calls `require` for the chosen one besides.
    """
    made: Dependency = Depends(NeedsToPost(*acts))
    return made


def needs_to_see(*acts: Act) -> Dependency:
    """Declare who may look at a page that is not for everybody."""
    made: Dependency = Depends(NeedsToSee(*acts))
    return made

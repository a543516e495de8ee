"""The two ends of a sign-in at the identity provider: there and back; who is unknown to the desk stays outside."""

import asyncio
import hmac
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from oms.domain.errors import OmsError
from oms.languages.marks import N_
from oms.store.people import Account
from oms.web.collaborators import Collaborators, collaborators
from oms.web.people.oidc import Begun, IdentityProvider, NotProven, Proven
from oms.web.people.refusing import SEE_OTHER, within
from oms.web.people.sign_in import let_in, shown

router = APIRouter(include_in_schema=False)
UNDER_WAY_S: Final = 600
NOT_OVER_THERE: Final = N_("Signing in over there did not work. Try again.")
UNKNOWN: Final = N_("Nobody at the desk has this account. Ask an administrator to add you.")
AWAY: Final = N_("The identity provider does not answer. Try again in a moment, or sign in with a password.")
Text = Annotated[str, Query(max_length=4000)]

log = logging.getLogger(__name__)


@router.get("/sign-in/oidc")
async def there(request: Request, next: Text = "/desk") -> Response:  # noqa: A002 - the parameter's name
    """Send the browser to the provider."""
    parts = collaborators(request)
    if parts.identity is None:
        return shown(request, next, status=404)
    try:
        address, begun = await parts.identity.begin(_redirect(parts), within(next))
    except OmsError as error:
        log.warning("sign_in.provider_away", extra={"reason": str(error)})
        return shown(request, next, AWAY, status=503)
    answer = RedirectResponse(address, status_code=SEE_OTHER)
    kept = urlsafe_b64encode(begun.model_dump_json().encode()).decode()
    answer.set_cookie(
        _cookie(parts), kept, max_age=UNDER_WAY_S, path="/", secure=parts.entrance.https, httponly=True,
        samesite="lax",
    )  # fmt: skip
    return answer


@router.get("/sign-in/oidc/back")
async def back(request: Request, code: Text = "", state: Text = "") -> Response:
    """Take what the provider says, and let in whom we know."""
    parts = collaborators(request)
    begun = _begun(request.cookies.get(_cookie(parts), ""))
    if parts.identity is None or begun is None:
        return shown(request, "/desk", NOT_OVER_THERE, status=400)
    answer = await _answer(request, parts.identity, begun, (code, state))
    answer.delete_cookie(_cookie(parts), path="/", secure=parts.entrance.https, httponly=True, samesite="lax")
    return answer


async def _answer(
    request: Request, provider: IdentityProvider, begun: Begun, brought: tuple[str, str]
) -> Response:
    parts = collaborators(request)
    code, state = brought
    if not code or not hmac.compare_digest(state.encode(), begun.state.encode()):
        return shown(request, begun.next, NOT_OVER_THERE, status=400)
    try:
        proven = await provider.finish(begun, code, _redirect(parts))
    except NotProven as error:
        log.warning("sign_in.not_proven", extra={"reason": str(error)})
        return shown(request, begun.next, NOT_OVER_THERE, status=401)
    except OmsError as error:
        log.warning("sign_in.provider_away", extra={"reason": str(error)})
        return shown(request, begun.next, AWAY, status=503)
    account = await asyncio.to_thread(_known, parts, proven)
    if account is None:
        return shown(request, begun.next, UNKNOWN, status=403)
    return await asyncio.to_thread(let_in, request, account, begun.next, "oidc")


def _known(parts: Collaborators, proven: Proven) -> Account | None:
    """Find whom the provider means: by its subject; the first time by an e-mail address that it vouches for."""
    people = parts.store.people
    account = people.by_subject(proven.subject)
    if account is None and proven.email:
        found = people.by_email(proven.email)
        account = found if found is not None and people.bind(found.name, proven.subject) else None
    if account is None or account.disabled_at is not None:
        if account is not None:
            parts.store.acts.note(parts.clock(), account.name, "sign_in.failed", why="disabled")
        return None
    return account


def _begun(cookie: str) -> Begun | None:
    try:
        return Begun.model_validate_json(urlsafe_b64decode(cookie.encode()))
    except (ValidationError, ValueError):
        return None


def _redirect(parts: Collaborators) -> str:
    return f"{parts.entrance.address.rstrip('/')}/sign-in/oidc/back"


def _cookie(parts: Collaborators) -> str:
    return f"{parts.entrance.cookie}-oidc"

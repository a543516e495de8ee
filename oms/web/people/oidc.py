"""Signing in at an identity provider: OpenID Connect's authorization code flow with PKCE, nonce and state.

Authlib makes the addresses and checks the claims, joserfc checks the signature, and our one door to HTTP asks.
"""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import SecretStr, ValidationError

from oms.calls.calling import calling
from oms.domain.calls import CallResult
from oms.domain.errors import Misused, OmsError, Unavailable
from oms.domain.model import Fact, Message
from oms.http import Answer, Http

SYSTEM: Final = "oidc"
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Signatures by a key that only the provider has: neither `none` nor one that our own secret could make."""
LEEWAY_S: Final = 60
KEPT: Final = timedelta(hours=1)
SCOPE: Final = "openid email profile"


class NotProven(OmsError):
    """What the provider or the browser brought does not prove who somebody is."""


class Begun(Fact):
    """One sign-in that is under way; it waits in the browser that began it."""

    state: str
    nonce: str
    verifier: str
    next: str


class Proven(Fact):
    """Who somebody is, by the provider."""

    subject: str
    email: str = ""
    """Empty unless the provider says that it is theirs."""


class Described(Message):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass
class _Known:
    at: datetime
    described: Described
    keys: KeySet


class IdentityProvider:
    """One provider; what it says of itself is asked once an hour."""

    def __init__(self, issuer: str, client: tuple[str, SecretStr], http: Http, clock: Callable[[], datetime],
                 name: str = "") -> None:  # fmt: skip
        """Take the issuer's address, our client id and secret there, and what people call the provider."""
        self.issuer = issuer.rstrip("/")
        self.name = name or issuer
        self._client_id, self._secret = client
        self._http = http
        self._clock = clock
        self._known: _Known | None = None

    async def begin(self, redirect: str, next_: str) -> tuple[str, Begun]:
        """Return where to send the browser, and what it must bring back. Raises Unavailable."""
        known = await self._ask()
        begun = Begun(
            state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48),
            next=next_,
        )  # fmt: skip
        address = prepare_grant_uri(
            known.described.authorization_endpoint, self._client_id, "code", redirect_uri=redirect, scope=SCOPE,
            state=begun.state, nonce=begun.nonce, code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
        )  # fmt: skip
        return str(address), begun

    async def finish(self, begun: Begun, code: str, redirect: str) -> Proven:
        """Turn a code into who somebody is. Raises NotProven, or Unavailable when the provider does not answer."""
        known = await self._ask()
        body = prepare_token_request(
            "authorization_code",
            "",
            redirect,
            code=code,
            code_verifier=begun.verifier,
            client_id=self._client_id,
        )
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        } | self._who()
        with calling(system=SYSTEM, interface="token") as call:
            answer = await self._http.ask(
                "POST", known.described.token_endpoint, content=body.encode(), headers=headers
            )
            if answer.status in range(400, 500):
                call.note(CallResult.REFUSED)
                raise NotProven("the identity provider refused the code")
            answer.check("the identity provider")
        return await self._proven(str(_object(answer).get("id_token", "")), begun.nonce)

    def _who(self) -> dict[str, str]:
        """Name ourselves, as RFC 6749 2.3.1 has it."""
        from_us = f"{quote(self._client_id, safe='')}:{quote(self._secret.get_secret_value(), safe='')}"
        return {"authorization": f"Basic {_base64(from_us)}"}

    async def _proven(self, token: str, nonce: str) -> Proven:
        claims = self._claims(token, await self._ask()) or self._claims(token, await self._ask(anew=True))
        if claims is None:  # not by a new key of theirs either
            raise NotProven("the identity token is not the provider's")
        wanted = {"iss": {"value": (await self._ask()).described.issuer}, "aud": {"value": self._client_id}}
        checked = CodeIDToken(claims, {}, wanted, {"nonce": nonce, "client_id": self._client_id})
        try:
            checked.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        except JoseError as error:
            raise NotProven(f"the identity token does not hold: {type(error).__name__}") from None
        verified = claims.get("email_verified") in (True, "true")
        email = str(claims.get("email", "")) if verified else ""
        return Proven(subject=f"{claims['iss']} {claims['sub']}", email=email)

    @staticmethod
    def _claims(token: str, known: _Known) -> dict[str, Any] | None:
        try:
            return dict(jwt.decode(token, known.keys, algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError):
            return None

    async def _ask(self, *, anew: bool = False) -> _Known:
        now = self._clock()
        if self._known is None or anew or self._known.at <= now - KEPT:
            self._known = await self._asked(now)
        return self._known

    async def _asked(self, now: datetime) -> _Known:
        answer = await self._get("configuration", f"{self.issuer}/.well-known/openid-configuration")
        try:
            described = Described.model_validate(_object(answer))
        except ValidationError:
            raise Unavailable(
                "the identity provider does not describe itself as OpenID Connect has it"
            ) from None
        if described.issuer.rstrip("/") != self.issuer:
            raise Misused("the identity provider names another issuer than OMS_OIDC_ISSUER")
        answer = await self._get("keys", described.jwks_uri)
        return _Known(now, described, _keys(_object(answer)))

    async def _get(self, interface: str, url: str) -> Answer:
        with calling(system=SYSTEM, interface=interface):
            answer = await self._http.ask("GET", url)
            answer.check("the identity provider")
        return answer


def _keys(said: Mapping[str, Any]) -> KeySet:
    """Read the provider's keys that sign; what we cannot read is not ours to use."""
    listed = [key for key in said.get("keys", ()) if isinstance(key, dict)]
    signing = [key for key in listed if key.get("kty") in {"RSA", "EC"} and key.get("use", "sig") == "sig"]
    try:
        return KeySet.import_key_set({"keys": signing})
    except (JoseError, ValueError):
        raise Unavailable("the identity provider's keys cannot be read") from None


def _object(answer: Answer) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unavailable("the identity provider does not answer in JSON")
    return said


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()

"""A small OpenID Connect provider on loopback: codes that work once, PKCE, client authentication, signed identity tokens."""

import base64
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http

CLIENT, SECRET = "desk", "s3cret/of+ours"


def a_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@dataclass
class Provider:
    """Somebody stands at its door: `subject` and `email`; `claims` overrule what it would say."""

    clock: Callable[[], datetime]
    server: FakeHttp = field(init=False)
    key: ECKey = field(default_factory=lambda: a_key("k1"))
    signs_with: ECKey | None = None
    """Another key than the one that it shows."""
    subject: str = "7"
    email: str = "li@example.com"
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    away: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return self.server.url

    def log_in(self, address: str) -> str:
        """What the person's browser does over there; returns where it is sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (
            CLIENT,
            "code",
            "S256",
        )
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def respond(self, asked: Asked) -> Says:
        if self.away:
            return Says(status=503)
        match asked.path:
            case "/.well-known/openid-configuration":
                named = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys",
                         "authorization_endpoint": f"{self.issuer}/authorize",
                         "token_endpoint": f"{self.issuer}/token"}  # fmt: skip
                return Says({**named, **self.described})
            case "/keys":
                return Says({"keys": [self.key.as_dict(private=False), {"kty": "unheard-of"}]})
            case "/token":
                return self._token(asked)
            case _:
                return Says(status=404)

    def _token(self, asked: Asked) -> Says:
        begun = self.codes.pop(asked.form.get("code", ""), None)
        verifier = asked.form.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        us = base64.b64encode(b"desk:s3cret%2Fof%2Bours").decode()
        if asked.headers.get("authorization") != f"Basic {us}":
            return Says({"error": "invalid_client"}, status=401)
        if (
            begun is None
            or begun["code_challenge"] != challenge
            or begun["redirect_uri"] != asked.form["redirect_uri"]
        ):
            return Says({"error": "invalid_grant"}, status=400)
        return Says({"access_token": "x", "token_type": "Bearer", "id_token": self._signed(begun["nonce"])})

    def _signed(self, nonce: str) -> str:
        now = int(self.clock().timestamp())
        said = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce,
                "email": self.email, "email_verified": True, **self.claims}  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, said, self.signs_with or self.key)


@asynccontextmanager
async def a_provider(clock: Callable[[], datetime]) -> AsyncIterator[Provider]:
    """Serve until the block ends."""
    provider = Provider(clock)
    async with fake_http(provider.respond) as provider.server:
        yield provider

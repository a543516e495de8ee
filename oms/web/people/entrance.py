"""What the entrance of the desk goes by: how long a session lasts, how its cookie is kept, from where people come."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response

from oms.domain.model import Fact
from oms.store.web_sessions import Lasting

LANGUAGE_COOKIE: Final = "lang"
YEAR: Final = timedelta(days=365)


class Entrance(Fact):
    """The settings of the entrance."""

    address: str = "http://127.0.0.1:8080"
    """Where people reach us."""
    lasting: Lasting = Lasting()
    proxies: int = 0
    """How many reverse proxies of ours stand in front; each adds the address that it saw to X-Forwarded-For."""

    @property
    def https(self) -> bool:
        """Say whether browsers reach us by HTTPS, so that cookies may be kept from plain HTTP."""
        return self.address.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; browsers take `__Host-` from nobody but this very host, by HTTPS."""
        return "__Host-desk" if self.https else "desk"

    def token(self, request: Request) -> str:
        """Return what the browser brings along; empty when it brings nothing."""
        return request.cookies.get(self.cookie, "")

    def give(self, response: Response, token: str) -> None:
        """Let the browser keep a token until it is closed or the session is over."""
        longest = int(self.lasting.longest.total_seconds())
        response.set_cookie(
            self.cookie, token, max_age=longest, path="/", secure=self.https, httponly=True, samesite="lax"
        )

    def take(self, response: Response) -> None:
        """Let the browser forget its token."""
        response.delete_cookie(self.cookie, path="/", secure=self.https, httponly=True, samesite="lax")

    def give_language(self, response: Response, language: str) -> None:
        """Let the browser keep the language that its reader chose."""
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=int(YEAR.total_seconds()), path="/",
            secure=self.https, httponly=True, samesite="lax",
        )  # fmt: skip

    def caller(self, request: Request) -> str:
        """Return the address that a call comes from, behind as many proxies as are ours and no more."""
        told = ",".join(request.headers.getlist("x-forwarded-for"))  # the caller may have sent one of its own
        seen = [part.strip() for part in told.split(",") if part.strip()]
        if 0 < self.proxies <= len(seen):
            return seen[-self.proxies]
        return request.client.host if request.client else ""

    def ours(self, request: Request) -> bool:
        """Say whether a call that changes something comes from a page of ours; a program without a browser says nothing."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None and site not in {"same-origin", "none"}:
            return False
        if origin is None:
            return True
        return origin.partition("://")[2] in {request.headers.get("host", ""), urlsplit(self.address).netloc}

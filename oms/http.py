"""The one door to HTTP: adapters ask through here, and only errors of ours come back."""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, NoReturn, Self

import httpx

from oms.calls.calling import heard_at_the_door
from oms.calls.measuring import Made
from oms.clock import wall_clock
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.ports.calls import CallListener

PATIENCE_S = 30.0
"""How long one question may take from connecting to the last byte of the answer."""
CONNECT_S = 5.0
CONNECTIONS = 100
LARGEST_ANSWER = 64 * 1024 * 1024
"""A hundred orders of five hundred lines fit; what is larger is no answer but an accident."""

LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")
GONE = frozenset({404, 410})
NOT_YOU = frozenset({401, 403})
TOO_OFTEN = 429
TIMED_OUT = 408
OK = range(200, 300)
NOT_UNDERSTOOD = range(400, 500)


@dataclass(frozen=True)
class Answer:
    """What the other side said, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names are found whatever their case."""
    body: bytes = field(repr=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds that the other side asks us to wait, if it says so."""
        return _seconds(self.headers.get("retry-after", ""), self.headers.get("date", ""))

    @property
    def told_at(self) -> datetime | None:
        """The other side's clock, by the Date header, which is GMT; None when there is none."""
        try:
            theirs = parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError):
            return None
        return theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)

    def skew_seconds(self, now: datetime) -> int | None:
        """Their clock minus ours, in whole seconds; None when they tell no time."""
        theirs = self.told_at
        return None if theirs is None else round((theirs - now).total_seconds())

    def json(self) -> Any:
        """Read the body as JSON. Raises ValueError when it is none."""
        return read_json(self.body)

    def check(self, who: str) -> None:
        """Pass an answer of status 2xx; raise what the caller can do about any other.

        For bodies that say nothing more: an adapter looks into the body first.
        """
        if self.status not in OK:
            self._complain(f"{who} answered HTTP {self.status}")

    @property
    def complaint(self) -> OmsError | None:
        """What `check` would raise; None when it passes."""
        try:
            self.check("")
        except OmsError as error:
            return error
        return None

    def _complain(self, what: str) -> NoReturn:
        if self.status == TOO_OFTEN:
            raise RateLimited(what, retry_after=self.retry_after)
        if self.status in NOT_YOU:
            raise CredentialsExpired(what)
        if self.status in GONE:
            raise InterfaceRetired(what)
        if self.status in NOT_UNDERSTOOD and self.status != TIMED_OUT:
            raise Misused(what)
        raise Unavailable(what, retry_after=self.retry_after)


@cache
def _trusted() -> ssl.SSLContext:
    """Read the certificates that we trust; once for the whole process, for it takes longer than most calls."""
    return httpx.create_ssl_context()


class Http:
    """An HTTP client with limits; a proxy from the environment is used, but never for loopback addresses."""

    def __init__(
        self,
        *,
        patience_s: float = PATIENCE_S,
        largest_answer: int = LARGEST_ANSWER,
        listener: CallListener | None = None,
    ) -> None:
        """Take who hears of every call that was made through here; None: nobody."""
        self._listener = listener
        self._patience_s = patience_s
        self._largest_answer = largest_answer
        self._client = httpx.AsyncClient(
            verify=_trusted(),
            timeout=httpx.Timeout(patience_s, connect=min(CONNECT_S, patience_s)),
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS // 4),
            mounts=dict.fromkeys(LOOPBACK),
            headers={"User-Agent": "Orderloom"},
        )

    @property
    def listener(self) -> CallListener | None:
        """Who hears of the calls."""
        return self._listener

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let every connection go."""
        await self._client.aclose()

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        """Ask once, following no redirect; an answer of any status is an answer.

        Raises Unavailable when none came in time or it was too large, Misused when the address is none.
        Errors name the address without its query, which may hold a signature.
        """
        if self._listener is None:
            return await self._answered(method, url, headers, content)
        at, begun, size = wall_clock(), time.perf_counter(), len(content or b"")
        try:
            answer = await self._answered(method, url, headers, content)
        except BaseException as error:  # a call that was given up is one that nobody answered
            heard_at_the_door(Made(self._listener, url, at, _milliseconds(begun), size, error))
            raise
        heard_at_the_door(
            Made(
                self._listener, url, at, _milliseconds(begun), size, answer.complaint,
                answer.status, answer.headers, answer.body, answer.skew_seconds,
            )
        )  # fmt: skip
        return answer

    async def _answered(
        self, method: str, url: str, headers: Mapping[str, str] | None, content: bytes | None
    ) -> Answer:
        place = f"{method} {url.partition('?')[0].rpartition('@')[2]}"
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._ask(method, url, dict(headers or {}), content, place)
        except TimeoutError:
            raise Unavailable(f"{place}: no whole answer within {self._patience_s:g} s") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise Misused(f"{place} is not an address: correct the configured URL") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"{place}: {type(error).__name__}") from error

    async def _ask(
        self, method: str, url: str, headers: dict[str, str], content: bytes | None, place: str
    ) -> Answer:
        async with self._client.stream(method, url, headers=headers, content=content) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._largest_answer:
                    raise Unavailable(f"{place}: an answer of more than {self._largest_answer} bytes")
            return Answer(response.status_code, response.headers, bytes(body))


def _milliseconds(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)


def read_json(text: bytes | str, *, amounts_as_text: bool = False) -> Any:
    """Read JSON as the standard has it: no NaN, no bottomless nesting. Raises ValueError for anything else.

    `amounts_as_text`: 188.0 is read as the text "188.0", so that no amount ever becomes a float.
    """
    try:
        return json.loads(text, parse_float=str if amounts_as_text else None, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _seconds(retry_after: str, date: str) -> float | None:
    """Read Retry-After, which is seconds or a moment of the other side's own clock."""
    if retry_after.isdecimal():
        return float(min(int(retry_after[:9]), 86_400))
    try:
        until = parsedate_to_datetime(retry_after)
        since = parsedate_to_datetime(date) if date else datetime.now(UTC)
        return max((until - since).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None

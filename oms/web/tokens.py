"""Links to tracking pages: nobody can guess one, nobody can change one, and each ends by itself."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self

from oms.clock import wall_clock
from oms.settings import Settings

PURPOSE: Final = "tracking-link|"
"""Keeps a tracking token from being any other digest made with the same key."""
PURPOSE_BEFORE: Final = "tracking-page|"
MAC_BYTES: Final = 16
MAC_CHARACTERS_BEFORE: Final = 32
LASTS: Final = timedelta(days=60)
DAY: Final = timedelta(days=1)
FORM: Final = re.compile(r"(?P<business_id>[A-Z0-9]{1,32})-(?P<day>[0-9]{5})-(?P<mac>[a-z2-7]{26})", re.ASCII)
FORM_BEFORE: Final = re.compile(r"(?P<business_id>[A-Z0-9]{1,32})-(?P<mac>[0-9a-f]{32})", re.ASCII)


class Link(NamedTuple):
    """A genuine token, whose order may be shown."""

    business_id: str


class Worn(NamedTuple):
    """A genuine token whose time is over, or of a form that we do not make any more: it opens nothing."""


class TrackingTokens:
    """The merchant's order id, the day on which the link ends, and a keyed digest of both."""

    def __init__(
        self, key: bytes, clock: Callable[[], datetime] = wall_clock, lasts: timedelta = LASTS
    ) -> None:
        self._key = key
        self._clock = clock
        self._lasts = lasts

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return those of an installation."""
        return cls(settings.digest_bytes, wall_clock, timedelta(days=settings.tracking_days))

    @property
    def lasts(self) -> timedelta:
        """How long a link works, and how long after its end an order can be looked up."""
        return self._lasts

    def token(self, business_id: str, lasts: timedelta | None = None) -> str:
        """Return what stands after `/t/` for an order; the same all day long.

        It works for at least as long as given, and ends with a day of UTC.
        """
        ends = self._clock() + (self._lasts if lasts is None else lasts)
        day = _day_of(ends) + 1
        return f"{business_id}-{day}-{self._mac(business_id, day)}"

    def read(self, token: str) -> Link | Worn | None:
        """Tell whose token it is; None for one that we did not make."""
        found = FORM.fullmatch(token)
        if found is None:
            return self._read_before(token)
        business_id, day = found["business_id"], int(found["day"])
        if not hmac.compare_digest(found["mac"], self._mac(business_id, day)):
            return None
        return Link(business_id) if _day_of(self._clock()) < day else Worn()

    def _read_before(self, token: str) -> Worn | None:
        """Know again what releases before this one made: those links had no end, so they are over."""
        found = FORM_BEFORE.fullmatch(token)
        if found is None:
            return None
        text = PURPOSE_BEFORE + found["business_id"]
        mac = hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:MAC_CHARACTERS_BEFORE]
        return Worn() if hmac.compare_digest(found["mac"], mac) else None

    def _mac(self, business_id: str, day: int) -> str:
        text = f"{PURPOSE}{business_id}|{day}"
        digest = hmac.new(self._key, text.encode(), hashlib.sha256).digest()[:MAC_BYTES]
        return base64.b32encode(digest).decode().rstrip("=").lower()

    def __repr__(self) -> str:
        """Never show the key."""
        return "TrackingTokens(***)"


def _day_of(moment: datetime) -> int:
    """Number the days of UTC."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // DAY


def buyers_link(settings: Settings, business_id: str) -> str:
    """Return the whole address at which an order's buyer follows it."""
    return f"{settings.public_url}/t/{TrackingTokens.of(settings).token(business_id)}"

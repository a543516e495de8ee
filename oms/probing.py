"""One cheap question to each outside interface: is it there, does it know us, what time is it there (R29)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from oms.bans import Bans
from oms.calls import calling
from oms.checkups import failed
from oms.domain.calls import CallResult
from oms.domain.errors import CredentialsExpired, InterfaceRetired, OmsError, RateLimited
from oms.domain.healthiness import Finding, Probed
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.logs import words_of
from oms.ports import Channel, Checkup

PATIENCE_S = 15.0
"""A probe that has not ended by then has hung; the round goes on without it."""
AT_ONCE = 8
BROKEN_FROM = 500
_FAILURES = {
    CallResult.UNAVAILABLE: Finding.NO_ANSWER,
    CallResult.CREDENTIALS: Finding.CREDENTIALS,
    CallResult.RETIRED: Finding.RETIRED,
    CallResult.RATE_LIMITED: Finding.FINE,
}


class Probe(Protocol):
    """A question to one interface."""

    @property
    def key(self) -> str:
        """Which interface the answer is about, as `{system}/{name}`."""

    async def ask(self) -> Probed:
        """Ask; raises only the errors of `oms.domain.errors`, and may hang."""


class Asked(NamedTuple):
    """What a probe of an interface found."""

    key: str
    probed: Probed


async def ask_all(probes: Sequence[Probe], patience_s: float = PATIENCE_S) -> list[Asked]:
    """Ask all, some at once; what hangs, fails or breaks is a finding and keeps nobody else waiting."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(probe: Probe) -> Asked:
        async with places:
            return Asked(probe.key, await _patiently(probe, patience_s))

    return list(await asyncio.gather(*map(one, probes)))


async def _patiently(probe: Probe, patience_s: float) -> Probed:
    try:
        async with asyncio.timeout(patience_s):
            return await probe.ask()
    except TimeoutError:
        return Probed(finding=Finding.HUNG, words=f"the probe had no answer within {patience_s:g} s")
    except RateLimited:
        return Probed(finding=Finding.FINE)
    except InterfaceRetired as error:
        return Probed(finding=Finding.RETIRED, words=words_of(error))
    except CredentialsExpired as error:
        return Probed(finding=Finding.CREDENTIALS, words=words_of(error))
    except Exception as error:  # noqa: BLE001 - a broken probe says so, and the others are heard
        return Probed(finding=Finding.NO_ANSWER, words=words_of(error))


class ShopProbe:
    """A shop's connection check, as `shops check` does it; a shop that lets nobody ask is not asked."""

    def __init__(self, shop: ShopKey, channels: Mapping[ShopKey, Channel], bans: Bans) -> None:
        """Take the shop, and where to look it up when it is asked: its version may be switched."""
        self._shop = shop
        self._channels = channels
        self._bans = bans

    @property
    def key(self) -> str:
        """Name the check of the shop's platform."""
        return f"{self._shop.channel}/check"

    async def ask(self) -> Probed:
        """Ask whether the shop is authorised and its order interface alive."""
        try:
            async with self._bans.heeding(self._shop):
                checkup = await self._channels[self._shop].check()
        except OmsError as error:  # our own database, or a ban
            nothing = Checkup(shop=self._shop, version="", authorised=True, active=False)
            checkup = failed(nothing, error)
        return _found(checkup, str(self._shop))


def _found(checkup: Checkup, shop: str) -> Probed:
    finding = Finding.FINE
    if checkup.failure is not None:
        finding = _FAILURES.get(checkup.failure, Finding.NOT_ACTIVE)
    elif not checkup.authorised:
        finding = Finding.CREDENTIALS
    elif not checkup.active:
        finding = Finding.NOT_ACTIVE
    words = "" if finding is Finding.FINE else checkup.problem
    return Probed(finding=finding, words=words, shop=shop, skew_seconds=checkup.clock_skew_seconds)


class ReachProbe:
    """Whether anything answers at an address: any answer but a broken one will do, for it is asked nothing."""

    def __init__(self, key: str, url: str, http: Http) -> None:
        self._key = key
        parts = urlsplit(url)
        self._url = f"{parts.scheme}://{parts.netloc}{parts.path}"
        self._http = http

    @property
    def key(self) -> str:
        """Name the interface."""
        return self._key

    async def ask(self) -> Probed:
        """Knock. Raises Unavailable when nobody answers."""
        with calling(system=self._key.partition("/")[0], interface="knock") as call:
            answer = await self._http.ask("GET", self._url)
            if answer.status >= BROKEN_FROM:
                call.note(CallResult.UNAVAILABLE)
        if answer.status >= BROKEN_FROM:
            return Probed(finding=Finding.NO_ANSWER, words=f"answers HTTP {answer.status}")
        return Probed(finding=Finding.FINE)

"""One round of the watch over the outside world: probe, judge, write down, call people or call them off (R29)."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from oms.domain.errands import InterfacesWatched
from oms.domain.errors import OmsError
from oms.domain.healthiness import LIMITS, Limits, Observed, Standing, classify, settled
from oms.domain.interfaces import Health, Interface
from oms.interface_conditions import FindInterface, conditions_of, keys_over
from oms.interface_signals import Signals
from oms.logs import words_of
from oms.ports.alarms import Alarms
from oms.probing import PATIENCE_S, Asked, Probe, ask_all
from oms.store import Store
from oms.store.interfaces import NewExpiry

log = logging.getLogger(__name__)

CERTIFICATE, ENGINE = "tls/", "temporal/"
"""Rows of certificates, and of the engine itself, which is watched from outside."""


def _nobody_knows(_key: str) -> Interface | None:
    return None


@dataclass(frozen=True)
class Watched:
    """What the watch asks, and what it does besides."""

    probes: Sequence[Probe] = ()
    find: FindInterface = _nobody_knows
    """The register."""
    limits: Limits = LIMITS
    patience_s: float = PATIENCE_S


class InterfaceWatch:
    """Knows how every outside interface stands."""

    def __init__(self, store: Store, alarms: Alarms, watched: Watched, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._alarms = alarms
        self._watched = watched
        self._clock = clock
        self._signals = Signals(store)

    async def round(self, pace: int = 1) -> InterfacesWatched:
        """Look once. Raises Unavailable when our own database cannot be read; whatever else fails is noted.

        Conditions are opened anew in every round for as long as they last, so that none is lost with an alert.
        """
        asked = await ask_all(self._watched.probes, self._watched.patience_s)
        now = self._clock()
        observed = await asyncio.to_thread(self._signals.observed, asked, now, pace)
        known = await asyncio.to_thread(self._store.health.all)
        before = {each.interface: each for each in known if not each.interface.startswith(ENGINE)}
        await asyncio.to_thread(self._note_certificates, asked)
        failed: list[str] = []
        after: dict[str, Standing] = {}
        for key in sorted({*observed, *before}):
            stands = self._judge(before.get(key), observed.get(key, Observed()), now)
            if words := await self._tell(key, before.get(key), stands, now):
                failed.append(words)
                continue
            after[key] = stands
        await asyncio.to_thread(self._store.health.put, after, now)
        return _done({**before, **after}, _turned(before, after), failed)

    def _judge(self, before: Standing | None, observed: Observed, now: datetime) -> Standing:
        stands = settled(before, classify(observed, now, self._watched.limits), now)
        if stands.health is not Health.RETIRED:
            return stands
        seen = set(observed.calls.retired_for if observed.calls else ())
        seen |= {probe.shop for probe in observed.probes if probe.finding == Health.RETIRED.value}
        return stands.model_copy(update={"retired_for": tuple(sorted(seen))})

    async def _tell(self, key: str, before: Standing | None, stands: Standing, now: datetime) -> str:
        """Open what is so, close what is not; returns what went wrong, for then the next round says it again."""
        known = self._watched.find(key)
        opened = conditions_of(key, stands, known)
        try:
            for condition in opened:
                await self._alarms.open(condition)
            for over in keys_over(conditions_of(key, before, known) if before else (), opened):
                await self._alarms.over(over, now, f"{key} is {stands.health.value.replace('_', ' ')}")
        except OmsError as error:
            log.warning("interface.not_told", extra={"interface": key, "reason": words_of(error)})
            return f"{key}: {words_of(error)}"
        return ""

    def _note_certificates(self, asked: Iterable[Asked]) -> None:
        """Let the register know when the certificates end that were shown."""
        for key, probed in asked:
            name = f"certificate:{key.removeprefix(CERTIFICATE)}"
            if not key.startswith(CERTIFICATE) or probed.expires_at is None:
                continue
            if self._store.interfaces.get(name).expires_at != probed.expires_at:
                end = NewExpiry(key=name, at=probed.expires_at, source="the certificate itself")
                self._store.interfaces.expires(end)


def _turned(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> tuple[str, ...]:
    return tuple(
        key for key, stands in after.items()
        if stands.health is not (before[key].health if key in before else Health.HEALTHY)
    )  # fmt: skip


def _done(
    standings: Mapping[str, Standing], turned: tuple[str, ...], failed: Sequence[str]
) -> InterfacesWatched:
    ill = {key: each.health for key, each in standings.items() if each.health is not Health.HEALTHY}
    done = InterfacesWatched(
        states=ill, healthy=len(standings) - len(ill), turned=turned, failed=tuple(failed)
    )
    log.info("interfaces.watched", extra=done.model_dump(mode="json"))
    return done

"""How an outside interface is, judged by its calls, its probes, its lists, its answers' shape and what ends when (R29)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from oms.domain.calls import FAILED, CallResult
from oms.domain.card import clock
from oms.domain.interfaces import Health
from oms.domain.model import Fact, Moment


class Limits(Fact):
    """From which figure on an interface is not healthy any more."""

    least_calls: int = 5
    """Fewer calls have no rates; a single answer that an interface is retired is enough all the same."""
    failing_share: float = 0.2
    throttled_share: float = 0.2
    slow_times: float = 3.0
    """So many times its own usual duration is slow ..."""
    slow_from_ms: int = 1500
    """... unless it is quick all the same."""
    skew_seconds: int = 300
    """Most platforms refuse a clock that is ten minutes off."""
    expiring: timedelta = timedelta(days=7)


LIMITS = Limits()
WORSE_AFTER, BETTER_AFTER = 2, 3
"""Rounds in a row that must agree before a state is left: for a worse one, for a better one."""
AT_ONCE = frozenset({Health.RETIRED, Health.SHAPE_CHANGED, Health.CREDENTIALS_EXPIRING})
"""Facts rather than rates: they count from the first round that sees them."""


class Finding(StrEnum):
    """What a probe came to."""

    FINE = "fine"
    NO_ANSWER = "no_answer"
    HUNG = "hung"
    """It had not ended when its patience was over."""
    NOT_ACTIVE = "not_active"
    CREDENTIALS = "credentials"
    RETIRED = "retired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_WRONG = "certificate_wrong"
    """Of another name, or signed by nobody we trust."""


_MEANING: Mapping[Finding, Health] = {
    Finding.NO_ANSWER: Health.UNREACHABLE,
    Finding.HUNG: Health.UNREACHABLE,
    Finding.NOT_ACTIVE: Health.DEGRADED,
    Finding.CREDENTIALS: Health.CREDENTIALS_EXPIRING,
    Finding.RETIRED: Health.RETIRED,
    Finding.CERTIFICATE_NOT_YET_VALID: Health.UNREACHABLE,
    Finding.CERTIFICATE_EXPIRED: Health.UNREACHABLE,
    Finding.CERTIFICATE_WRONG: Health.UNREACHABLE,
}


class Probed(Fact):
    """What one probe of an interface found."""

    finding: Finding
    words: str = ""
    """What is wrong, without personal data."""
    shop: str = ""
    skew_seconds: int | None = None
    expires_at: Moment | None = None
    """When the certificate that was shown ends."""


class Statistics(Fact):
    """The calls of one interface within a stretch of time."""

    key: str
    """`{system}/{name}`."""
    version: str = ""
    results: Mapping[CallResult, int] = {}
    median_ms: int = 0
    skew_seconds: int | None = None
    """Their clock minus ours, by the newest answer that told it."""
    retired_for: tuple[str, ...] = ()
    """The shops whose newest call was answered: retired; an empty name where the calls are for no shop."""

    @property
    def calls(self) -> int:
        """How many there were."""
        return sum(self.results.values())

    def count(self, *which: CallResult) -> int:
        """How many came to one of these."""
        return sum(self.results.get(each, 0) for each in which)


class Observed(Fact):
    """Everything that is known of one interface in a round."""

    calls: Statistics | None = None
    usual_ms: int | None = None
    """The median of its calls of the days before; None where they were too few."""
    probes: tuple[Probed, ...] = ()
    expires_at: Moment | None = None
    """When a token or key that it needs ends."""
    shape: tuple[str, ...] = ()
    """Fields of its answers that have vanished or changed their type."""
    empty: str = ""
    """Why its lists are suspiciously empty, in words."""


class Verdict(NamedTuple):
    """How an interface looks in one round, and why."""

    health: Health
    reason: str = ""


class Standing(Fact):
    """How an interface stands, over the rounds; written into the table of the desk."""

    health: Health = Health.HEALTHY
    since: Moment
    reason: str = ""
    turning: int = 0
    """Rounds in a row that saw it worse (above zero) or better (below) than it stands."""
    retired_for: tuple[str, ...] = ()
    """The shops that have met its retirement."""


def classify(observed: Observed, now: datetime, limits: Limits = LIMITS) -> Verdict:
    """Judge one interface by the gravest of what is seen."""
    seen = sorted(_signs(observed, now, limits), key=lambda sign: _GRAVITY[sign.health], reverse=True)
    if not seen:
        return Verdict(Health.HEALTHY)
    return Verdict(seen[0].health, "; ".join(dict.fromkeys(sign.reason for sign in seen)))


_GRAVITY = {health: place for place, health in enumerate(Health)}


def settled(before: Standing | None, verdict: Verdict, now: datetime) -> Standing:
    """Say how an interface stands after a round: facts count at once, rates only when rounds agree, so that nothing flaps."""
    stands = before or Standing(since=now)
    if verdict.health is stands.health:
        return stands.model_copy(update={"reason": verdict.reason, "turning": 0})
    worse = _GRAVITY[verdict.health] > _GRAVITY[stands.health]
    turning = max(stands.turning, 0) + 1 if worse else min(stands.turning, 0) - 1
    enough = verdict.health in AT_ONCE if worse else turning <= -BETTER_AFTER
    if enough or turning >= WORSE_AFTER:
        return Standing(health=verdict.health, since=now, reason=verdict.reason)
    return stands.model_copy(update={"turning": turning})


def _signs(observed: Observed, now: datetime, limits: Limits) -> Iterator[Verdict]:
    for probe in observed.probes:
        yield from _of_probe(probe, now, limits)
    if observed.calls is not None:
        yield from _of_calls(observed.calls, observed.usual_ms, limits)
    if observed.shape:
        yield Verdict(
            Health.SHAPE_CHANGED, f"fields vanished or of another type: {', '.join(observed.shape)}"
        )
    if observed.empty:
        yield Verdict(Health.DEGRADED, observed.empty)
    yield from _expiring("its credentials", observed.expires_at, now, limits)


def _of_probe(probe: Probed, now: datetime, limits: Limits) -> Iterator[Verdict]:
    whose = f"{probe.shop}: " if probe.shop else ""
    if probe.finding is not Finding.FINE:
        yield Verdict(_MEANING[probe.finding], f"{whose}{probe.words or probe.finding.value}")
    yield from _skewed(probe.skew_seconds, limits)
    yield from _expiring(f"{whose}its certificate", probe.expires_at, now, limits)


def _of_calls(calls: Statistics, usual_ms: int | None, limits: Limits) -> Iterator[Verdict]:
    if calls.retired_for:
        shops = ", ".join(filter(None, calls.retired_for)) or "calls"
        yield Verdict(Health.RETIRED, f"{shops}: the interface says that it is no more")
    yield from _skewed(calls.skew_seconds, limits)
    if calls.calls < limits.least_calls:
        return
    yield from _rates(calls, limits)
    if usual_ms is not None and calls.median_ms > max(limits.slow_times * usual_ms, limits.slow_from_ms):
        yield Verdict(Health.SLOW, f"takes {calls.median_ms} ms, usually {usual_ms} ms")


def _rates(calls: Statistics, limits: Limits) -> Iterator[Verdict]:
    throttled = calls.count(CallResult.RATE_LIMITED)
    refused_us = calls.count(CallResult.CREDENTIALS)
    failed = calls.count(*FAILED - {CallResult.RATE_LIMITED, CallResult.CREDENTIALS, CallResult.RETIRED})
    whole = calls.calls
    if refused_us >= limits.failing_share * whole:
        yield Verdict(
            Health.CREDENTIALS_EXPIRING, f"{refused_us} of {whole} calls: credentials are not accepted"
        )
    if failed == whole:
        yield Verdict(Health.UNREACHABLE, f"none of {whole} calls was answered properly")
    elif failed >= limits.failing_share * whole:
        yield Verdict(Health.DEGRADED, f"{failed} of {whole} calls failed")
    if throttled >= limits.throttled_share * whole:
        yield Verdict(Health.THROTTLED, f"{throttled} of {whole} calls were too many")


def _skewed(seconds: int | None, limits: Limits) -> Iterator[Verdict]:
    if seconds is not None and abs(seconds) > limits.skew_seconds:
        yield Verdict(Health.DEGRADED, f"our clock is {abs(seconds)} s away from theirs")


def _expiring(what: str, at: datetime | None, now: datetime, limits: Limits) -> Iterator[Verdict]:
    if at is not None and at <= now:
        yield Verdict(Health.CREDENTIALS_EXPIRING, f"{what} ended {clock(at)}")
    elif at is not None and at - now <= limits.expiring:
        yield Verdict(Health.CREDENTIALS_EXPIRING, f"{what} ends {clock(at)}")

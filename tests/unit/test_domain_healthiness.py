"""How an interface is, by the signs of one round and by the rounds before."""

from datetime import UTC, datetime, timedelta

import pytest

from oms.domain.calls import CallResult
from oms.domain.healthiness import (
    BETTER_AFTER,
    WORSE_AFTER,
    Finding,
    Limits,
    Observed,
    Probed,
    Standing,
    Statistics,
    Verdict,
    classify,
    settled,
)
from oms.domain.interfaces import Health

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)
R = CallResult


def calls(usual_ms: int | None = None, **more: object) -> Observed:
    """Calls of one interface, by what they came to."""
    results = {R(name): count for name, count in more.items() if name in set(R)}
    rest = {name: value for name, value in more.items() if name not in set(R)}
    return Observed(
        calls=Statistics.model_validate({"key": "jd/x", "results": results, **rest}), usual_ms=usual_ms
    )


def probe(finding: Finding, **more: object) -> Observed:
    """One probe's finding."""
    return Observed(probes=(Probed.model_validate({"finding": finding, **more}),))


CASES = [
    (Observed(), Health.HEALTHY, ""),
    (calls(ok=100), Health.HEALTHY, ""),
    (calls(ok=2, unavailable=2), Health.HEALTHY, ""),
    (calls(ok=8, unavailable=2), Health.DEGRADED, "2 of 10 calls failed"),
    (calls(ok=81, unavailable=19), Health.HEALTHY, ""),
    (calls(unavailable=5), Health.UNREACHABLE, "none of 5"),
    (calls(ok=7, refused=93), Health.HEALTHY, ""),
    (calls(ok=8, rate_limited=2), Health.THROTTLED, "2 of 10"),
    (calls(ok=3, credentials=7), Health.CREDENTIALS_EXPIRING, "7 of 10"),
    (calls(ok=9, retired=1, retired_for=("jd:main",)), Health.RETIRED, "jd:main"),
    (calls(retired=1, retired_for=("",)), Health.RETIRED, "calls"),
    (calls(ok=9, retired=1), Health.HEALTHY, ""),
    (calls(usual_ms=800, ok=9, median_ms=2500), Health.SLOW, "2500 ms, usually 800 ms"),
    (calls(usual_ms=100, ok=9, median_ms=1400), Health.HEALTHY, ""),
    (calls(usual_ms=None, ok=9, median_ms=9000), Health.HEALTHY, ""),
    (calls(ok=1, skew_seconds=-301), Health.DEGRADED, "301 s away"),
    (calls(ok=1, skew_seconds=300), Health.HEALTHY, ""),
    (Observed(expires_at=NOW + 8 * DAY), Health.HEALTHY, ""),
    (Observed(expires_at=NOW + 6 * DAY), Health.CREDENTIALS_EXPIRING, "ends"),
    (Observed(expires_at=NOW - DAY), Health.CREDENTIALS_EXPIRING, "ended"),
    (Observed(shape=("pay_time (vanished)",)), Health.SHAPE_CHANGED, "pay_time (vanished)"),
    (Observed(empty="the list is empty"), Health.DEGRADED, "the list is empty"),
    (probe(Finding.FINE, skew_seconds=9), Health.HEALTHY, ""),
    (probe(Finding.HUNG, words="no answer within 15 s"), Health.UNREACHABLE, "within 15 s"),
    (probe(Finding.CERTIFICATE_NOT_YET_VALID), Health.UNREACHABLE, "certificate_not_yet_valid"),
    (probe(Finding.FINE, expires_at=NOW + 3 * DAY), Health.CREDENTIALS_EXPIRING, "its certificate ends"),
    (probe(Finding.NOT_ACTIVE, shop="jd:main", words="no right"), Health.DEGRADED, "jd:main: no right"),
    (probe(Finding.CREDENTIALS), Health.CREDENTIALS_EXPIRING, "credentials"),
]


@pytest.mark.parametrize(("observed", "health", "reason"), CASES)
def test_the_gravest_sign_names_the_state(observed: Observed, health: Health, reason: str) -> None:
    """With the reason in words; nothing amiss is healthy and needs none."""
    verdict = classify(observed, NOW)

    assert verdict.health is health
    assert reason in verdict.reason
    assert bool(verdict.reason) is (health is not Health.HEALTHY)


def test_a_retired_interface_outweighs_everything_else_and_the_rest_is_still_said() -> None:
    """Both reasons are there, the graver first."""
    seen = calls(retired=1, ok=1, unavailable=8, retired_for=("jd:main",))

    verdict = classify(seen, NOW)

    assert verdict.health is Health.RETIRED
    assert verdict.reason.endswith("8 of 10 calls failed")


def test_limits_can_be_set() -> None:
    """A stricter share makes the same calls a fault."""
    assert classify(calls(ok=95, unavailable=5), NOW, Limits(failing_share=0.05)).health is Health.DEGRADED


def rounds(*healths: Health) -> list[Health]:
    """What an interface that was healthy stands at after each of these rounds."""
    standing: Standing | None = None
    stood = []
    for number, health in enumerate(healths):
        standing = settled(standing, Verdict(health, "why"), NOW + number * timedelta(minutes=5))
        stood.append(standing.health)
    return stood


def test_one_bad_round_is_not_believed_and_good_ones_are_believed_late() -> None:
    """Worse after two in a row, better after three."""
    ill, well = Health.DEGRADED, Health.HEALTHY

    assert rounds(ill, well, ill, well, ill) == [well] * 5
    assert rounds(*[ill] * WORSE_AFTER)[-1] is ill
    assert rounds(ill, ill, well, well, ill, well, well) == [well, ill, ill, ill, ill, ill, ill]
    assert rounds(ill, ill, *[well] * BETTER_AFTER)[-1] is well


@pytest.mark.parametrize("fact", [Health.RETIRED, Health.SHAPE_CHANGED, Health.CREDENTIALS_EXPIRING])
def test_facts_count_at_once(fact: Health) -> None:
    """One answer that the interface is no more is enough."""
    assert rounds(fact) == [fact]


def test_two_kinds_of_worse_in_a_row_agree_that_it_is_worse() -> None:
    """Slow, then unreachable: it stands where the second round sees it."""
    assert rounds(Health.SLOW, Health.UNREACHABLE)[-1] is Health.UNREACHABLE


def test_a_state_that_lasts_keeps_its_beginning_and_takes_the_newest_reason() -> None:
    """Since when it is so is what people ask first."""
    first = settled(None, Verdict(Health.RETIRED, "404"), NOW)

    later = settled(first, Verdict(Health.RETIRED, "410"), NOW + DAY)

    assert (later.since, later.reason) == (NOW, "410")

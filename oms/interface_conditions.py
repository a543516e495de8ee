"""What people are told of an outside interface that is not healthy, and under which key."""

from collections.abc import Callable, Iterable
from typing import Literal

from oms.domain.alerts import AlertKind, Condition
from oms.domain.card import clock
from oms.domain.conditions import key_of
from oms.domain.healthiness import Standing
from oms.domain.interfaces import Health, Interface

FindInterface = Callable[[str], Interface | None]
"""Looks an interface up in the register, by its key."""
Severity = Literal["info", "warning", "red"]
_SEVERITIES: dict[Health, Severity] = {
    Health.SLOW: "info",
    Health.THROTTLED: "info",
    Health.RETIRED: "red",
    Health.SHAPE_CHANGED: "red",
    Health.UNREACHABLE: "red",
}


def conditions_of(key: str, standing: Standing, known: Interface | None) -> list[Condition]:
    """Return the conditions that are open while an interface stands so; none for a healthy one.

    A retired one concerns the shops whose newest answer says so, and nobody once none does.
    """
    match standing.health:
        case Health.HEALTHY:
            return []
        case Health.RETIRED:
            return [_retired(key, shop, standing, known) for shop in standing.retired_for]
        case Health.SHAPE_CHANGED:
            return [_shape_changed(key, standing)]
        case _:
            return [_unhealthy(key, standing)]


def retired_key(key: str, shop: str) -> str:
    """Name the condition that a shop meets a retired interface."""
    return key_of("retired", key, shop) if shop else key_of("retired", key)


def keys_over(before: Iterable[Condition], after: Iterable[Condition]) -> list[str]:
    """Name the conditions that were open and are no more."""
    still = {condition.key for condition in after}
    return [condition.key for condition in before if condition.key not in still]


def _retired(key: str, shop: str, standing: Standing, known: Interface | None) -> Condition:
    version = f" {known.version}" if known and known.version else ""
    ends = f" The register says that it ends {clock(known.expires_at)}." if known and known.expires_at else ""
    successor = (
        f"its successor is {known.successor}" if known and known.successor else "no successor is known"
    )
    others = ", ".join(filter(None, standing.retired_for)) or "every shop of it"
    return Condition(
        key=retired_key(key, shop), kind=AlertKind.INTERFACE_RETIRED, severity="red", interface=key, shop=shop,
        since=standing.since, title=f"{key}{version} is retired",
        body=f"Since {clock(standing.since)} {key}{version} says that it is no more; {successor}.{ends} Concerned: {others}. "
        "Nothing comes in this way until the shop speaks another version: set its api_version and apply it. "
        f"What it said: {standing.reason}.",
    )  # fmt: skip


def _shape_changed(key: str, standing: Standing) -> Condition:
    return Condition(
        key=key_of("shape", key), kind=AlertKind.SHAPE_CHANGED, severity="red", interface=key,
        since=standing.since, title=f"answers of {key} look different",
        body=f"Since {clock(standing.since)}: {standing.reason}. Look whether the mapping still reads them right; payloads "
        f"that it does not understand are parked. `starter.py interfaces relearn {key}` takes the new shape for the right one.",
    )  # fmt: skip


def _unhealthy(key: str, standing: Standing) -> Condition:
    state = standing.health.value.replace("_", " ")
    return Condition(
        key=key_of("unhealthy", key), kind=AlertKind.INTERFACE_UNHEALTHY, interface=key, since=standing.since,
        severity=_SEVERITIES.get(standing.health, "warning"), title=f"{key} is {state}",
        body=f"Since {clock(standing.since)}: {standing.reason}. `starter.py interfaces health` shows all interfaces.",
    )  # fmt: skip

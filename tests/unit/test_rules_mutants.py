"""Every row and figure of the table is there for a reason: without it, or with another, a test says so."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from oms.rules.figures import FIGURES
from oms.rules.readers import duration
from oms.rules.row import PlatformRules
from oms.rules.table import WrongRule
from tests.unit.rule_content import table_from, the_content
from tests.unit.rule_expectations import PROBE, PROBE_ROW, unmet

ONLY_READ = {
    "name": "what a platform is called on pages",
    "guide": "read by people only; nothing is decided by it",
    "evidence": "how sure we are of a figure; the schema refuses a figure without it, and pages show it",
    "message": "words of a finding; that every one is there is the schema's business",
    "remedy": "words of a finding",
    "text": "words of a rung",
}
"""What a mutant of may live, and why."""
CHOICES = {
    "ship.calendar": ["workdays"], "ship.combine": ["strictest", "platform_only"],
    "couriers.mode": ["only", "except", "advisory"],
    "address_change.policy": ["free", "approval", "forbidden"],
    "address_change.until": ["before_release", "before_waybill", "before_ship"],
    "waybill_change.until": ["before_first_scan", "before_sign", "before_complete"], "in_flight": ["keep"],
}  # fmt: skip
CLOCK: dict[str, list[Any]] = {
    "step": ["remind", "warn", "escalate", "escalate_further", "lock", "late"], "to": ["service", "manager", "operations"],
    "severity": ["info", "red"], "strictly": [True, False], "no_later_than_ship_by": [True, False],
    "at": [
        {"after": "paid", "by": "0m"}, {"after": "paid", "by": "ship.within"}, {"before": "ship_by", "by": "ship.within"},
        {"after": "ship_by", "by": "ship.ahead"}, {"before": "ship_by", "by": "ship.further_after"},
    ],
}  # fmt: skip
RULES: dict[str, list[Any]] = {
    "at": [["paid"], ["release"], ["push"]], "action": ["tag", "review", "block"], "value": ["manual", "another"],
    "severity": ["info", "yellow", "orange", "red"],
}  # fmt: skip
NEVER_LATER = "a rung before the ship-by time is never after it"
SAME = {
    (
        "ship-late",
        "at",
        "{'after': 'ship_by', 'by': 'ship.ahead'}",
    ): "0m in two ways, until a row has an ahead",
    ("ship-remind", "no_later_than_ship_by", "True"): NEVER_LATER,
    ("ship-warn", "no_later_than_ship_by", "True"): NEVER_LATER,
}
"""Mutants that say the same in other words."""


class Mutant(NamedTuple):
    """A table with one thing changed."""

    what: str
    content: dict[str, Any]


def others(path: str, value: object) -> list[object]:
    """Another value or two for a figure."""
    if path in CHOICES:
        return [each for each in CHOICES[path] if each != value]
    if path == "couriers.names":
        return [each for each in ([], ["sf"]) if each != value]
    if value is None:
        return [{"_s": "1h", "_fen": "1.00"}.get(FIGURES[path].unit, 1)]
    if isinstance(value, bool | int):
        return [not value] if isinstance(value, bool) else [value + 1, value - 1]
    if FIGURES[path].unit == "_s":
        minutes = int(duration(value).total_seconds()) // 60
        return [f"{minutes + 1}m", f"{max(minutes - 1, 0)}m"] if minutes else ["1m"]
    return [f"{str(value)[:-1]}1"] if FIGURES[path].unit == "_fen" else ["another"]


def figures_of(layer: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Where each figure of a layer stands: its block, its name, its path."""
    for block, inner in layer.items():
        if block == "in_flight":
            yield layer, block, block
        elif isinstance(inner, dict) and block not in ONLY_READ:
            for name in inner:
                yield inner, name, f"{block}.{name}"


def mutants_of_figures() -> Iterator[Mutant]:
    """Every figure of the defaults and of each platform removed, and changed."""
    for place in ("defaults", *the_content()["platforms"]):
        layer = the_content() if place == "defaults" else the_content()["platforms"]
        for _, name, path in figures_of(layer[place]):
            for value in ("removed", *others(path, _value(layer[place], path))):
                content = the_content()
                mutated = content[place] if place == "defaults" else content["platforms"][place]
                inner = mutated if "." not in path else mutated[path.partition(".")[0]]
                if value == "removed":
                    del inner[name]
                else:
                    inner[name] = value
                yield Mutant(f"{place}.{path} {value}", content)


def _value(layer: dict[str, Any], path: str) -> object:
    block, _, name = path.partition(".")
    return layer[block][name] if name else layer[block]


def mutants_of_rows() -> Iterator[Mutant]:
    """Every platform, rung and rule removed; every key of a rung and a rule removed, and changed; conditions turned round."""
    for platform in the_content()["platforms"]:
        content = the_content()
        del content["platforms"][platform]
        yield Mutant(f"{platform} removed", content)
    content = the_content()
    del content["platforms"]["taobao"]["inherit"]
    yield Mutant("taobao inherits nothing", content)
    for part, changes in (("clock", CLOCK), ("rules", RULES)):
        for number, row in enumerate(the_content()[part]):
            content = the_content()
            del content[part][number]
            yield Mutant(f"{row['id']} removed", content)
            yield from _mutants_of_a_row(part, number, row, changes)


def _mutants_of_a_row(
    part: str, number: int, row: dict[str, Any], changes: dict[str, list[Any]]
) -> Iterator[Mutant]:
    for name in row:
        if name not in ONLY_READ:
            content = the_content()
            del content[part][number][name]
            yield Mutant(f"{row['id']}.{name} removed", content)
    for name, values in {**changes, "when": _conditions(row)}.items():
        for value in values:
            same = (row["id"], name, str(value)) in SAME or value == row.get(name, False)
            if not same and (name in row or part == "clock"):
                content = the_content()
                content[part][number][name] = value
                yield Mutant(f"{row['id']}.{name} {value}", content)


def _conditions(row: dict[str, Any]) -> list[str]:
    """The condition turned round, without one of its parts, and with its limit moved to the other side."""
    when = row.get("when", "")
    parts = when.split(" && ")
    fewer = [" && ".join(part for part in parts if part is not left) for left in parts if len(parts) > 1]
    limits = [when.replace(" > ", " >= "), when.replace(" >= ", " > ")] if ">" in when else []
    return [f"!({when})", "true", "false", *fewer, *limits] if when else []


MUTANTS = [*mutants_of_figures(), *mutants_of_rows()]


def survives(content: dict[str, Any]) -> bool:
    """Neither refused, nor caught by what is expected of a table."""
    content["shops"] = {**content["shops"], PROBE: PROBE_ROW}
    try:
        return not unmet(table_from(content))
    except (WrongRule, StopIteration):
        return False


def test_the_table_meets_what_is_expected_of_it() -> None:
    """The second account, written by hand, agrees with the table."""
    content = the_content()
    content["shops"] = {PROBE: PROBE_ROW}

    assert unmet(table_from(content)) == []


def test_there_are_mutants_of_everything() -> None:
    """Every figure of a row but those that are only read, every rung, every rule."""
    content = the_content()
    whats = " ".join(mutant.what for mutant in MUTANTS)

    figures = [path for path in FIGURES if path.partition(".")[0] not in ONLY_READ]
    assert all(f"defaults.{path} " in whats for path in figures)
    assert all(f"{row['id']} removed" in whats for row in (*content["clock"], *content["rules"]))
    assert set(ONLY_READ) <= {*PlatformRules.model_fields, "message", "remedy", "text"}
    assert len(MUTANTS) > 400


@pytest.mark.parametrize("start", range(0, len(MUTANTS), 50))
def test_no_mutant_lives(start: int) -> None:
    """What a row says matters to somebody: a change of it is refused when the table is read, or noticed."""
    living = [mutant.what for mutant in MUTANTS[start : start + 50] if survives(mutant.content)]

    assert living == []

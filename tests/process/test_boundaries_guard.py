"""No figure of the table without a test that has seen it from both sides."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from oms.rules.figures import FIGURES
from tests.process.boundaries import PLATFORMS, by_value, figure

ONLY_READ = {
    "name.": "what a platform is called on pages and in messages",
    "guide.": "read by people in the staff guide; nothing is decided by it",
    "penalty.": "estimates that the report of violations multiplies by; no order, parcel or case hears of them",
}
"""Figures without an effect on any order, and why. (`evidence` is no figure: it says how sure we are of one.)"""


def boundary_tests() -> Iterator[Callable[..., Any]]:
    """Every test of the files beside this one that are called like it."""
    for file in sorted(Path(__file__).parent.glob("test_boundaries_*.py")):
        if file != Path(__file__):
            module = importlib.import_module(f"tests.process.{file.stem}")
            yield from (each for name, each in vars(module).items() if name.startswith("test_"))


def seen() -> set[str]:
    """List the figures that a test says it has seen."""
    return {path for test in boundary_tests() for path in getattr(test, "bounds", ())}


def unseen(figures: Any) -> set[str]:
    """List the figures that somebody lives by and no test has seen."""
    return {path for path in figures if not path.startswith(tuple(ONLY_READ))} - seen()


def test_every_figure_that_somebody_lives_by_has_been_seen_from_both_sides() -> None:
    """A figure that comes into the table needs a test of its boundary."""
    assert unseen(FIGURES) == set()


def test_a_figure_that_nobody_has_seen_is_noticed() -> None:
    """The guard can fail."""
    assert unseen([*FIGURES, "ship.by_night", "guide.another"]) == {"ship.by_night"}


def test_tests_name_figures_that_there_are() -> None:
    """A figure that was renamed is renamed here too, and no excuse is older than the table."""
    assert seen() <= set(FIGURES)
    assert all(any(path.startswith(block) for path in FIGURES) for block in ONLY_READ)


def test_what_is_read_here_a_second_time_is_all_that_the_table_says() -> None:
    """Every figure has a value for every platform, and every platform stands in exactly one group of each."""
    for path in FIGURES:
        if not path.startswith("name."):
            groups = by_value(path)
            assert sorted(platform for group in groups.values() for platform in group) == sorted(PLATFORMS)
    assert figure("taobao", "waybill_change.within") == "24h"

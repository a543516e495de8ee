"""A module fits in one reading."""

from statistics import median

import pytest

from tests.house_rules.tree import OURS, PROGRAMS, Module, module, modules

CEILING = 300
CEILING_OF_TESTS = 400
MEDIAN = 100


def too_long(files: list[Module]) -> list[str]:
    """Name the modules above their ceiling."""
    return [
        f"{file.path}: {_lines(file)} lines, at most {_ceiling(file)}"
        for file in files
        if _lines(file) > _ceiling(file)
    ]


def _lines(file: Module) -> int:
    return len(file.text.splitlines())


def _ceiling(file: Module) -> int:
    return CEILING_OF_TESTS if file.path.startswith("tests/") else CEILING


def test_no_module_is_longer_than_one_reading() -> None:
    """Split a module by idea before it passes 300 lines (400 for tests)."""
    assert too_long(modules(*OURS, *PROGRAMS, "simulator", "bench", "tests")) == []


def test_the_median_module_is_short() -> None:
    """Half of our modules have at most 100 lines."""
    sizes = [_lines(file) for file in modules(*OURS, *PROGRAMS)]

    assert not sizes or median(sizes) <= MEDIAN


@pytest.mark.parametrize(("path", "lines"), [("oms/long.py", 301), ("tests/unit/test_long.py", 401)])
def test_a_long_module_is_noticed(path: str, lines: int) -> None:
    """The rule can fail."""
    assert too_long([module("x = 1\n" * lines, path)])
    assert not too_long([module("x = 1\n" * (lines - 1), path)])

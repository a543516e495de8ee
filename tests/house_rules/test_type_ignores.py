"""Whoever overrules the type checker says which finding and why."""

import re

import pytest

from tests.house_rules.tree import EVERYTHING, Module, module, modules

IGNORE = re.compile(r"#\s*type:\s*ignore")
EXPLAINED = re.compile(r"#\s*type:\s*ignore\[[a-z, -]+\]\s+#\s*\S+")


def unexplained(file: Module) -> list[str]:
    """Find ignores without a code or without a reason."""
    return [
        f"{file.path}:{number} write: # type: ignore[code]  # why"
        for number, line in enumerate(file.text.splitlines(), start=1)
        if IGNORE.search(line) and not EXPLAINED.search(line)
    ]


def test_type_ignores_are_explained() -> None:
    """Each carries a code and a reason on its line."""
    files = [file for file in modules(*EVERYTHING) if not file.path.endswith("test_type_ignores.py")]

    assert [found for file in files for found in unexplained(file)] == []


@pytest.mark.parametrize("text", ["x = 1  # type: ignore", "x = 1  # type: ignore[arg-type]"])
def test_an_unexplained_ignore_is_noticed(text: str) -> None:
    """The rule can fail, and an explained one passes."""
    assert unexplained(module(text))
    assert not unexplained(module("x = 1  # type: ignore[arg-type]  # their stub says int"))

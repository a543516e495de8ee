"""Names come from the glossary: none that says nothing."""

import ast
import re
from pathlib import PurePosixPath

import pytest

from tests.house_rules.tree import OURS, PROGRAMS, Module, module, modules

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "manager", "service", "data", "misc"}
EMPTY_PREFIX = "process_"
EMPTY_SUFFIXES = ("_activity", "_workflow")
THEIR_NAMES = {
    "execute_activity",
    "intercept_activity",
    "execute_workflow",
    "start_activity",
    "start_workflow",
}
"""What Temporal's interceptors override."""


def empty_names(file: Module) -> list[str]:
    """Find modules, classes and functions whose name says what they are made of, not what they are."""
    folders_and_file = PurePosixPath(file.path).with_suffix("").parts
    found = [f"{file.path}: the name {part!r}" for part in folders_and_file if part in EMPTY_WORDS]
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ClassDef) and EMPTY_WORDS & _words(node.name):
            found.append(f"{file.path}:{node.lineno} class {node.name}")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _says_nothing(node.name):
            found.append(f"{file.path}:{node.lineno} def {node.name}")
    return found


def _words(name: str) -> set[str]:
    words = [word.lower() for word in re.findall(r"[A-Z][a-z]+|[A-Z]+(?![a-z])", name)]
    return set(words) - ({"data"} if words[-1:] != ["data"] else set())


def _says_nothing(name: str) -> bool:
    bare = name.lstrip("_")
    empty = bare in EMPTY_WORDS or bare.startswith(EMPTY_PREFIX) or bare.endswith(EMPTY_SUFFIXES)
    return empty and bare not in THEIR_NAMES


def test_every_name_says_something() -> None:
    """Call a thing what the trade calls it (docs/glossary.md)."""
    assert [found for file in modules(*OURS, *PROGRAMS, "simulator") for found in empty_names(file)] == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("x = 1", "oms/utils.py"),
        ("x = 1", "oms/common/money.py"),
        ("class OrderManager: ...", "oms/x.py"),
        ("class OrderData: ...", "oms/x.py"),
        ("def process_order(): ...", "oms/x.py"),
        ("async def reserve_activity(): ...", "activities/x.py"),
    ],
)
def test_an_empty_name_is_noticed(text: str, path: str) -> None:
    """The rule can fail, and a plain name passes."""
    assert empty_names(module(text, path))
    assert not empty_names(module("class DataKey: ...\ndef reserve(): ...", "oms/stock.py"))

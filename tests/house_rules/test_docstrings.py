"""Everything others may use says what it promises."""

import ast
from collections.abc import Iterator

import pytest

from tests.house_rules.tree import OURS, PROGRAMS, Module, dotted, module, modules

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def undocumented(file: Module) -> list[str]:
    """Name the public module, classes, functions and methods without a docstring."""
    found = [] if ast.get_docstring(file.tree) or not file.tree.body else [f"{file.path}: the module"]
    return found + [
        f"{file.path}:{node.lineno} {node.name}"
        for node in _public(file.tree)
        if not ast.get_docstring(node) and "override" not in map(dotted, node.decorator_list)
    ]


def _public(parent: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    for node in parent.body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def test_public_names_have_docstrings() -> None:
    """One sentence on the promise, not the mechanics."""
    assert [found for file in modules(*OURS, *PROGRAMS) for found in undocumented(file)] == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        '"""A module."""\ndef f(): ...',
        '"""A module."""\nclass A:\n    x: int',
        '"""A module."""\nclass A:\n    """A class."""\n    async def f(self): ...',
    ],
)
def test_a_missing_docstring_is_noticed(text: str) -> None:
    """The rule can fail, and private names are free."""
    assert undocumented(module(text))
    assert not undocumented(module('"""A module."""\ndef _f(): ...'))

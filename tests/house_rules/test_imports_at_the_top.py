"""A module's dependencies are seen at its top."""

import ast

import pytest

from tests.house_rules.tree import EVERYTHING, Module, functions, module, modules


def hidden_imports(file: Module) -> list[str]:
    """Find imports inside functions."""
    return sorted(
        {
            f"{file.path}:{node.lineno} imports inside {function.name}"
            for function in functions(file.tree)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
    )


def test_imports_stand_at_the_top() -> None:
    """An import that would make a circle shows that something stands in the wrong module."""
    assert [found for file in modules(*EVERYTHING) for found in hidden_imports(file)] == []


@pytest.mark.parametrize(
    "text", ["def f():\n    import os", "class A:\n    def f(self):\n        from os import path"]
)
def test_a_hidden_import_is_noticed(text: str) -> None:
    """The rule can fail."""
    assert hidden_imports(module(text))

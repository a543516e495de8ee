"""A test that asserts nothing passes whatever happens."""

import ast

import pytest

from tests.house_rules.tree import AnyFunction, Module, dotted, functions, module, modules

SPEAKS = ("pytest.raises", "pytest.warns", "pytest.fail", "raises")


def silent_tests(file: Module) -> list[str]:
    """Name the tests without an assertion of their own or through a function that asserts."""
    asserting = {function.name for function in functions(file.tree) if _speaks(function, set())}
    return [
        f"{file.path}:{function.lineno} {function.name} asserts nothing"
        for function in functions(file.tree)
        if function.name.startswith("test_") and not _speaks(function, asserting)
    ]


def _speaks(function: AnyFunction, asserting: set[str]) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and _is_assertion(dotted(node.func), asserting))
        for node in ast.walk(function)
    )


def _is_assertion(called: str, asserting: set[str]) -> bool:
    name = called.rpartition(".")[2]
    return called in SPEAKS or called in asserting or name.startswith(("assert_", "expect_"))


def test_every_test_asserts_something() -> None:
    """Say in an assertion what must be true."""
    assert [found for file in modules("tests") for found in silent_tests(file)] == []


@pytest.mark.parametrize("text", ["def test_x():\n    f()", "async def test_x():\n    await f()"])
def test_a_silent_test_is_noticed(text: str) -> None:
    """The rule can fail, and an assertion in a function of the same file counts."""
    assert silent_tests(module(text))
    assert not silent_tests(module(f"def f():\n    assert True\n{text}"))

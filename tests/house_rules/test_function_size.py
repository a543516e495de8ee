"""A function does one thing, and a workflow's `run` is a table of contents."""

import ast

import pytest

from tests.house_rules.tree import EVERYTHING, AnyFunction, Module, functions, module, modules

CEILING = 40
CEILING_OF_RUN = 25
COMMANDS = "oms/cli/"
"""There a signature is the command's help: its options are not counted."""


def too_long(file: Module) -> list[str]:
    """Name the functions with more lines of code than allowed; blanks, comments and docstrings are free."""
    lines = file.text.splitlines()
    return [
        f"{file.path}:{function.lineno} {function.name}: {size} lines of code, at most {ceiling}"
        for function in functions(file.tree)
        if (size := _code_lines(file, function, lines)) > (ceiling := _ceiling(file, function))
    ]


def _code_lines(file: Module, function: AnyFunction, lines: list[str]) -> int:
    free: set[int] = set()
    if ast.get_docstring(function) is not None:
        free.update(range(function.body[0].lineno, (function.body[0].end_lineno or 0) + 1))
    if file.path.startswith(COMMANDS):
        free.update(range(function.lineno, function.body[0].lineno))
    body = range(function.lineno, (function.end_lineno or function.lineno) + 1)
    code = (lines[number - 1].strip() for number in body if number not in free)
    return sum(1 for line in code if line and not line.startswith("#"))


def _ceiling(file: Module, function: AnyFunction) -> int:
    is_run = function.name == "run" and file.path.startswith("workflows/")
    return CEILING_OF_RUN if is_run else CEILING


def test_functions_do_one_thing() -> None:
    """At most 40 lines of code, and 25 for a workflow's `run`."""
    assert [found for file in modules(*EVERYTHING) for found in too_long(file)] == []


@pytest.mark.parametrize(
    ("path", "name", "lines"), [("oms/x.py", "settle", 41), ("workflows/x.py", "run", 26)]
)
def test_a_long_function_is_noticed(path: str, name: str, lines: int) -> None:
    """The rule can fail, and comments do not make a function long."""
    body = "    x = 1\n" * (lines - 1)
    shorter = f"def {name}():\n" + "    x = 1\n" * (lines - 2) + "    # why\n    x = 2\n"[:10]

    assert too_long(module(f"def {name}():\n{body}", path))
    assert not too_long(module(shorter, path))

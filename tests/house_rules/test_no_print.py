"""What runs unseen speaks through its log."""

import ast

from tests.house_rules.tree import OURS, Module, dotted, module, modules


def prints(file: Module) -> list[str]:
    """Find calls of print."""
    return [
        f"{file.path}:{node.lineno} prints: log an event with fields instead"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "print"
    ]


def test_nothing_of_ours_prints() -> None:
    """Logs are events with fields; the operator's command line writes through its console."""
    assert [found for file in modules(*OURS) for found in prints(file)] == []


def test_a_print_is_noticed() -> None:
    """The rule can fail, and other methods of that name pass."""
    assert prints(module("print('hello')"))
    assert not prints(module("console.print('hello')"))

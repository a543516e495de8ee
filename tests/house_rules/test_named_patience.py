"""How long a workflow waits for an activity, and how often it asks again, has a name."""

import ast

import pytest

from tests.house_rules.tree import Module, dotted, module, modules

NAMELESS = {"timedelta", "RetryPolicy", "datetime.timedelta", "common.RetryPolicy"}


def nameless(file: Module) -> list[str]:
    """Find timeouts and retry policies built where they are used."""
    if file.path == "workflows/policies.py":
        return []
    return [
        f"{file.path}:{node.lineno} builds a {dotted(node.func)}: give it a name in workflows/policies.py"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and (dotted(node.func) in NAMELESS)
    ]


def test_patience_has_a_name() -> None:
    """`timedelta(` and `RetryPolicy(` stand in workflows/policies.py only."""
    assert [found for file in modules("workflows") for found in nameless(file)] == []


@pytest.mark.parametrize("text", ["x = timedelta(seconds=3)", "f(retry_policy=RetryPolicy())"])
def test_nameless_patience_is_noticed(text: str) -> None:
    """The rule can fail, and policies.py is where such numbers belong."""
    assert nameless(module(text, "workflows/order.py"))
    assert not nameless(module(text, "workflows/policies.py"))

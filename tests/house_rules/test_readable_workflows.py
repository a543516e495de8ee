"""Whatever runs says in the Temporal UI what it is for: a line when it is started, a card while it runs."""

import ast

import pytest

from tests.house_rules.tree import ROOT, Module, dotted, module, modules

STARTERS = {"start_workflow", "execute_workflow", "ScheduleActionStartWorkflow"}
WITHOUT_A_CARD = {"CanaryWorkflow"}
"""It ends before anybody could look."""
CARDS_ELSEWHERE = {
    "OrderWorkflow": "workflows/footing.py",
    "AfterSaleWorkflow": "workflows/aftersale_footing.py",
}
CARD = "workflow.set_current_details("


def speechless(file: Module) -> list[str]:
    """Find starts of workflows without words that stay readable when payloads are sealed."""
    starts = [
        node for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in STARTERS
    ]  # fmt: skip
    return [
        f"{file.path}:{node.lineno} starts a workflow without static_summary=Words(…)"
        for node in starts
        if not any(each.arg == "static_summary" and isinstance(each.value, ast.Call) for each in node.keywords)
    ]  # fmt: skip


def without_a_card(file: Module) -> list[str]:
    """Find workflows that set no current details, in their own module or in their footing."""
    names = [
        str(keyword.value.value)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "workflow.defn"
        for keyword in node.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    ]
    return [
        name for name in names if name not in WITHOUT_A_CARD and CARD not in _where_its_card_is(name, file)
    ]


def _where_its_card_is(name: str, file: Module) -> str:
    elsewhere = CARDS_ELSEWHERE.get(name)
    return (ROOT / elsewhere).read_text(encoding="utf-8") if elsewhere else file.text


def test_every_start_has_words() -> None:
    """They are the line above everything else in the UI."""
    assert [found for file in modules("oms", "workflows") for found in speechless(file)] == []


def test_every_workflow_has_a_card() -> None:
    """How it stands, and who must act, without a payload."""
    assert [found for file in modules("workflows") for found in without_a_card(file)] == []


@pytest.mark.parametrize(
    "start", ["c.start_workflow('X')", "c.execute_workflow('X', static_summary='plain text')"]
)
def test_a_speechless_start_is_noticed(start: str) -> None:
    """The rule can fail; a plain text would be sealed, so it is none either."""
    assert speechless(module(start))
    assert not speechless(module("c.start_workflow('X', static_summary=Words('for this'))"))


def test_a_workflow_without_a_card_is_noticed() -> None:
    """The rule can fail."""
    bare = '@workflow.defn(name="New")\nclass New:\n    pass\n'

    assert without_a_card(module(bare)) == ["New"]
    assert without_a_card(module(f"{bare}    x = {CARD}'')\n")) == []

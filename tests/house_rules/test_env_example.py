"""`.env.example` is the whole list of settings: no more, no less."""

import ast
import re

import pytest

from tests.house_rules.tree import ROOT, module

VARIABLE = re.compile(r"OMS_[A-Z0-9_]+")
LISTED = re.compile(r"^(?:# )?((?:OMS|TEMPORAL)_[A-Z0-9_]+)=", re.MULTILINE)


def disagreements(settings: str, shops: str, example: str) -> set[str]:
    """Name the variables that only the settings, or only the example, know."""
    known = {
        node.value
        for node in ast.walk(module(settings).tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.fullmatch(node.value)
    } | set(VARIABLE.findall(shops))
    listed = {name for name in LISTED.findall(example) if name.startswith("OMS_")}
    return {name for name in known ^ listed if not name.endswith("_")}


def unexplained(example: str) -> list[str]:
    """Name the variables without a comment above them or above their group."""
    groups = (group.strip() for group in example.split("\n\n"))
    return [group for group in groups if LISTED.search(group) and not group.startswith("# ")]


def test_the_example_lists_every_setting() -> None:
    """What oms/settings.py and the example files name, and nothing they do not."""
    settings = (ROOT / "oms/settings.py").read_text(encoding="utf-8")
    shops = "\n".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("shops.example.yaml", "subscribers.example.yaml", "rota.example.yaml")
    )
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert disagreements(settings, shops, example) == set()
    assert unexplained(example) == []


@pytest.mark.parametrize("example", ["", "OMS_PACE=1\nOMS_GONE=1"])
def test_a_disagreement_is_noticed(example: str) -> None:
    """The rule can fail in both directions."""
    assert disagreements('pace = Field(alias="OMS_PACE")', "", example)
    assert not disagreements('pace = Field(alias="OMS_PACE")', "", "# OMS_PACE=1")


def test_an_unexplained_variable_is_noticed() -> None:
    """The rule can fail."""
    assert unexplained("OMS_PACE=1")
    assert not unexplained("# Divides durations.\nOMS_PACE=1")

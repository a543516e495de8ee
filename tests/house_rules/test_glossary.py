"""The glossary names what the code names, in English and Chinese."""

import re

import pytest

from tests.house_rules.tree import OURS, ROOT, modules

ROW = re.compile(r"^\| *([^|]+?) *\| *([^|]+?) *\| *([^|]+?) *\| *([^|]+?) *\|$", re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAME = re.compile(r"`([A-Za-z_.]+)`")


def faults(glossary: str, code: str) -> list[str]:
    """Name the rows without a Chinese term, and the names that the code does not have."""
    rows = [row for row in ROW.findall(glossary) if row[0] != "term" and not row[0].startswith("-")]
    untranslated = [f"{term}: no Chinese term" for term, chinese, _, _ in rows if not CHINESE.search(chinese)]
    unknown = [
        f"{term}: the code has no {name}"
        for term, _, names, _ in rows
        for name in NAME.findall(names)
        if not re.search(rf"\b{re.escape(name)}\b", code)
    ]
    return untranslated + unknown if rows else ["no rows"]


def test_the_glossary_and_the_code_agree() -> None:
    """One name for one thing; change both together."""
    code = "\n".join(file.text for file in modules(*OURS))

    assert faults((ROOT / "docs/glossary.md").read_text(encoding="utf-8"), code) == []


@pytest.mark.parametrize(
    "row", ["", "| waybill | waybill | `Waybill` | its number |", "| waybill | 运单 | `Gone` | its number |"]
)
def test_a_fault_is_noticed(row: str) -> None:
    """The rule can fail: no rows, no Chinese term, no such name."""
    assert faults(row, "class Waybill: ...")
    assert not faults("| waybill | 运单 | `Waybill` | its number |", "class Waybill: ...")

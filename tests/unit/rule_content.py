"""The real table as plain content, to be changed by a test and read again."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from oms.rules.document import Document, read_document
from oms.rules.table import TABLE, RuleTable, table_of

Change = Callable[[dict[str, Any]], object]
_CONTENT: dict[str, Any] = read_document(TABLE.read_text(encoding="utf-8"), TABLE.name).content


def the_content() -> dict[str, Any]:
    """A copy of what the real table says."""
    return deepcopy(_CONTENT)


def table_from(content: dict[str, Any]) -> RuleTable:
    """Read content as a table. Raises WrongRule (every place is line 1)."""
    return table_of(Document(content, {}, {}, frozenset(), frozenset()), "content")


def table_with(change: Change) -> RuleTable:
    """The real table, changed."""
    content = the_content()
    change(content)
    return table_from(content)


def rows(content: dict[str, Any], platform: str, **blocks: Any) -> None:
    """Set figures in a platform's row, graded D."""
    row = content["platforms"].setdefault(platform, {})
    overlay(row, **blocks)


def overlay(row: dict[str, Any], **blocks: Any) -> dict[str, Any]:
    """Set figures in a layer, graded D."""
    for block, figures in blocks.items():
        row[block] = {**row.get(block, {}), **figures}
        row["evidence"] = {**row.get("evidence", {}), **{f"{block}.{name}": "D" for name in figures}}
    return row

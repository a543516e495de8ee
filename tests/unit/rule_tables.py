"""Tables of a test's own: the real one, changed in a few places."""

from collections.abc import Mapping
from typing import Any

import yaml

from oms.rules.table import TABLE, RuleTable, parse_table

Figures = Mapping[str, Mapping[str, Any]]


def text_of(platform: str = "own_shop", *, version: str = "changed", **blocks: Mapping[str, Any]) -> str:
    """Return the real table as text, with these figures of one platform changed (graded D)."""
    content: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    content["table_version"] = version
    row = dict(content["platforms"][platform] or {})
    for block, figures in blocks.items():
        row[block] = {**row.get(block, {}), **figures}
        row["evidence"] = {**row.get("evidence", {}), **{f"{block}.{name}": "D" for name in figures}}
    content["platforms"][platform] = row
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def changed(
    platform: str = "own_shop", *, version: str = "changed", **blocks: Mapping[str, Any]
) -> RuleTable:
    """Return the real table with these figures of one platform changed."""
    return parse_table(text_of(platform, version=version, **blocks), version)

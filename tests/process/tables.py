"""Other versions of the rule table than today's, changed where a test says so."""

from collections.abc import Callable
from typing import Any

import yaml

from oms.rules.table import TABLE, RuleTable, parse_table


def a_version(name: str, change: Callable[[Any], None]) -> RuleTable:
    """Return today's table, changed, under another version."""
    content = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    content["table_version"] = name
    change(content)
    return parse_table(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), name)


def shipping(name: str, **figures: Any) -> RuleTable:
    """Return a version in which every platform ships by other figures."""

    def change(content: Any) -> None:
        for row in (content["defaults"], *content["platforms"].values()):
            if "ship" in row:
                row["ship"].update({key: value for key, value in figures.items() if key in row["ship"]})
        content["defaults"]["ship"].update(figures)

    return a_version(name, change)


def never_pushing(name: str) -> RuleTable:
    """Return a version whose gate lets everything be released, and nothing be pushed."""

    def change(content: Any) -> None:
        words = {"zh": "不推送", "en": "not pushed"}
        content["rules"].append(
            {"id": "never-push", "at": ["push"], "when": "total_fen >= 0", "action": "block", "severity": "red",
             "message": words, "remedy": dict(words), "evidence": "D"}
        )  # fmt: skip

    return a_version(name, change)

"""The table of the measurement: the real rules, but for "complete after".

At the pace of the bench the 72 h are then a second and a half, while the ship-by clock stays far away: it is armed
and never strikes.
"""

from oms.rules.table import TABLE, RuleTable, parse_table

PLATFORM = "own_shop"
"""Whose first buyers wait for nobody."""
REAL, OURS = "after: 72h ", "after: 1h "


def the_table() -> RuleTable:
    """Read the real table, with an order complete an hour after it was shipped."""
    text = TABLE.read_text(encoding="utf-8")
    if text.count(REAL) != 1:
        raise ValueError(f"the table has no one place that says {REAL}")
    return parse_table(text.replace(REAL, OURS), "bench")

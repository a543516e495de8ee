"""The answer of a backtest as one HTML page that needs no network: a chart, drawn as SVG, and every figure in a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from oms.rules.backtest import Comparison, Kind, Total
from oms.templating import templates

WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.TAGGED: ("tagged", "打标"),
    Kind.HELD: ("held for review", "人工复核"),
    Kind.BLOCKED: ("refused by the gate", "合规拦截"),
    Kind.UNSURE: ("a rule could not be evaluated", "规则无法判定"),
    Kind.REMINDED: ("reminded", "提醒"),
    Kind.WARNED: ("warned", "预警"),
    Kind.ESCALATED: ("escalated", "升级主管"),
    Kind.ESCALATED_FURTHER: ("escalated further", "再次升级"),
    Kind.LOCKED: ("locked", "红线锁定"),
    Kind.LATE: ("late", "超时"),
}
"""English, Chinese."""
LEFT, BAR, ROW, WIDE = 290, 14, 46, 560


class Bar(NamedTuple):
    """One kind in the chart; lengths in SVG units."""

    en: str
    zh: str
    top: int
    today: int
    proposed: int
    today_length: float
    proposed_length: float
    difference: str


def bars(totals: Sequence[Total]) -> list[Bar]:
    """Lay out a pair of bars for every kind that occurs, the longest over the whole width."""
    shown = [total for total in totals if total.today or total.proposed]
    most = max((max(total.today, total.proposed) for total in shown), default=1)
    return [
        Bar(
            *WORDS[total.kind], place * ROW, total.today, total.proposed, total.today / most * WIDE,
            total.proposed / most * WIDE, signed(total.proposed - total.today),
        )
        for place, total in enumerate(shown)
    ]  # fmt: skip


def signed(difference: int) -> str:
    """Write a difference with its sign, and none as a dash."""
    return f"{difference:+,}" if difference else "–"


def backtest_page(comparison: Comparison, source: str) -> str:
    """Return the page; `source` says which orders these were."""
    environment = templates(Path(__file__).parent / "templates")
    environment.globals |= {
        "signed": signed,
        "words": WORDS,
        "left": LEFT,
        "bar": BAR,
        "row": ROW,
        "wide": WIDE,
    }
    template = environment.get_template("backtest.html")
    return template.render(it=comparison, source=source, bars=bars(comparison.totals))

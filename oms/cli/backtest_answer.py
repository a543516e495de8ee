"""The answer of `rules backtest` in a terminal: a table, a chart, and the orders that change."""

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from oms.cli.output import Output
from oms.rules.backtest import Comparison
from oms.rules.backtest_page import WORDS, bars, signed

BAR_WIDTH = 30


def shown(out: Output, it: Comparison, source: str, html: Path | None, *, as_json: bool) -> None:
    """Show what came of it; a program gets everything."""
    if as_json:
        out.json(it.model_dump(mode="json"))
        return
    title = f"{it.proposed} against {it.today}: {it.orders:,} of {source}"
    rows = [
        {"platform": row.platform, "what": WORDS[row.kind][0], "rule": row.rule, "today": row.today,
         "proposed": row.proposed, "difference": signed(row.difference)}
        for row in it.counts
    ]  # fmt: skip
    out.rows(title, rows, as_json=False, none="neither table would have done anything")
    if rows:
        out.out.print(_chart(it))
    for each in it.examples:
        more, less = (", ".join(marks) or "–" for marks in (each.gained, each.lost))
        out.out.print(escape(f"{each.order}  more: {more}  no longer: {less}"), soft_wrap=True)
    asides = [f"{it.changed:,} orders would have gone otherwise", f"{it.orders_per_minute:,} orders a minute"]
    if it.never_paid:
        asides.append(f"{it.never_paid:,} were never paid: no rule was asked")
    if it.wait_unknown:
        asides.append(f"how long {it.wait_unknown:,} waited is not known: no clock was run")
    out.out.print("; ".join(asides), soft_wrap=True, markup=False)
    if html:
        out.say(f"the page is in {html}")


def _chart(it: Comparison) -> Table:
    """Draw the totals as pairs of bars."""
    chart = Table(title="Orders", title_justify="left", show_header=False, box=None)
    most = max(max(bar.today, bar.proposed) for bar in bars(it.totals))
    for bar in bars(it.totals):
        for name, count, style in ((bar.en, bar.today, "dim"), ("", bar.proposed, "blue")):
            blocks = "█" * max(round(count / most * BAR_WIDTH), bool(count))
            chart.add_row(name, f"[{style}]{blocks}[/]", f"{count:,}")
    return chart

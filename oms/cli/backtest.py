"""`rules backtest`: try a proposed table on past orders, against the one in force."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from oms.channels import CHANNELS
from oms.cli.backtest_answer import shown
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.cli.rule_files import RulesFile, parsed
from oms.clock import wall_clock
from oms.domain.past import PastOrder
from oms.domain.periods import read_moment
from oms.rules.backtest import Ask, Comparison, Tell, compare
from oms.rules.backtest_page import backtest_page
from oms.rules.past_csv import NotSuchOrders, read_csv
from oms.rules.table import RuleTable
from oms.rules.trial import TableTrial
from oms.store.past import PastOrders, Span

PATIENCE_SECONDS = 2.0
"""What takes longer shows how far it is."""
LOOK_EVERY = 500
ALL = 10_000_000

Since = Annotated[
    str, typer.Option(metavar="MOMENT", help="Only orders placed then or later: 2026-11-01, or with a time.")
]
Until = Annotated[str, typer.Option(metavar="MOMENT", help="Only orders placed before then.")]
Shop = Annotated[str | None, typer.Option(help="Only this shop's orders: channel:shop.")]
FromCsv = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="Take the orders of a folder like Olist's, not our own."),
]
Platform = Annotated[str, typer.Option(help="The table's row that orders from a CSV live by.")]
Against = Annotated[
    str, typer.Option(metavar="VERSION", help="Compare with this version (default: in force now).")
]
Html = Annotated[
    Path | None,
    typer.Option("--html", dir_okay=False, help="Write the answer as one page with a chart, too."),
]
Limit = Annotated[int, typer.Option(min=0, help="Name at most so many orders that change; --json names all.")]


class _Source(NamedTuple):
    """The past orders, how many, what they are called, and the pace they lived at."""

    orders: Iterable[PastOrder]
    number: int
    name: str
    pace: int


def backtest(
    context: typer.Context, file: RulesFile, since: Since = "", until: Until = "", shop: Shop = None,
    from_csv: FromCsv = None, platform: Platform = "own_shop", against: Against = "", html: Html = None,
    limit: Limit = 20, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Try a rule table on past orders: what would it have held, refused, locked, called late, escalated, reminded.

    Both tables are tried on every order, and nothing is changed. The gate is asked as of the order's release, the
    clock runs until the order left or was withdrawn (or now), and nobody is taken to have acknowledged an alarm.

    Examples:

    ```
    starter.py rules backtest tables/2026-12-01.yaml --since 2026-11-01
    starter.py rules backtest tables/2026-12-01.yaml --shop jd:self --html backtest.html
    starter.py rules backtest proposed.yaml --from-csv ../shared/data/olist --json | jq .totals
    ```
    """
    place: Place = context.obj
    proposed, today = parsed(file), _today(place, against)
    span = (_moment(since, "--since"), _moment(until, "--until"))
    if span[0] is not None and span[1] is not None and span[0] >= span[1]:
        raise Trouble("--since is not before --until", "say an earlier --since", Code.WRONG_USE)
    if from_csv is None:
        source = _of_ours(place, Span(*span, place.shop(shop) if shop else None))
    else:
        if shop:
            raise Trouble("orders from a CSV have no shop", "leave --shop out", Code.WRONG_USE)
        source = _of_csv(from_csv, _row(platform, proposed, today), Span(*span))
    comparison = _compare(place, source, today, proposed, ALL if as_json else limit)
    if html:
        _write(html, backtest_page(comparison, source.name))
    shown(place.output, comparison, source.name, html, as_json=as_json)


def _today(place: Place, against: str) -> RuleTable:
    """Return the table to compare with: a version by name, else the one in force."""
    shelf = place.shelf()
    if not against:
        return shelf.in_force(wall_clock())
    table = shelf.version(against)
    if table is None:
        raise Trouble(f"no version {against!r}", f"there are: {', '.join(shelf.versions())}", Code.WRONG_USE)
    return table


def _row(platform: str, *tables: RuleTable) -> str:
    for table in tables:
        if platform not in table.platforms:
            known = ", ".join(sorted(table.platforms))
            raise Trouble(f"{table.version} has no row {platform!r}", f"there are: {known}", Code.WRONG_USE)
    return platform


def _moment(text: str, option: str) -> datetime | None:
    if not text:
        return None
    try:
        return read_moment(text)
    except ValueError:
        raise Trouble(
            f"{option}: {text!r} is no moment", "write 2026-11-01 or 2026-11-01T08:00", Code.WRONG_USE
        ) from None


def _of_ours(place: Place, span: Span) -> _Source:
    settings = place.settings()
    platforms = {shop.key: shop.platform for shop in settings.shops}
    everywhere = [name for name, kind in CHANNELS.items() if kind.properties.same_buyer_everywhere]
    past = PastOrders(place.store().database, platforms, wall_clock(), everywhere)
    return _Source(past.read(span), past.count(span), "our orders", settings.pace)


def _of_csv(folder: Path, platform: str, span: Span) -> _Source:
    try:
        orders = [past for past in read_csv(folder, platform) if span.holds(past.created)]
    except NotSuchOrders as error:
        raise Trouble(str(error), "expected the files of the Olist data set", Code.WRONG_USE) from error
    return _Source(orders, len(orders), folder.name, 1)


def _compare(
    place: Place, source: _Source, today: RuleTable, proposed: RuleTable, examples: int
) -> Comparison:
    ask = Ask(
        (today.version, TableTrial(today, source.pace)), (proposed.version, TableTrial(proposed, source.pace)),
        examples, name_late=examples == ALL,
    )  # fmt: skip
    with _progress(place, source.number) as tell:
        return compare(source.orders, ask, tell)


@contextmanager
def _progress(place: Place, total: int) -> Iterator[Tell]:
    """Show a bar once it has taken two seconds."""
    columns = (TextColumn("trying both tables"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar, begun, done = Progress(*columns, console=place.output.err), time.monotonic(), 0
    task = bar.add_task("", total=total)

    def tell() -> None:
        nonlocal done
        done += 1
        if done % LOOK_EVERY == 0 and time.monotonic() - begun > PATIENCE_SECONDS:
            bar.start()
            bar.update(task, completed=done)

    try:
        yield tell
    finally:
        bar.stop()


def _write(html: Path, page: str) -> None:
    try:
        html.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Trouble(
            f"{html} cannot be written: {error.strerror}", "name another file", Code.WRONG_USE
        ) from error

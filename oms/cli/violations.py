"""`rules report` and `rules reports`: what broke a platform's rules, what nearly did, and the files that say so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from oms.cli.options import AsJson
from oms.cli.output import Code, Output, Trouble
from oms.cli.place import Place
from oms.clock import wall_clock
from oms.domain.money import fen_to_yuan
from oms.domain.periods import Period, days_from, last_period, week_named
from oms.violations import words
from oms.violations.files import Reports, rendered, write_whole
from oms.violations.html import page
from oms.violations.reading import Reading
from oms.violations.report import Count, Report
from oms.violations.workbook import workbook

RULES_SHOWN = 10
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day in Asia/Shanghai.")]


def report(
    context: typer.Context,
    week: Annotated[str | None, typer.Option(help="A week, as 2026-W47; default: the last full one.")] = None,
    since: Day = None,
    until: Day = None,
    lang: Annotated[words.Language, typer.Option("--lang", help="Of the files: zh or en.")] = "zh",
    xlsx: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a workbook there.")] = None,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page with charts there.")] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Write workbook, page and JSON into the folder of reports.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Count violations and near misses of a period, and compare them with the period before.

    Weeks run from Monday to Sunday, --until is the last day itself; both in Asia/Shanghai. Fines are estimates.

    Examples:

    ```
    starter.py rules report
    starter.py rules report --week 2026-W47 --xlsx w47.xlsx --html w47.html
    starter.py rules report --week 2026-W47 --save
    starter.py rules report --since 2026-11-01 --until 2026-11-11 --lang en --html 11-11.html
    starter.py rules report --json | jq '.now.violations'
    ```
    """
    place: Place = context.obj
    period = _period(place, week, since, until)
    with _reading(place.output, period) as on_progress:
        counted = _read(place).report(period, wall_clock(), on_progress)
    if xlsx is not None:
        _write(place.output, xlsx, workbook(counted, lang))
    if html is not None:
        _write(place.output, html, page(counted, lang).encode())
    if save:
        _save(place, counted, lang)
    if as_json:
        place.output.json(counted.model_dump(mode="json"))
    else:
        _show(place.output, counted)


def reports(context: typer.Context, as_json: AsJson = False) -> None:
    """List the reports that were written, newest first; the desk hands them out at /desk/reports.

    Example:

    ```
    starter.py rules reports
    ```
    """
    place: Place = context.obj
    folder = _folder(place)
    rows = [file.model_dump() for file in folder.list()]
    place.output.rows(f"Reports in {folder.folder}", rows, as_json=as_json, none="none yet")


def _period(place: Place, week: str | None, since: datetime | None, until: datetime | None) -> Period:
    if week is not None and (since or until):
        raise Trouble("--week and --since/--until are two ways to say it", "use one of them", Code.WRONG_USE)
    if (since is None) != (until is None):
        raise Trouble("--since and --until belong together", "give both", Code.WRONG_USE)
    try:
        if week is not None:
            return week_named(week)
        if since is not None and until is not None:
            return days_from(since.date(), until.date())
    except ValueError as error:
        raise Trouble(str(error), "weeks are written 2026-W47, days 2026-11-22", Code.WRONG_USE) from error
    return last_period(wall_clock(), place.settings().pace)


def _read(place: Place) -> Reading:
    platforms = {shop.key: shop.platform for shop in place.settings().shops}
    return Reading(place.store(), platforms, place.shelf().in_force)


@contextmanager
def _reading(output: Output, period: Period) -> Iterator[Callable[[], None]]:
    with output.err.status(f"reading {period.name}") as status:
        batches = 0

        def on_progress() -> None:
            nonlocal batches
            batches += 1
            status.update(f"reading {period.name}: {batches} batches of orders")

        yield on_progress


def _save(place: Place, counted: Report, lang: words.Language) -> None:
    folder = _folder(place)
    try:
        paths = folder.put(rendered(counted, lang))
    except OSError as error:
        raise Trouble(f"{folder.folder} cannot be written: {error.strerror}", code=Code.WRONG_USE) from error
    place.output.say(f"written: {', '.join(map(str, paths))}")


def _folder(place: Place) -> Reports:
    settings = place.settings()
    return Reports.where(settings.reports_folder, settings.database_url)


def _write(output: Output, path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}", code=Code.WRONG_USE) from error
    output.say(f"written: {path}")


def _show(output: Output, counted: Report) -> None:
    now, before = counted.now, counted.before
    facts = {
        "period": f"{now.period.name} (rules {counted.table_version})",
        "violations": f"{now.violations} (before: {before.violations})",
        "near_misses": f"{now.near_misses} (before: {before.near_misses})",
        "still_open": now.open,
        "orders_with_a_violation": f"{now.concerned} of {now.orders} under way ({now.share:.1%})",
        "estimated_fines": f"{fen_to_yuan(counted.estimated_fen)} yuan: an estimate, never booked",
        "step": words.worst(counted, "en"),
    }
    output.facts(f"Report {counted.name}", facts, as_json=False)
    for title, rows in (("By rule", counted.by_rule[:RULES_SHOWN]), ("By step", counted.by_step)):
        if rows:
            output.rows(title, [_row(row) for row in rows], as_json=False)
    shops = [
        {"shop": shop.name, "platform": shop.platform, **_row(shop), "orders": shop.orders}
        for shop in counted.by_shop
    ]
    output.rows("By shop", [{key: row[key] for key in row if key != "name"} for row in shops], as_json=False)


def _row(row: Count) -> dict[str, object]:
    return {
        "name": row.name, "violations": row.violations, "near_misses": row.near_misses,
        "violations_before": row.violations_before, "near_misses_before": row.near_misses_before,
    }  # fmt: skip

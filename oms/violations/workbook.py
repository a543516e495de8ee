"""The report as a spreadsheet: real numbers and dates, headers that stay in view, and charts."""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from oms.domain.periods import BUSINESS_ZONE
from oms.violations import words
from oms.violations.report import Count, Report, Totals
from oms.violations.words import Language

MOST_ROWS = 200_000
"""Rows of the orders' sheet; a sheet holds a million, and the JSON has them all."""
WIDEST, NARROWEST = 60, 10
COLOURS = {"violations": "#C2410C", "near_misses": "#E3A63A", "before": "#2563EB"}
NUMBER, MOMENT, DAY, PERCENT, YUAN = "#,##0", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "0.0%", "#,##0.00"
Column = tuple[str, str]
"""Its word, and the number format of its cells; empty: text."""
Named = Callable[[str], str]


def workbook(report: Report, language: Language) -> bytes:
    """Write the workbook."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": words.say("title", language), "created": report.made_at.replace(tzinfo=None)}
    )
    sheets = _Sheets(book, language)
    _summary(sheets, report)
    sheets.counted("by_rule", "rule", report.by_rule, str)
    _platforms(sheets, report)
    sheets.counted("by_step", "step", report.by_step, lambda name: words.step(name, language))
    sheets.counted("by_hour", "hour", report.by_hour, str, chart="column")
    sheets.counted("trend", "day", report.by_day, date.fromisoformat, chart="column", names=DAY)
    _incidents(sheets, report)
    book.close()
    return file.getvalue()


class _Sheets:
    """Writes sheets of one look."""

    def __init__(self, book: Workbook, language: Language) -> None:
        self._book = book
        self.language = language
        self._head: Format = book.add_format(
            {"bold": True, "bg_color": "#E8ECF0", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self._formats: dict[str, Format] = {}

    def say(self, name: str) -> str:
        return words.say(name, self.language)

    def format(self, number: str) -> Format:
        if number not in self._formats:
            self._formats[number] = self._book.add_format({"num_format": number} if number else {})
        return self._formats[number]

    def table(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
    ) -> tuple[Worksheet, int]:
        """Write a sheet with a frozen header; returns it and how many rows it has."""
        sheet = self._book.add_worksheet(self.say(name))
        sheet.freeze_panes(1, 0)
        widths = [len(word) + 2 for word, _ in columns]
        for place, (word, _) in enumerate(columns):
            sheet.write_string(0, place, word, self._head)
        count = 0
        for count, row in enumerate(rows, start=1):
            for place, ((_, number), value) in enumerate(zip(columns, row, strict=True)):
                self._write(sheet, (count, place), value, number)
                widths[place] = max(widths[place], _width(value))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(max(width, NARROWEST), WIDEST))
        return sheet, count

    def _write(self, sheet: Worksheet, cell: tuple[int, int], value: Any, number: str) -> None:
        match value:
            case datetime():
                sheet.write_datetime(
                    *cell, value.astimezone(BUSINESS_ZONE).replace(tzinfo=None), self.format(MOMENT)
                )
            case date():
                sheet.write_datetime(*cell, value, self.format(DAY))
            case int() | float() | Decimal():
                sheet.write_number(*cell, value, self.format(number))
            case _:
                sheet.write_string(*cell, str(value), self.format(""))

    def counted(
        self, name: str, head: str, counts: Sequence[Count], named: Callable[[str], Any], *,
        chart: str = "bar", names: str = "",
    ) -> None:  # fmt: skip
        """Write a sheet of counts with its chart."""
        both = (self.say("violations"), self.say("near_misses"))
        columns = [
            (self.say(head), names), *((word, NUMBER) for word in both),
            *((f"{self.say('before')}: {word}", NUMBER) for word in both),
        ]  # fmt: skip
        rows = [
            (named(row.name), row.violations, row.near_misses, row.violations_before, row.near_misses_before)
            for row in counts
        ]
        sheet, count = self.table(name, columns, rows)
        if count:
            sheet.insert_chart(1, len(columns) + 1, self.chart(name, count, kind=chart))

    def chart(self, name: str, rows: int, *, names: int = 0, kind: str = "bar") -> Any:
        """Draw violations and near misses on top of each other; they stand in the columns behind the names."""
        drawn = self._book.add_chart({"type": kind, "subtype": "stacked"})
        for place, word in ((names + 1, "violations"), (names + 2, "near_misses")):
            drawn.add_series(
                {
                    "name": [self.say(name), 0, place],
                    "categories": [self.say(name), 1, names, rows, names],
                    "values": [self.say(name), 1, place, rows, place],
                    "fill": {"color": COLOURS[word]},
                    "gap": 60,
                }
            )
        drawn.set_title({"name": self.say(name)})
        drawn.set_legend({"position": "bottom"})
        drawn.set_size({"width": 640, "height": max(280, 60 + 24 * rows if kind == "bar" else 320)})
        if kind == "bar":
            drawn.set_y_axis({"reverse": True})
        return drawn


def _summary(sheets: _Sheets, report: Report) -> None:
    say = sheets.say
    columns = [
        (say("summary"), ""),
        (f"{say('period')} {report.now.period.name}", NUMBER),
        (say("before"), NUMBER),
        (say("change"), NUMBER),
    ]
    sheet, rows = sheets.table("summary", columns, _compared(report, say))
    percent, notes = sheets.format(PERCENT), rows + 2
    for place, totals in ((1, report.now), (2, report.before)):
        sheet.write_number(rows + 1, place, totals.share, percent)
    sheet.write_number(rows + 1, 3, report.now.share - report.before.share, percent)
    sheet.write_string(rows + 1, 0, say("share"))
    lines: list[tuple[str, str | datetime]] = [
        (say("period"), report.now.period.since), ("", report.now.period.until), (say("made"), report.made_at),
        (say("table"), report.table_version), (words.worst(report, sheets.language), ""),
        (say("counting_note"), ""), (say("zone"), ""),
    ]  # fmt: skip
    for place, (word, value) in enumerate(lines, start=notes + 1):
        sheet.write_string(place, 0, word)
        if isinstance(value, datetime):
            moment = value.astimezone(BUSINESS_ZONE).replace(tzinfo=None)
            sheet.write_datetime(place, 1, moment, sheets.format(MOMENT))
        elif value:
            sheet.write_string(place, 1, value)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 3, 20)


def _compared(report: Report, say: Named) -> list[tuple[str, int, int, int]]:
    figures: tuple[tuple[str, Callable[[Totals], int]], ...] = (
        ("violations", lambda totals: totals.violations),
        ("near_misses", lambda totals: totals.near_misses),
        ("open", lambda totals: totals.open),
        ("concerned", lambda totals: totals.concerned),
        ("orders", lambda totals: totals.orders),
        ("created", lambda totals: totals.created),
    )
    pairs = [(name, figure(report.now), figure(report.before)) for name, figure in figures]
    return [(say(name), now, before, now - before) for name, now, before in pairs]


def _platforms(sheets: _Sheets, report: Report) -> None:
    """Write the shops, and below them what their platforms might ask for."""
    say = sheets.say
    words_of = ("violations", "near_misses", "concerned", "orders")
    columns = [(say("platform"), ""), (say("shop"), ""), *((say(word), NUMBER) for word in words_of)]
    columns.append((f"{say('before')}: {say('violations')}", NUMBER))
    shops = [
        (row.platform, row.name, row.violations, row.near_misses, row.concerned, row.orders, row.violations_before)
        for row in report.by_shop
    ]  # fmt: skip
    sheet, rows = sheets.table("platforms_and_shops", columns, shops)
    if rows:
        sheet.insert_chart(1, len(columns) + 1, sheets.chart("platforms_and_shops", rows, names=1))
    fines = [(say(name), "") for name in ("platform", "kind")] + [
        (say("violations"), NUMBER), (say("priced"), NUMBER), (say("yuan"), YUAN), (say("grade"), ""),
    ]  # fmt: skip
    sheets.table(
        "fines",
        fines,
        [
            (
                fine.platform,
                words.kind(fine.kind, sheets.language),
                fine.violations,
                fine.priced,
                Decimal(fine.estimated_fen).scaleb(-2) if fine.priced else "",
                words.grade(fine, sheets.language),
            )
            for fine in report.fines
        ],
    )


def _incidents(sheets: _Sheets, report: Report) -> None:
    names = ("at", "order", "platform", "shop", "weight", "kind", "rule", "version", "step", "times", "why")
    columns = [(sheets.say(name), NUMBER if name == "times" else "") for name in names]
    language = sheets.language
    sheet, rows = sheets.table(
        "incidents",
        columns,
        (
            (
                each.at, each.order, each.platform, each.shop, words.WEIGHTS[each.weight].in_(language),
                words.kind(each.kind, language), each.rule, each.rule_version, words.step(each.step, language),
                each.times, each.why,
            )
            for each in report.incidents[:MOST_ROWS]
        ),
    )  # fmt: skip
    if rows:
        sheet.autofilter(0, 0, rows, len(columns) - 1)


def _width(value: Any) -> int:
    """How wide a cell is: Chinese takes two places."""
    if isinstance(value, datetime):
        return len("2026-11-22 12:00:00") + 1
    text = str(value)
    return len(text) + sum(1 for sign in text if ord(sign) > 0x2E80) + 1  # noqa: PLR2004 - CJK begins there

"""The workbook, the page and the JSON of a report say the same, and are put down whole."""

import io
import json
import os
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from oms.rules.table import read_table
from oms.store import Store
from oms.violations import words
from oms.violations.files import Reports, rendered, write_whole
from oms.violations.html import page
from oms.violations.kinds import Kind
from oms.violations.reading import Reading
from oms.violations.report import Report
from oms.violations.workbook import workbook
from tests.unit.violation_weeks import (
    HOUR,
    MADE_AT,
    MONDAY,
    OWN,
    PLATFORMS,
    WEEK,
    Line,
    a_random_week,
    an_order,
    recount,
)

SHEETS = [
    "Summary",
    "By rule",
    "By platform and shop",
    "Estimated fines",
    "By step",
    "By hour of day",
    "Trend",
    "Orders",
]


def the_report(store: Store) -> Report:
    table = read_table()
    return Reading(store, PLATFORMS, lambda _: table).report(WEEK, MADE_AT)


@pytest.fixture
def report(store: Store) -> Report:
    """A week at random."""
    a_random_week(store, seed=11)
    return the_report(store)


def rows_of(book: Any, sheet: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in book[sheet].iter_rows(min_row=2, values_only=True) if row[0] is not None]


def test_a_spreadsheet_reads_the_figures_of_a_recount(store: Store, report: Report) -> None:
    """Every sheet sums up to the audit table's own count; numbers are numbers, moments are moments."""
    _, figures = recount(store)
    book = load_workbook(io.BytesIO(workbook(report, "en")))

    both = [figures["violations"], figures["near"]]
    assert book.sheetnames == SHEETS
    for sheet in ("By rule", "By step", "By hour of day", "Trend"):
        assert [sum(row[place] for row in rows_of(book, sheet)) for place in (1, 2)] == both
    assert [sum(row[place] for row in rows_of(book, "By platform and shop")) for place in (2, 3)] == both
    summary = {row[0]: row[1] for row in rows_of(book, "Summary")}
    assert [summary["violations"], summary["near misses"]] == both
    orders = rows_of(book, "Orders")
    assert len(orders) == sum(both)
    assert all(isinstance(row[0], datetime) and isinstance(row[9], int) for row in orders)
    assert [row[4] for row in orders].count("violation") == both[0]


def test_the_sheets_are_made_to_be_read(report: Report) -> None:
    """The header stays, columns are as wide as their words, days are dates, and there are charts."""
    made = io.BytesIO(workbook(report, "zh"))
    book = load_workbook(made)

    trend = book["趋势"]
    assert {sheet.freeze_panes for sheet in book.worksheets} == {"A2"}
    assert isinstance(trend["A2"].value, datetime)
    assert trend["A2"].number_format == "yyyy-mm-dd"
    assert trend["A8"].value == datetime(2026, 11, 22)  # noqa: DTZ001 - spreadsheets know no zones
    assert (book["订单明细"].column_dimensions["B"].width or 0) > 10
    assert (
        len(
            [
                name
                for name in zipfile.ZipFile(made).namelist()
                if re.fullmatch(r"xl/charts/chart\d+\.xml", name)
            ]
        )
        == 5
    )


def test_what_looks_like_a_formula_stays_text(store: Store) -> None:
    """A rule's words may begin with anything."""
    an_order(store, OWN, 1, [Line(MONDAY + HOUR, "gate.refused", "=1+1", "allocated")])

    book = load_workbook(io.BytesIO(workbook(the_report(store), "en")))

    assert book["By rule"]["A2"].value == "=1+1"
    assert book["By rule"]["A2"].data_type == "s"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_needs_nothing_but_itself(report: Report, language: words.Language) -> None:
    """No address, no script; and what a rule is called cannot become one."""
    text = page(report, language)

    assert not re.search(r"https?://|<script|<link|@import|url\(", text)
    assert text.count("<svg") == 5
    assert words.say("title", language) in text
    assert words.worst(report, language) in text


def test_nothing_of_an_order_is_markup_on_the_page(store: Store) -> None:
    """Everything is escaped, in the charts too."""
    an_order(store, OWN, 1, [Line(MONDAY + HOUR, "clock.late", "<b>&\"'", "released")])

    text = page(the_report(store), "en")

    assert "<b>" not in text
    assert text.count("&lt;b&gt;&amp;") >= 3


def test_an_empty_week_has_all_three_files(store: Store) -> None:
    """And says in words that nothing happened."""
    made = rendered(the_report(store), "zh")

    assert sorted(made) == [f"violations-2026-W47.{kind}" for kind in ("html", "json", "xlsx")]
    assert "本期没有违规" in made["violations-2026-W47.html"].decode()
    assert json.loads(made["violations-2026-W47.json"])["now"]["violations"] == 0
    assert load_workbook(io.BytesIO(made["violations-2026-W47.xlsx"])).sheetnames[0] == "概览"


def test_every_kind_and_every_word_is_said_in_both_languages() -> None:
    """A new kind of incident cannot be forgotten."""
    assert set(words.KINDS) == set(Kind)
    assert all(
        said.zh and said.en for table in (words.KINDS, words.STEPS, words.WORDS) for said in table.values()
    )


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full leaves the old one, and nothing beside it."""
    path = write_whole(tmp_path / "violations-2026-W47.json", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "name",
    [
        "../secret.json",
        "..%2fsecret.json",
        "secret.json",
        "violations-x.exe",
        "violations-.json",
        "violations-a/../b.json",
        ".violations-a.json",
        "",
    ],
)
def test_only_reports_are_found(tmp_path: Path, name: str) -> None:
    """No other file, wherever it lies, and no link to one."""
    folder = Reports(tmp_path / "reports")
    folder.put({"violations-2026-W47.json": b"{}"})
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "reports" / "secret.json").write_text("{}")
    (tmp_path / "reports" / "violations-link.json").symlink_to(tmp_path / "secret.json")

    assert folder.find(name) is None
    assert folder.find("violations-link.json") is None
    assert folder.find("violations-2026-W47.json") is not None


def test_reports_are_listed_newest_first_and_nothing_else_is(tmp_path: Path) -> None:
    """Also when there is no folder yet."""
    folder = Reports(tmp_path / "reports")
    before = folder.list()
    folder.put({"violations-2026-W46.html": b"x", "violations-2026-W47.html": b"yy"})
    (folder.folder / "notes.txt").write_text("mine")
    (folder.folder / "violations-link.json").symlink_to(folder.folder / "notes.txt")

    assert before == ()
    assert [(file.name, file.size) for file in folder.list()] == [
        ("violations-2026-W47.html", 2), ("violations-2026-W46.html", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "url", "folder"),
    [
        (None, "sqlite:////var/oms/orders.db", "/var/oms/reports"),
        (None, "sqlite:///.orderloom/orderloom.db", ".orderloom/reports"),
        (None, "postgresql+psycopg://u:p@db/oms", "reports"),
        (Path("/srv/reports"), "sqlite:////var/oms/orders.db", "/srv/reports"),
    ],
)
def test_reports_lie_beside_the_database_unless_told_otherwise(
    chosen: Path | None, url: str, folder: str
) -> None:
    """Beside a SQLite file, else where the process runs."""
    assert Reports.where(chosen, url).folder == Path(folder)


def test_a_long_list_is_cut_on_the_page_and_says_so(store: Store) -> None:
    """The JSON has them all."""
    late = [Line(MONDAY + timedelta(minutes=minute), "clock.late", f"rung-{minute}") for minute in range(501)]
    an_order(store, OWN, 1, late)

    report = the_report(store)
    text = page(report, "en")

    assert "500 / 501" in text
    assert text.count('<tr class="violation">') == 500
    assert len(report.incidents) == 501

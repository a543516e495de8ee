"""`rules report`: the figures on the terminal, in JSON, and in the files one asks for."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from oms.opening import open_store
from oms.settings import Settings
from tests.unit.command_line import Said, configured, say
from tests.unit.violation_weeks import HOUR, MONDAY, OWN, Line, an_order, left

NOON = MONDAY + 12 * HOUR
WEEK = ("--week", "2026-W47")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Two late orders, one that the gate stopped, one that left in time after an escalation."""
    environ = configured(tmp_path)
    store = open_store(Settings.from_environ(environ))
    store.migrate()
    for number in (1, 2):
        an_order(store, OWN, number, [Line(NOON, "clock.late", "late")])
    an_order(store, OWN, 3, [Line(NOON, "gate.refused", "courier", "allocated")])
    an_order(store, OWN, 4, [Line(NOON, "clock.escalate", "escalate"), left(NOON + HOUR)])
    store.close()
    return environ


def asked(environ: Mapping[str, str], base: Path, *words: str) -> Said:
    return say("rules", "report", *words, environ=environ, base=base)


def test_the_report_tells_figures_step_and_rules(environ: dict[str, str], tmp_path: Path) -> None:
    """As a table for people; fines are called an estimate."""
    shown = asked(environ, tmp_path, *WEEK)

    assert shown.code == 0
    for words in (
        "2 (before: 0)",
        "released",
        "with 2 of 2 violations (100%)",
        "late",
        "escalate",
        "an estimate, never booked",
    ):
        assert words in shown.out


def test_the_report_is_json_for_programs(environ: dict[str, str], tmp_path: Path) -> None:
    """All of it, and days in place of the week are the same."""
    by_week = asked(environ, tmp_path, *WEEK, "--json").json
    by_days = asked(environ, tmp_path, "--since", "2026-11-16", "--until", "2026-11-22", "--json").json

    assert (by_week["now"]["violations"], by_week["now"]["near_misses"]) == (2, 2)
    assert by_days["now"] == by_week["now"]
    assert by_week["name"] == "violations-2026-W47"


def test_files_are_written_where_one_says(environ: dict[str, str], tmp_path: Path) -> None:
    """A workbook and a page; or all three in the folder of reports, which is then listed."""
    book, page = tmp_path / "w47.xlsx", tmp_path / "w47.html"

    written = asked(
        environ, tmp_path, *WEEK, "--xlsx", str(book), "--html", str(page), "--lang", "en", "--save"
    )
    listed = say("rules", "reports", "--json", environ=environ, base=tmp_path).json

    assert written.code == 0
    assert load_workbook(book)["Summary"]["B2"].value == 2
    assert "early warning" in page.read_text(encoding="utf-8")
    assert [row["name"] for row in listed] == [
        f"violations-2026-W47.{kind}" for kind in ("xlsx", "json", "html")
    ]
    saved = json.loads((tmp_path / "reports" / "violations-2026-W47.json").read_text(encoding="utf-8"))
    assert saved["now"]["violations"] == 2


@pytest.mark.parametrize(
    ("options", "next_step"),
    [
        (("--week", "2026-W99"), "2026-W47"),
        (("--week", "2026-W47", "--since", "2026-11-16"), "use one of them"),
        (("--since", "2026-11-16"), "give both"),
        (("--since", "2026-11-16", "--until", "2026-11-10"), "days 2026-11-22"),
        (("--week", "2026-W47", "--xlsx", "/nowhere/w47.xlsx"), "cannot be written"),
    ],
)
def test_a_wrong_wish_is_refused_with_what_to_do(
    environ: dict[str, str], tmp_path: Path, options: tuple[str, ...], next_step: str
) -> None:
    """Exit code 2; nothing is shown."""
    shown = asked(environ, tmp_path, *options)

    assert (shown.code, shown.out) == (2, "")
    assert next_step in shown.err


def test_without_reports_the_list_says_so(environ: dict[str, str], tmp_path: Path) -> None:
    """An empty list for programs."""
    assert "none yet" in say("rules", "reports", environ=environ, base=tmp_path).out
    assert say("rules", "reports", "--json", environ=environ, base=tmp_path).json == []

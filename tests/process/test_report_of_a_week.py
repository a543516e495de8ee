"""The report of a week that real orders have lived: every figure of it, on every medium, is a recount from the audit table."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from openpyxl import load_workbook
from playwright.async_api import Page, async_playwright
from temporalio.testing import WorkflowEnvironment

from bench.browser import CHROMIUM, SWITCHES
from oms.stack.world import shops_file
from oms.violations import words
from oms.violations.files import Reports, rendered
from tests.process.conftest import World, a_world
from tests.process.week import OUTLET, PLATFORMS, SHANGHAI
from tests.process.week_recount import Figures, Found, recount
from tests.process.week_story import Lived, live
from tests.unit.command_line import NOBODY_LISTENS, configured, say

SHOPS = {str(shop): platform for shop, platform in PLATFORMS.items()}
COUNTED = ("by_kind", "by_rule", "by_platform", "by_step", "by_hour", "by_day")
TOTALS = ("violations", "near_misses", "open", "concerned", "orders", "created")
STORY_TAKES = 300
"""Seconds, on a machine that is busy otherwise; alone it is a quarter of a minute."""
Row = list[Any]

pytestmark = pytest.mark.timeout(STORY_TAKES)


class Seen(NamedTuple):
    """The week as it was lived, counted again, and where its database and its report's files are."""

    lived: Lived
    figures: Figures
    database: Path
    files: Path

    def file(self, kind: str) -> Path:
        """Return the report's file of a kind."""
        return self.files / f"{self.lived.report.name}.{kind}"


@pytest.fixture(scope="module")
async def week(env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Seen]:
    """Two weeks of six shops, lived by their order workflows, and the report of the second."""
    folder = tmp_path_factory.mktemp("week")
    async with a_world(env, folder, "the-report-of-a-week") as world:
        lived = await live(world)
        Reports(folder / "reports").put(rendered(lived.report, "zh"))
        database = folder / "orders.db"
        figures = recount(database, lived.monday, SHOPS)
        yield Seen(lived, figures, database, folder / "reports")
        await _stop(world, lived)


async def _stop(world: World, lived: Lived) -> None:
    """Let nothing of it go on after the tests."""
    async for each in world.client.list_workflows("ExecutionStatus = 'Running'"):
        if each.id.removeprefix("order:") in lived.chapters:
            await world.client.get_workflow_handle(each.id).terminate("the week is over")


def figures_of(report: dict[str, Any]) -> Figures:
    """Read the figures of a report out of its JSON."""
    now, before, worst = report["now"], report["before"], report["worst"]
    return Figures(
        {name: (now[name], before[name]) for name in TOTALS},
        {name: {row["name"]: _four(row) for row in report[name]} for name in COUNTED},
        {row["name"]: (row["platform"], row["violations"], row["near_misses"], row["concerned"], row["orders"], row["violations_before"])
         for row in report["by_shop"]},
        {(row["platform"], row["kind"]): (row["violations"], row["priced"], row["estimated_fen"], row["grade"]) for row in report["fines"]},
        (worst["step"], worst["count"], worst["of"], worst["rule"]),
        [Found(each["order"], each["kind"], each["rule"], each["step"], datetime.fromisoformat(each["at"]), each["times"])
         for each in report["incidents"]],
    )  # fmt: skip


def _four(row: dict[str, int]) -> tuple[int, int, int, int]:
    return row["violations"], row["near_misses"], row["violations_before"], row["near_misses_before"]


# ---------------------------------------------------------------------------------------------- the report itself


def test_the_report_says_of_each_order_what_its_story_says(week: Seen) -> None:
    """Late, nearly late, refused, locked, called for: what its workflow did of itself is in it, and nothing else."""
    chapters = week.lived.chapters
    told: dict[str, list[str]] = {order: [] for order in chapters}
    for each in week.lived.report.incidents:
        told[each.order].append(f"{each.kind} {each.rule}" + (f"*{each.times}" if each.times > 1 else ""))

    fates = {order: (chapter.fate.__name__, chapter.counts) for order, chapter in chapters.items()}
    assert {order: (fates[order][0], ", ".join(sorted(said))) for order, said in told.items()} == fates


def test_every_figure_is_a_recount(week: Seen) -> None:
    """By kind, rule, platform, shop, step, hour and day, now and before; totals, fines, the worst step, each line."""
    figures = figures_of(json.loads(week.file("json").read_text(encoding="utf-8")))

    assert figures == week.figures
    sums = {tuple(map(sum, zip(*rows.values(), strict=True))) for rows in figures.counts.values()}
    assert sums == {(*(now for now, _ in _pair(figures)), *(before for _, before in _pair(figures)))}


def _pair(figures: Figures) -> list[tuple[int, int]]:
    return [figures.totals["violations"], figures.totals["near_misses"]]


def test_the_week_shows_something_of_everything(week: Seen) -> None:
    """Equal figures say little where all are nothing: every shop, day and kind that orders can bring about is there."""
    figures = week.figures

    assert len(week.lived.chapters) > 50
    assert {row[0] for row in figures.shops.values()} == set(SHOPS.values())
    assert len(figures.shops) == len(SHOPS)
    assert all(violations + near for violations, near, *_ in figures.counts["by_day"].values())
    assert sum(any(row) for row in figures.counts["by_hour"].values()) > 12
    assert {*figures.counts["by_kind"]} == {*words.KINDS} - {"waybill_refused", "shipped_against_gate"}
    assert min(*figures.totals["violations"], *figures.totals["near_misses"], figures.totals["open"][0]) > 0
    assert {grade for *_, grade in figures.fines.values()} == {"", "B", "C"}


async def test_the_command_line_says_the_same(week: Seen, tmp_path: Path) -> None:
    """`rules report --json` over the same database, asked by week and asked by days."""
    environ = configured(tmp_path, OMS_DATABASE_URL=f"sqlite:///{week.database}")
    (tmp_path / "shops.yaml").write_text(six_shops(), encoding="utf-8")
    first = week.lived.monday.astimezone(SHANGHAI).date()
    asked = (
        ("--week", f"{first:%G-W%V}"),
        ("--since", str(first), "--until", str(first + timedelta(days=6))),
    )

    answers = [
        await asyncio.to_thread(say, "rules", "report", *options, "--json", environ=environ, base=tmp_path)
        for options in asked
    ]

    assert [(answer.code, answer.err) for answer in answers] == [(0, "")] * 2
    saved = json.loads(week.file("json").read_text(encoding="utf-8"))
    for answer in answers:
        assert figures_of(answer.json) == week.figures
        assert answer.json | {"made_at": saved["made_at"]} == saved


def six_shops() -> str:
    """Return the shops file of the week."""
    channels = tuple(dict.fromkeys(shop.channel for shop in PLATFORMS))
    content = yaml.safe_load(shops_file(NOBODY_LISTENS, channels))
    (taobao,) = (shop for shop in content["shops"] if shop["channel"] == OUTLET.channel)
    content["shops"].append({**taobao, "shop": OUTLET.shop})
    for shop in content["shops"]:
        shop["platform"] = SHOPS[f"{shop['channel']}:{shop['shop']}"]
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


# ---------------------------------------------------------------------------------------------- in a spreadsheet


def test_a_spreadsheet_reader_finds_the_recount_in_the_workbook(week: Seen) -> None:
    """Every sheet, as numbers and dates, not as text."""
    book = load_workbook(week.file("xlsx"))
    sheets: dict[str, list[Row]] = {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }
    figures = week.figures

    totals = {row[0]: (row[1], row[2]) for row in sheets["概览"][1:7]}
    assert totals == {words.say(name, "zh"): figures.totals[name] for name in TOTALS}
    assert [row[3] for row in sheets["概览"][1:7]] == [now - before for now, before in totals.values()]
    assert sheets["概览"][7][1] == figures.totals["concerned"][0] / figures.totals["orders"][0]
    assert _rows(sheets["按规则"]) == figures.counts["by_rule"]
    assert {_step(name): row for name, row in _rows(sheets["按环节"]).items()} == figures.counts["by_step"]
    assert _rows(sheets["按小时"]) == figures.counts["by_hour"]
    assert {str(day.date()): row for day, row in _rows(sheets["趋势"]).items()} == figures.counts["by_day"]
    assert {row[1]: (row[0], *row[2:]) for row in sheets["按平台与店铺"][1:]} == figures.shops
    assert [_fine(row) for row in sheets["预估罚款"][1:]] == [
        _fine_of(figures, row) for row in sheets["预估罚款"][1:]
    ]
    assert len(sheets["预估罚款"]) - 1 == len(figures.fines)
    assert [_line(row) for row in sheets["订单明细"][1:]] == [_told(each) for each in figures.found]


def _rows(sheet: list[Row]) -> dict[Any, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:5]) for row in sheet[1:]}


def _step(name: str) -> str:
    """Take `released` out of `已下发仓库，待发货 (released)`."""
    return name.rpartition("(")[2].removesuffix(")")


def _fine(row: Row) -> Row:
    platform, _, violations, priced, yuan, grade = row
    return [platform, violations, priced, yuan or 0, grade]


def _fine_of(figures: Figures, row: Row) -> Row:
    """Say how a row of fines must look, in yuan and in words."""
    kind = next(kind for kind, said in words.KINDS.items() if said.zh == row[1])
    violations, priced, fen, grade = figures.fines[row[0], kind]
    said = {"": "无公开金额", "B": "B", "C": "C · 待确认"}[grade]
    return [row[0], violations, priced, fen / 100, said]


def _line(row: Row) -> Row:
    at, order, platform, shop, weight, kind, rule, _, step, times, _ = row
    return [at.replace(microsecond=0), order, platform, shop, weight, kind, rule, _step(step), times]


def _told(each: Found) -> Row:
    at = each.at.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    weight = "违规" if each.violates else "险情"
    return [
        at,
        each.order,
        SHOPS[each.shop],
        each.shop,
        weight,
        words.KINDS[each.kind].zh,
        each.rule,
        each.step,
        each.times,
    ]


# ---------------------------------------------------------------------------------------------- in a browser


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: apt-get install chromium")
async def test_the_page_in_a_browser_shows_the_recount(week: Seen) -> None:
    """Every tile and every cell of its tables, in headless Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        page = await browser.new_page()
        await page.goto(week.file("html").as_uri(), wait_until="networkidle")
        tiles = {
            name: await page.locator(f'strong[data-figure="{name}"]').inner_text()
            for name in (*TOTALS[:5], "share", "estimate")
        }
        worst = await page.locator('p[data-figure="worst"]').inner_text()
        tables = {name: await _table(page, name) for name in (*COUNTED, "by_shop", "fines", "incidents")}
        await browser.close()

    figures = week.figures
    concerned, orders = figures.totals["concerned"][0], figures.totals["orders"][0]
    yuan = sum(fen for _, _, fen, _ in figures.fines.values())
    assert tiles == {name: str(figures.totals[name][0]) for name in TOTALS[:5]} | {
        "share": f"{concerned / orders:.1%}", "estimate": f"¥{yuan // 100}.{yuan % 100:02}",
    }  # fmt: skip
    for name in COUNTED:
        shown = {row[0]: tuple(map(int, row[2:])) for row in tables[name]}
        assert shown == figures.counts[name], name
    shops = {row[0]: (row[2], *map(int, row[3:])) for row in tables["by_shop"]}
    assert shops == figures.shops
    fines = {tuple(row[0].split()): (int(row[3]), int(row[4]), row[5]) for row in tables["fines"]}
    assert fines == {
        key: (times, priced, _yuan(fen, priced)) for key, (times, priced, fen, _) in figures.fines.items()
    }
    assert [_shown(row) for row in tables["incidents"]] == [_expected(each) for each in figures.found]
    step, times, of, rule = figures.worst
    assert all(said in worst for said in (f"({step})", f"{of} 起违规中的 {times} 起", rule))


async def _table(page: Page, name: str) -> list[list[str]]:
    """Read a table: each row's mark, then its cells."""
    rows: list[list[str]] = await page.evaluate(
        """name => [...document.querySelectorAll(`[data-table="${name}"] tbody tr`)].map(
             row => [row.dataset.name ?? "", ...[...row.cells].map(cell => cell.textContent.trim())])""",
        name,
    )
    return rows


def _yuan(fen: int, priced: int) -> str:
    return f"{fen // 100}.{fen % 100:02}" if priced else "–"


def _shown(row: list[str]) -> Row:
    _, at, order, weight, kind, rule, step, _ = row
    return [at, order, weight, kind, rule, _step(step)]


def _expected(each: Found) -> Row:
    at, order, _, _, weight, kind, rule, step, times = _told(each)
    return [f"{at:%Y-%m-%d %H:%M}", order, weight, f"{kind} ×{times}" if times > 1 else kind, rule, step]

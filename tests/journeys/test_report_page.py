"""The report's page in a real browser: it asks nobody for anything, and its figures are those of a recount."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from bench.browser import CHROMIUM, SWITCHES
from oms.rules.table import read_table
from oms.store import Store, Vault
from oms.violations.files import Reports, rendered
from oms.violations.reading import Reading
from tests.unit.violation_weeks import MADE_AT, PLATFORMS, WEEK, a_random_week, recount

TABLES = ("by_day", "by_step", "by_rule", "by_kind", "by_platform", "by_shop", "by_hour")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: apt-get install chromium"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two weeks of orders in trouble."""
    store = Store.open(f"sqlite:///{tmp_path / 'oms.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    a_random_week(store, seed=47, orders=200)
    yield store
    store.close()


async def sums(page: Page, table: str) -> tuple[int, int]:
    """Add up the columns of violations and near misses of a table, wherever they stand."""
    first = 3 if table == "by_shop" else 2
    cells = [
        await page.locator(f'[data-table="{table}"] tbody tr td:nth-child({place})').all_text_contents()
        for place in (first, first + 1)
    ]
    return sum(map(int, cells[0])), sum(map(int, cells[1]))


async def test_the_page_reads_as_a_recount_and_asks_nobody(store: Store, tmp_path: Path) -> None:
    """Every table sums up to the audit table's own count; light and dark differ; nothing is fetched."""
    table = read_table()
    report = Reading(store, PLATFORMS, lambda _: table).report(WEEK, MADE_AT)
    folder = Reports(tmp_path / "reports")
    folder.put(rendered(report, "zh"))
    found, figures = recount(store)
    asked: list[str] = []
    complaints: list[str] = []

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        page = await browser.new_page(color_scheme="light")
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        await page.goto((folder.folder / f"{report.name}.html").as_uri(), wait_until="networkidle")
        shown = {
            name: await page.locator(f'strong[data-figure="{name}"]').inner_text()
            for name in ("violations", "near_misses", "open")
        }
        worst = await page.locator('p[data-figure="worst"]').inner_text()
        summed = {name: await sums(page, name) for name in TABLES}
        bars = await page.locator("svg rect").count()
        light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        await page.emulate_media(color_scheme="dark")
        dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        listed = await page.locator('[data-table="incidents"] tbody tr').count()
        await browser.close()

    total = (figures["violations"], figures["near"])
    assert shown == {"violations": str(total[0]), "near_misses": str(total[1]), "open": str(figures["open"])}
    assert summed == dict.fromkeys(TABLES, total)
    assert listed == len(found) == sum(total)
    assert bars > 30
    assert re.search(rf"最常出问题的环节：.*{total[0]} 起违规中的 \d+ 起", worst)
    assert light != dark
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 1
    assert complaints == []

"""Draw docs/images/desk anew: each page of the desk and of the buyer, light and dark, in Chinese and English.

`python -m bench.desk_pictures [--to FOLDER]` takes about a minute and needs Debian's chromium.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote, urlsplit

from playwright.async_api import Browser, Page, async_playwright

from bench.browser import CHROMIUM, SWITCHES, sign_in
from bench.desk_scene import PHRASE, WORLD, Waiting, furnish, hire
from bench.scene import Scene, a_scene
from oms.domain.errands import MakeReport, SweepShop, WatchInterfaces
from oms.domain.periods import WEEK, last_period
from oms.languages import CHINESE, ENGLISH
from oms.stack.world import SHOP
from oms.web.tokens import TrackingTokens

IMAGES: Final = Path(__file__).resolve().parents[1] / "docs" / "images" / "desk"
DESK: Final = (1280, 760)
PHONE: Final = (390, 780)
QUALITY: Final = 60
SHORT: Final[Mapping[str, str]] = {CHINESE: "zh", ENGLISH: "en"}
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
ADMIN, SERVICE = "wang", "li"
PLACED_BESIDES = 12
"""Usual orders, so that lists look like lists."""


@dataclass(frozen=True)
class Sight:
    """What is taken: under which name, where, in which size."""

    name: str
    path: str
    size: tuple[int, int] = DESK


def of_the_desk(waiting: Waiting) -> tuple[Sight, ...]:
    """List the pages that want somebody to be signed in."""
    alert = quote(f"order:{waiting.short}:out_of_stock", safe="")
    return (
        Sight("today", "/desk"), Sight("orders", "/desk/orders"), Sight("order", f"/desk/orders/{waiting.locked}"),
        Sight("order-rules", f"/desk/orders/{waiting.short}/rules"), Sight("bulk", "/desk/bulk"),
        Sight("alerts", "/desk/alerts"), Sight("alert", f"/desk/alerts/of/{alert}"), Sight("parked", "/desk/inbox"),
        Sight("channels", "/desk/channels"), Sight("channel", "/desk/channels/woocommerce/main"),
        Sight("interfaces", "/desk/interfaces"), Sight("rules", "/desk/rules"), Sight("versions", "/desk/rules/versions"),
        Sight("backtests", "/desk/rules/backtests"), Sight("reports", "/desk/reports"),
        Sight("completeness", "/desk/reports/completeness"), Sight("searches", "/desk/searches"),
        Sight("people", "/desk/people"), Sight("me", "/desk/me"),
    )  # fmt: skip


def of_everybody(tracking: str) -> tuple[Sight, ...]:
    """List the pages that anybody may see."""
    return (Sight("sign-in", "/sign-in"), Sight("tracking", tracking, PHONE), Sight("look-up", "/t", PHONE))


async def take(page: Page, address: str, sight: Sight, file: Path) -> None:
    """Take the beginning of a page. Raises RuntimeError for one that is not there."""
    width, height = sight.size
    await page.set_viewport_size({"width": width, "height": height})
    answer = await page.goto(f"{address}{sight.path}")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{sight.path} answers {answer.status if answer else 'nothing'}")
    await page.screenshot(path=file, type="jpeg", quality=QUALITY)


async def _in_a_language(
    browser: Browser, scene: Scene, shown: tuple[str, tuple[Sight, ...]], language: str, folder: Path
) -> None:
    tracking, desk = shown
    address = scene.stack.blueprint.public_url
    await asyncio.to_thread(scene.store.people.change, ADMIN, language=language)
    for scheme in SCHEMES:
        context = await browser.new_context(
            color_scheme=scheme, timezone_id="Asia/Shanghai", locale=language.replace("_", "-")
        )
        page = await context.new_page()
        for sight in of_everybody(tracking):
            await take(page, address, sight, folder / f"{sight.name}-{scheme}-{SHORT[language]}.jpg")
        await sign_in(page, f"{address}/desk", ADMIN, PHRASE)
        for sight in desk:
            await take(page, address, sight, folder / f"{sight.name}-{scheme}-{SHORT[language]}.jpg")
        await context.close()


async def _tracking(scene: Scene, waiting: Waiting) -> str:
    row = await scene.becomes(waiting.shipped, lambda _: True)
    return f"/t/{TrackingTokens.of(scene.stack.settings).token(row.business_id)}"


async def _a_round(scene: Scene) -> None:
    """Do what the Schedules do in a week: read the shops, compare them, ask the outside how it is, write a report."""
    await scene.place(raw={"line_items": "none"})
    await scene.poll()
    await scene.run("SweepShopWorkflow", SweepShop(shop=SHOP), "sweep")
    await scene.run("WatchInterfacesWorkflow", WatchInterfaces(), "watch-interfaces")
    await scene.run("ReportWorkflow", MakeReport(period=last_period(datetime.now(UTC) + WEEK)), "report")


async def _some_work(browser: Browser, scene: Scene, waiting: Waiting) -> str:
    """Let somebody ask two orders at once; returns where the job is."""
    address = scene.stack.blueprint.public_url
    page = await (await browser.new_context()).new_page()
    await sign_in(page, f"{address}/desk/orders", SERVICE, PHRASE)
    for key in (waiting.also_in_review, waiting.unpaid):
        await page.locator(f'input[value="{key}"]').check()
    await page.locator("form[action='/desk/bulk/preview'] button").click()
    await page.locator("select[name=ask]").select_option("approve")
    await page.locator("#f-preview button").click()
    await page.locator("form[action='/desk/bulk'] input[name=why]").fill("checked with the buyers")
    await page.locator("form[action='/desk/bulk'] button.main").click()
    await page.locator("#job").wait_for()
    where = urlsplit(page.url).path
    await page.context.close()
    return where


async def draw(folder: Path) -> None:
    """Write every picture to the folder."""
    with tempfile.TemporaryDirectory() as runs:
        async with a_scene(Path(runs), WORLD) as scene, async_playwright() as playwright:
            await hire(scene)
            await scene.ask("orders", {"count": PLACED_BESIDES})
            waiting = await furnish(scene)
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
            await _a_round(scene)
            job = Sight("bulk-job", await _some_work(browser, scene, waiting))
            desk = (*of_the_desk(waiting), job)
            for language in (CHINESE, ENGLISH):
                await _in_a_language(
                    browser, scene, (await _tracking(scene, waiting), desk), language, folder
                )
            await browser.close()


def main() -> None:
    """Draw, and say what was drawn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, default=IMAGES, metavar="FOLDER", help="default: docs/images/desk")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(asked.to))
    for picture in sorted(asked.to.glob("*.jpg")):
        print(picture)


if __name__ == "__main__":
    main()

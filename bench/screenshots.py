"""Draw docs/images anew: one order in each of five situations in the Temporal UI, the search, reports; then the desk.

`python -m bench.screenshots [--to FOLDER]` takes about three minutes and needs Debian's chromium.
"""

import argparse
import asyncio
import base64
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, FloatRect, Locator, Page, async_playwright

from bench import desk_pictures, report_week, rules
from bench.browser import CHROMIUM, SWITCHES
from bench.scene import EXPENSIVE, OUT_OF_STOCK, Scene, a_scene
from oms.domain.ids import OrderKey
from oms.stack.world import World

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDTH, HEIGHT, TALL, WIDE = 1400, 1000, 2400, 2000
LEFT_OF_CONTENT, MARGIN = 0, 16
CARD = "#user-metadata-current-details"
PATIENCE_MS = 30_000
SETTLED_MS = 1_500
"""The UI draws its timeline in steps; nothing in the page says that it has finished."""
QUERY = 'OrderStage="accepted" AND Holds="out_of_stock"'
A_LIFE_PACE = 14_400
"""Business seconds in a real one for the order that completes: its 72 hours pass in 18 seconds."""
WHOLE_PAGE = "<style>body{margin:0}img{display:block}</style>"

Situation = Callable[[Scene], Awaitable[OrderKey]]


async def waiting_for_payment(scene: Scene) -> OrderKey:
    """Nobody has paid yet."""
    key = await scene.place("SKU-8801", paid=False)
    await scene.becomes(key, lambda row: row.stage == "awaiting_payment")
    return key


async def out_of_stock(scene: Scene) -> OrderKey:
    """No warehouse has it."""
    key = await scene.place(OUT_OF_STOCK, quantity=2)
    await scene.becomes(key, lambda row: "out_of_stock" in row.holds)
    return key


async def in_review(scene: Scene) -> OrderKey:
    """It is expensive: customer service confirms it first."""
    key = await scene.place(EXPENSIVE)
    await scene.becomes(key, lambda row: "high_value" in row.holds)
    return key


async def shipped(scene: Scene) -> OrderKey:
    """The warehouse has shipped it; no carrier has scanned it yet."""
    key = await scene.place("SKU-8802", "SKU-8812")
    await scene.ship(key)
    await scene.becomes(key, lambda row: row.stage == "shipped")
    return key


async def completed(scene: Scene) -> OrderKey:
    """Signed for, and 72 hours old."""
    key = await scene.place("SKU-8803")
    await scene.becomes(key, lambda row: row.stage == "completed")
    return key


AT_REST: dict[str, Situation] = {
    "waiting-for-payment": waiting_for_payment,
    "out-of-stock": out_of_stock,
    "in-review": in_review,
    "shipped": shipped,
}


@dataclass(frozen=True)
class Camera:
    """A browser, and where its pictures go."""

    browser: Browser
    folder: Path

    async def page(self) -> Page:
        """Open an empty page in the business time zone."""
        context = await self.browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, timezone_id="Asia/Shanghai", locale="en-GB"
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    async def own(self, name: str, address: str, *, beginning: bool = False) -> None:
        """Take a page of ours, or its beginning only."""
        page = await self.page()
        if beginning:
            await page.set_viewport_size({"width": WIDTH, "height": TALL})
        await page.goto(address, wait_until="networkidle")
        await page.screenshot(path=self.folder / f"{name}.png", full_page=not beginning)
        await page.context.close()

    async def order(self, name: str, scene: Scene, key: OrderKey) -> None:
        """Take an order in the Temporal UI: its card above, its timeline below."""
        page = await self.page()
        await page.set_viewport_size({"width": WIDTH, "height": TALL})
        await open_order(page, scene, key)
        title = page.get_by_role("heading", name="Timeline")
        timeline = await _clipped(page, title.locator("xpath=ancestor::div[3]"), x=LEFT_OF_CONTENT)
        await open_card(page)
        details = page.get_by_role("heading", name="Current Details")
        card = await _clipped(page, details.locator("xpath=ancestor::div[4]"), y=0)
        await _stack(page, card, timeline)
        await page.screenshot(path=self.folder / f"{name}.png", full_page=True)
        await page.context.close()

    async def history(self, scene: Scene, key: OrderKey) -> None:
        """Take an order's event history: every step with its words, local ones too."""
        page = await self.page()
        await page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        await open_order(page, scene, key)
        await page.get_by_role("tab", name="Event History").click()
        events = page.get_by_role("heading", name="Event History").locator("xpath=ancestor::div[3]")
        await page.wait_for_timeout(SETTLED_MS)
        await page.set_viewport_size({"width": WIDE, "height": TALL})
        await page.wait_for_timeout(SETTLED_MS)
        await events.screenshot(path=self.folder / "history.png")
        await page.context.close()

    async def search(self, scene: Scene, query: str) -> None:
        """Take the workflow list with a query in it."""
        page = await self.page()
        await page.goto(f"{scene.stack.blueprint.ui_url}?query={quote(query)}")
        await page.get_by_role("link", name="order:").first.wait_for()
        await page.wait_for_timeout(SETTLED_MS)
        await page.screenshot(path=self.folder / "search.png")
        await page.context.close()


async def open_order(page: Page, scene: Scene, key: OrderKey) -> None:
    """Open an order in the Temporal UI, and wait for its timeline."""
    await page.goto(f"{scene.stack.blueprint.ui_url}/{quote(key.workflow_id, safe='')}")
    await page.get_by_role("heading", name="Timeline").wait_for()
    await page.wait_for_timeout(SETTLED_MS)


async def open_card(page: Page) -> None:
    """Go from an order's timeline to its card, and wait until the worker has answered."""
    await page.get_by_role("tab", name="User Metadata").click()
    await page.frame_locator(CARD).get_by_text("Who must act").first.wait_for()
    await page.wait_for_timeout(SETTLED_MS)


async def _clipped(page: Page, what: Locator, *, x: float | None = None, y: float | None = None) -> bytes:
    """Take what is there, down to its lower end, over the page's width from `x`, and from `y` on if given."""
    box = await what.bounding_box() or {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}
    left, top = (0 if x is None else x), (box["y"] if y is None else y)
    bottom = box["y"] + box["height"] + MARGIN
    clip: FloatRect = {"x": left, "y": top, "width": WIDTH - left, "height": bottom - top}
    return await page.screenshot(clip=clip)


async def _stack(page: Page, *pictures: bytes) -> None:
    images = [f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures]
    await page.set_viewport_size({"width": WIDTH, "height": 1})
    await page.set_content(WHOLE_PAGE + "".join(images))


async def _at_rest(camera: Camera, folder: Path) -> None:
    async with a_scene(folder, World(pace=1, scenario="none")) as scene:
        keys = {name: await bring(scene) for name, bring in AT_REST.items()}
        for name, key in keys.items():
            await camera.order(name, scene, key)
        await camera.history(scene, keys["shipped"])
        await camera.search(scene, QUERY)


async def _a_whole_life(camera: Camera, folder: Path) -> None:
    async with a_scene(folder, World(pace=A_LIFE_PACE, scenario="none")) as scene:
        key = await completed(scene)
        await camera.order("completed", scene, key)


async def draw(folder: Path) -> None:
    """Write every picture to the folder."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        camera = Camera(browser, folder)
        with tempfile.TemporaryDirectory() as runs:
            report = (await report_week.write(Path(runs))).as_uri()
            await camera.own("violation-report", report, beginning=True)
            await camera.own("backtest", rules.backtest_picture(Path(runs)).as_uri())
            await _at_rest(camera, Path(runs))
            await _a_whole_life(camera, Path(runs))
        await browser.close()


def main() -> None:
    """Draw, and say what was drawn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, default=IMAGES, metavar="FOLDER", help="default: docs/images")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(asked.to))
    (asked.to / "desk").mkdir(exist_ok=True)
    asyncio.run(desk_pictures.draw(asked.to / "desk"))
    for picture in sorted(asked.to.rglob("*.*g")):
        print(picture)


if __name__ == "__main__":
    main()

"""The desk in a real browser, on a real stack at the pace of real life, all by keyboard."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from bench.browser import CHROMIUM, SWITCHES, sign_in
from bench.desk_scene import PHRASE, WORLD, Waiting, furnish, hire
from bench.scene import Scene, a_scene
from oms.domain.ids import OrderKey
from oms.rules.table import TABLE, read_table
from tests.unit.desk_routes import every_route

MOST_TABS = 60
PATIENCE_MS = 10_000
PHONE = {"width": 390, "height": 844}
SERIOUS = {"serious", "critical"}
PUBLIC = ("/sign-in", "/t")
PAGES = (
    "/desk", "/desk/orders", "/desk/bulk", "/desk/channels", "/desk/channels/woocommerce/main", "/desk/interfaces",
    "/desk/alerts", "/desk/rules", "/desk/rules/versions", "/desk/reports", "/desk/reports/completeness", "/desk/people",
    "/desk/me", "/desk/searches",
)  # fmt: skip
LED_TO = {
    "/desk/interfaces": "/desk/interfaces/of/",
    "/desk/alerts": "/desk/alerts/of/",
}
"""From these pages the first link to one thing is followed."""
NOT_PAGES = {
    "/desk/orders/rows", "/desk/today/now", "/desk/alerts/live", "/desk/bulk/{job_id}/state", "/desk/orders/{key}/state",
    "/desk/shops", "/desk/reports/completeness.xlsx", "/desk/reports/completeness.html", "/desk/reports/{name}",
    "/desk/rules/versions/text", "/desk/rules/backtests/{name}/page",
    "/desk/interfaces/ends/{key:path}",  # nothing ends in this world
}  # fmt: skip
"""Parts of pages, files, redirections."""
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}
LONG = 2_000
"""Elements; the staff guide has more, all of them in the tables that other pages have."""
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: apt-get install chromium"),
]


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """One stack for all tests, with somebody of every role."""
    async with a_scene(tmp_path_factory.mktemp("desk"), WORLD) as standing:
        await hire(standing)
        yield standing


@pytest.fixture(scope="module")
async def waiting(scene: Scene) -> Waiting:
    """Orders that wait for somebody; each test brings its own one further."""
    return await furnish(scene)


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield launched
        await launched.close()


class Visit:
    """Somebody at the desk; whatever the browser complains of is kept."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.context = context
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.address}{path}")

    async def opens(self, key: OrderKey) -> None:
        await self.go(f"/desk/orders/{key}")

    async def tab_to(self, target: Locator) -> None:
        """Press Tab until something has the focus: whoever has no mouse gets there, too."""
        await target.wait_for()
        for _ in range(MOST_TABS):
            if await target.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by {MOST_TABS} tabs")

    async def chooses(self, what: str, *keys: OrderKey) -> None:
        """Select orders in the list, and look what would happen if all were asked that."""
        await self.go("/desk/orders")
        for key in keys:
            await self.tab_to(self.page.get_by_label(f"Select {key}"))
            await self.page.keyboard.press("Space")
        await self.press(re.compile("Act on the selected"))
        await self.tab_to(self.page.get_by_label("What to ask"))
        await self.page.keyboard.type(what)
        await self.press("Show what would happen")
        await self.page.get_by_role("button", name="Ask them all").wait_for()

    async def link_to(self, beginning: str) -> str:
        """Return where the first link of that kind leads; empty when there is none."""
        link = self.page.locator(f'main a[href^="{beginning}"]').first
        return (await link.get_attribute("href") or "") if await link.count() else ""

    async def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button of that name by keyboard."""
        await self.tab_to(self.page.get_by_role("button", name=name).first)
        await self.page.keyboard.press("Enter")

    async def says_why(self, why: str) -> None:
        """Type a reason where one is asked for."""
        await self.tab_to(self.page.get_by_label("Why", exact=True).first)
        await self.page.keyboard.type(why)


@asynccontextmanager
async def a_visit(browser: Browser, scene: Scene, name: str = "", **more: Any) -> AsyncIterator[Visit]:
    """Open a browser window of its own, signed in as somebody or as nobody."""
    context = await browser.new_context(timezone_id="Asia/Shanghai", reduced_motion="reduce", **more)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    visit = Visit(context, page, scene.stack.blueprint.public_url)
    if name:
        await sign_in(page, f"{visit.address}/desk", name, PHRASE)
    yield visit
    await context.close()


async def test_each_role_finds_what_it_may_do(browser: Browser, scene: Scene, waiting: Waiting) -> None:
    """A wrong password lets nobody in; a viewer finds no button that acts, a supervisor finds the lock's."""
    async with a_visit(browser, scene) as stranger:
        await stranger.go("/desk/alerts")
        await stranger.page.get_by_label("Name").fill("sun")
        await stranger.page.get_by_label("Password").fill("guessed")
        await stranger.page.keyboard.press("Enter")
        refused = await stranger.page.get_by_role("alert").inner_text()
        await stranger.page.get_by_label("Name").fill("sun")
        await stranger.page.get_by_label("Password").fill(PHRASE)
        await stranger.page.keyboard.press("Enter")
        await expect(stranger.page).to_have_url(f"{stranger.address}/desk/alerts")
        await stranger.opens(waiting.locked)
        may_lift = await stranger.page.get_by_role("button", name="Lift the lock").count()
    async with a_visit(browser, scene, "zhao") as viewer:
        await viewer.opens(waiting.locked)
        may_look = await viewer.page.get_by_role("button", name="Lift the lock").count()
        acting = await viewer.page.locator("#main form").count()

    assert refused
    assert (may_lift, may_look, acting) == (1, 0, 0)


async def test_an_order_is_found_by_its_waybill(browser: Browser, scene: Scene, waiting: Waiting) -> None:
    """`/`, the number, Enter, then j and Enter: no mouse."""
    async with a_visit(browser, scene, "zhao") as viewer:
        await viewer.page.keyboard.press("/")
        await viewer.page.keyboard.type(waiting.waybill)
        await viewer.page.keyboard.press("Enter")
        rows = viewer.page.locator("tr[data-key]")
        await expect(rows).to_have_count(1)
        await viewer.page.keyboard.press("j")
        await viewer.page.keyboard.press("Enter")
        await expect(viewer.page.get_by_role("heading", level=1)).to_have_text(str(waiting.shipped))

    assert viewer.complaints == []


async def test_a_review_is_approved_with_a_name_and_a_reason(
    browser: Browser, scene: Scene, waiting: Waiting
) -> None:
    """The order goes on to the warehouse, and its timeline says who said so and why."""
    async with a_visit(browser, scene, "li") as service:
        await service.opens(waiting.in_review)
        await service.says_why("confirmed on the phone")
        await service.press("Approve")
        await expect(service.page.locator("#state h2").first).to_contain_text("released to the warehouse")
        await expect(service.page.get_by_role("row", name="confirmed on the phone")).to_contain_text("li")

    row = await scene.becomes(waiting.in_review, lambda row: row.stage == "released")
    assert row.holds == ()
    assert service.complaints == []


async def test_a_red_lock_is_lifted_by_a_supervisor(browser: Browser, scene: Scene, waiting: Waiting) -> None:
    """From Today, where it stands first."""
    async with a_visit(browser, scene, "sun") as supervisor:
        await supervisor.tab_to(supervisor.page.get_by_role("link", name=str(waiting.locked)).first)
        await supervisor.page.keyboard.press("Enter")
        await supervisor.says_why("the carrier had lost the pick-up")
        await supervisor.press("Lift the lock")
        await expect(supervisor.page.locator("#state")).not_to_contain_text("red lock: no waybill")

    row = await scene.becomes(waiting.locked, lambda row: "no_waybill_lock" not in row.holds)
    assert row.holds == ("first_buyer",)
    assert supervisor.complaints == []


async def test_many_are_asked_at_once_and_one_refuses(
    browser: Browser, scene: Scene, waiting: Waiting
) -> None:
    """The preview foresees it; each order answers for itself; a reload shows the same job."""
    async with a_visit(browser, scene, "sun") as supervisor:
        await supervisor.chooses("Approve", waiting.also_in_review, waiting.unpaid)
        await expect(supervisor.page.get_by_text("will refuse")).to_have_count(1)
        await supervisor.says_why("checked the list")
        await supervisor.press("Ask them all")
        await expect(supervisor.page.get_by_text("All have answered.")).to_be_visible()
        results = await supervisor.page.locator("#job tbody tr").all_inner_texts()
        await supervisor.page.reload()
        again = await supervisor.page.locator("#job tbody tr").all_inner_texts()

    await scene.becomes(waiting.also_in_review, lambda row: row.stage == "released")
    assert again == results
    assert [str(waiting.unpaid) in row for row in results if "refused" in row] == [True]
    assert len(results) == 2
    assert supervisor.complaints == []


async def test_an_order_is_followed_live_from_paid_to_signed(browser: Browser, scene: Scene) -> None:
    """Payment, warehouse, parcel, signature: the page shows each by itself; it is never loaded again."""
    key = await scene.place("SKU-8801", paid=False)
    await scene.becomes(key, lambda row: row.stage == "awaiting_payment")

    async with a_visit(browser, scene, "zhao") as viewer:
        await viewer.opens(key)
        await viewer.page.evaluate("window.untouched = true")
        where = viewer.page.locator("#state h2").first
        await scene.ask(f"orders/{key.number}/pay", {})
        await expect(where).to_contain_text("released to the warehouse")
        await scene.ship(key)
        waybill = await scene.waybill(key)
        await scene.scan(waybill, "1", "103", "【杭州市】快件已被揽收")
        await expect(where).to_contain_text("in transit")
        await scene.scan(waybill, "3", "301", "快件已签收，签收人：本人")
        await expect(where).to_contain_text("delivered")
        await expect(viewer.page.locator("main")).to_contain_text("签收人：***")
        untouched = await viewer.page.evaluate("window.untouched")

    assert untouched is True
    assert viewer.complaints == []


async def test_a_buyer_follows_the_parcel_on_a_phone(
    browser: Browser, scene: Scene, waiting: Waiting
) -> None:
    """390 pixels wide, nothing to scroll sideways, no script needed, light and dark; and nobody's name."""
    async with a_visit(browser, scene, "li") as service:
        await service.opens(waiting.shipped)
        path = await service.page.get_by_role("link", name="Tracking page of the buyer").get_attribute("href")
    async with a_visit(browser, scene, viewport=PHONE, java_script_enabled=False, locale="zh-CN") as buyer:
        await buyer.go(path or "")
        shown = await buyer.page.locator("body").inner_text()
    async with a_visit(browser, scene, viewport=PHONE, locale="en-GB") as other:
        await other.go(path or "")
        wide = await other.page.evaluate("document.documentElement.scrollWidth")
        scripts = await other.page.locator("script").count()
        faults = await serious_faults(other.page)

    assert waiting.waybill in shown
    assert "快件已被揽收" in shown
    assert wide <= PHONE["width"]
    assert (scripts, faults) == (0, [])
    assert buyer.complaints == other.complaints == []


async def serious_faults(page: Page) -> list[str]:
    """Ask axe-core what keeps people from using a page: everything in the light, colours once more in the dark."""
    found = list((await Axe().run(page, options=AXE)).response["violations"])
    if await page.locator("*").count() < LONG:
        await page.emulate_media(color_scheme="dark")
        found += (await page.evaluate("options => axe.run(options)", COLOURS))["violations"]
        await page.emulate_media(color_scheme="light")
    return [
        f"{page.url}: {each['id']} at {each['nodes'][0]['target']}"
        for each in found
        if each["impact"] in SERIOUS
    ]


async def all_pages(admin: Visit, waiting: Waiting) -> AsyncIterator[str]:
    """Stand on each page of the desk, one after the other; some exist only once something was asked for."""
    order = f"/desk/orders/{waiting.short}"
    for path in (*PAGES, f"{order}/rules", order):
        await admin.go(path)
        yield path
        if path in LED_TO and (there := await admin.link_to(LED_TO[path])):
            await admin.go(there)
            yield there
    await admin.go(await admin.link_to(f"{order}/payloads/") or order)
    yield "a payload"
    version = read_table().version
    await admin.go(f"/desk/rules/diff?before={version}&after={version}")
    yield "a difference"
    await admin.chooses("Add a note", waiting.short)
    yield "a preview"
    await admin.says_why("seen")
    await admin.press("Ask them all")
    await admin.page.get_by_text("All have answered.").wait_for()
    yield "a job"
    await admin.go("/desk/inbox")
    yield "/desk/inbox"
    await admin.press(re.compile("^Read (it|all)"))
    await admin.page.wait_for_url("**/retries/**")
    yield "what came of reading again"
    await admin.go("/desk/rules/backtests")
    yield "/desk/rules/backtests"
    await admin.page.get_by_label("A table file").set_input_files(TABLE)
    await admin.press("Try it")
    await admin.page.wait_for_url("**/backtests/*")
    yield "a backtest"


@pytest.mark.timeout(300)
async def test_nothing_keeps_anybody_from_using_a_page(
    browser: Browser, scene: Scene, waiting: Waiting
) -> None:
    """axe-core finds nothing serious on any page, in light and dark; each has one heading of the first rank."""
    await scene.place(raw={"line_items": "none"})
    faults: list[str] = []
    visited: set[str] = set()
    async with a_visit(browser, scene) as nobody:
        for path in PUBLIC:
            await nobody.go(path)
            faults += await serious_faults(nobody.page)
    async with a_visit(browser, scene, "wang") as admin:
        async for path in all_pages(admin, waiting):
            visited.add(urlsplit(admin.page.url).path)
            faults += await serious_faults(admin.page)
            headings = await admin.page.get_by_role("heading", level=1).count()
            faults += [] if headings == 1 else [f"{path} has {headings} headings of the first rank"]

    assert faults == []
    assert admin.complaints == []
    assert unvisited(visited) == set()


def unvisited(visited: set[str]) -> set[str]:
    """Name the pages of the desk on which nobody stood."""
    pages = [
        route for route in every_route() if "GET" in (route.methods or ()) and route.path.startswith("/desk")
    ]
    return {
        route.path for route in pages
        if route.path not in NOT_PAGES and not any(route.path_regex.match(unquote(path)) for path in visited)
    }  # fmt: skip

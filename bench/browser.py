"""The browser that looks at pages for us: Debian's chromium, without a screen and without calling home."""

from pathlib import Path

from playwright.async_api import Page

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


async def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """Come in through the door of the desk; `address` is where to go afterwards."""
    await page.goto(address)
    await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=password]").fill(password)
    await page.keyboard.press("Enter")
    await page.locator("header nav").wait_for()
    await page.wait_for_load_state()

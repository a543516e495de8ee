"""The browser that looks at pages for us: Debian's chromium, without a screen and without calling home."""

from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

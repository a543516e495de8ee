"""A week's report to look at: of the two weeks of six shops that the process tests live, on the clocks of real orders."""

from pathlib import Path

from oms.violations.files import Reports, rendered
from tests.process.conftest import a_server, a_world
from tests.process.week_story import live


async def write(folder: Path) -> Path:
    """Live the week, which takes a quarter of a minute, and write the report's files below the folder; returns the page."""
    async with a_server() as server, a_world(server, folder, "the-report-of-a-week") as world:
        lived = await live(world)
    reports = Reports(folder / "reports")
    reports.put(rendered(lived.report, "zh"))
    return reports.folder / f"{lived.report.name}.html"

"""The weekly report: written by a workflow, told of once, and never lost to a database or a folder that is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.notices import NoticeActivities
from activities.reports import ReportActivities
from oms.domain.errands import MakeReport, ReportWritten
from oms.domain.periods import Period, last_period, week_named
from oms.rules.table import read_table
from oms.store import Store
from oms.store.vault import Vault
from oms.temporal.worker import build_worker
from oms.violations.files import Reports
from oms.violations.reading import Reading
from tests.process.fakes import FakeNotices
from tests.unit.violation_weeks import HOUR, MONDAY, OWN, PLATFORMS, Line, an_order, left
from workflows.report import ReportWorkflow

W47 = week_named("2026-W47")


@dataclass
class Office:
    """Whoever writes reports, and whoever hears of them."""

    env: WorkflowEnvironment
    store: Store
    reports: Reports
    queue: str
    people: FakeNotices = field(default_factory=FakeNotices)

    async def report(self, errand: MakeReport) -> ReportWritten:
        """Run the workflow to its end."""
        return await self.env.client.execute_workflow(
            ReportWorkflow.run, errand, id=f"report:violations:{uuid4()}", task_queue=self.queue,
            execution_timeout=timedelta(hours=12),
        )  # fmt: skip


@pytest.fixture
async def office(
    env: WorkflowEnvironment, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Office]:
    """A worker that writes reports, over a database of its own."""
    async with an_office(env, tmp_path, request.node.name) as standing:
        yield standing


@asynccontextmanager
async def an_office(env: WorkflowEnvironment, folder: Path, name: str) -> AsyncIterator[Office]:
    store = Store.open(f"sqlite:///{folder / 'oms.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    table = read_table()
    office = Office(env, store, Reports(folder / "reports"), f"reports-{name[:60]}")
    activities = ReportActivities(Reading(store, PLATFORMS, lambda _: table), office.reports)
    people = NoticeActivities(office.people, store)
    async with build_worker(
        env.client, store, queue=office.queue, workflows=[ReportWorkflow], activities=[activities.write, people.tell],
        cached_workflows=10, grace=timedelta(seconds=1), sandboxed=True,
    ):  # fmt: skip
        yield office
    store.close()


def a_late_order(office: Office, number: int, at: datetime) -> None:
    an_order(office.store, OWN, number, [Line(at, "clock.late", "late")])


async def test_a_report_is_written_and_operations_hear_of_it_once(office: Office) -> None:
    """Written anew when more is known, told of once; the notice names figures and no order."""
    a_late_order(office, 1, MONDAY + 12 * HOUR)
    an_order(
        office.store, OWN, 2, [Line(MONDAY + HOUR, "clock.escalate", "escalate"), left(MONDAY + 2 * HOUR)]
    )

    first = await office.report(MakeReport(period=W47))
    a_late_order(office, 3, MONDAY + 13 * HOUR)
    second = await office.report(MakeReport(period=W47))

    assert (first.violations, first.near_misses, second.violations) == (1, 1, 2)
    assert sorted(first.files) == [f"violations-2026-W47.{kind}" for kind in ("html", "json", "xlsx")]
    saved = json.loads((office.reports.folder / "violations-2026-W47.json").read_text(encoding="utf-8"))
    assert saved["now"]["violations"] == 2
    assert office.people.titles() == ["violations-2026-W47: 1 violations"]
    body = office.people.told[0].body
    assert "released, waiting for the warehouse (released), with 1 of 1 violations" in body
    assert "woocommerce:main" not in body


async def test_without_a_period_the_last_full_week_is_reported(office: Office) -> None:
    """By the workflow's own clock; at a pace it is the last slice that a week takes."""
    now = datetime.now(UTC)
    week, slice_ = last_period(now), last_period(now, 7200)
    a_late_order(office, 1, week.since + HOUR)
    a_late_order(office, 2, slice_.since)

    weekly = await office.report(MakeReport())
    fast = await office.report(MakeReport(pace=7200))

    assert (weekly.name, weekly.violations) == (f"violations-{week.name}", 1)
    assert fast.name.startswith("violations-2")
    assert fast.name.endswith("Z")


async def test_a_folder_that_cannot_be_written_delays_the_report(office: Office) -> None:
    """The activity asks again; nobody is told of a report that is not there."""
    a_late_order(office, 1, MONDAY + HOUR)
    office.reports.folder.write_text("in the way")

    async with asyncio.TaskGroup() as group:
        running = group.create_task(office.report(MakeReport(period=W47)))
        await asyncio.sleep(2)
        told_too_early = office.people.titles()
        office.reports.folder.unlink()

    assert told_too_early == []
    assert running.result().violations == 1
    assert next(file.name for file in office.reports.list()) == "violations-2026-W47.xlsx"
    assert office.people.titles() == ["violations-2026-W47: 1 violations"]


async def test_a_period_of_days_is_reported_too(office: Office) -> None:
    """Whatever moments it runs between."""
    period = Period(since=MONDAY, until=MONDAY + HOUR)
    a_late_order(office, 1, MONDAY)
    a_late_order(office, 2, MONDAY + HOUR)

    written = await office.report(MakeReport(period=period, language="en"))

    assert (written.violations, written.name) == (1, "violations-20261115T160000Z_20261115T170000Z")

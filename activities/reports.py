"""Write reports."""

import asyncio

from temporalio import activity

from activities.beating import beating
from oms.clock import wall_clock
from oms.domain.errands import ReportWritten, WriteReport
from oms.domain.errors import Unavailable
from oms.violations import words
from oms.violations.files import Reports, rendered
from oms.violations.reading import Reading


class ReportActivities:
    """The violation report: read from our database, written to the folder of reports."""

    def __init__(self, reading: Reading, reports: Reports) -> None:
        """Take what reads and counts, and where finished reports lie."""
        self._reading = reading
        self._reports = reports

    @activity.defn(name="reports.write")
    async def write(self, request: WriteReport) -> ReportWritten:
        """Write a period's files in place of those that were there. Raises Unavailable when the folder cannot be written."""
        return await beating(asyncio.to_thread(self._write, request))

    def _write(self, request: WriteReport) -> ReportWritten:
        report = self._reading.report(request.period, wall_clock())
        try:
            paths = self._reports.put(rendered(report, request.language))
        except OSError as error:
            raise Unavailable(f"the folder of reports: {error.strerror}") from error
        return ReportWritten(
            name=report.name, files=tuple(path.name for path in paths),
            violations=report.now.violations, near_misses=report.now.near_misses,
            violations_before=report.before.violations, open=report.now.open, orders=report.now.orders,
            concerned=report.now.concerned, headline=words.worst(report, "en"),
        )  # fmt: skip

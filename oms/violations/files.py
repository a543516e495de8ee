"""Where finished reports lie: one workbook, one page and one JSON each, put there whole or not at all."""

import os
import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import make_url

from oms.domain.model import Fact, Moment
from oms.violations.html import page
from oms.violations.report import Report
from oms.violations.words import Language
from oms.violations.workbook import workbook

NAME = re.compile(r"violations-[0-9A-Za-z_\-]{1,60}\.(?:xlsx|html|json)", re.ASCII)
"""What a file of ours is called; nothing else is listed or handed out."""
READABLE = 0o644


class ReportFile(Fact):
    """One file of a report."""

    name: str
    size: int
    written_at: Moment


def rendered(report: Report, language: Language) -> Mapping[str, bytes]:
    """Write a report in each of its forms, by file name."""
    return {
        f"{report.name}.xlsx": workbook(report, language),
        f"{report.name}.html": page(report, language).encode(),
        f"{report.name}.json": as_json(report).encode(),
    }


def as_json(report: Report) -> str:
    """Write a report for programs; amounts are fen."""
    return report.model_dump_json(indent=2)


class Reports:
    """The folder of reports; another report of the same period takes the place of the one before."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first report is put there."""
        self.folder = folder

    @classmethod
    def where(cls, chosen: Path | None, database_url: str) -> Self:
        """Take the chosen folder; without one `reports` beside a SQLite file, or where the process runs."""
        address = make_url(database_url)
        beside = (
            Path(address.database).parent
            if address.get_backend_name() == "sqlite" and address.database
            else Path()
        )
        return cls(chosen or beside / "reports")

    def put(self, files: Mapping[str, bytes]) -> tuple[Path, ...]:
        """Put a report's files there, each whole or not at all. Raises OSError when the folder cannot be written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return tuple(write_whole(self.folder / name, content) for name, content in files.items())

    def list(self) -> tuple[ReportFile, ...]:
        """List the files, newest report first; none when there is no folder yet."""
        if not self.folder.is_dir():
            return ()
        found = [each for each in self.folder.iterdir() if self.find(each.name)]
        files = [
            ReportFile(
                name=each.name,
                size=each.stat().st_size,
                written_at=datetime.fromtimestamp(each.stat().st_mtime, UTC),
            )
            for each in found
        ]
        return tuple(sorted(files, key=lambda file: (file.name.rpartition(".")[0], file.name), reverse=True))

    def find(self, name: str) -> Path | None:
        """Return the file of this name; None for one that is not there, or is none of ours."""
        path = self.folder / name
        if not NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
            return None
        return path


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file so that readers see the old one or the new one, never a half."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), READABLE)
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return path

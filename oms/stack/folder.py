"""Where a run keeps its logs, settings and databases, and how others find a stack that runs."""

import fcntl
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from dotenv import dotenv_values

KEPT_RUNS = 5
LOCK = "running.lock"
SETTINGS = "stack.env"
OWNER_ONLY = 0o600


class Folder:
    """A folder that one stack has for itself as long as it lives, even when it is killed."""

    def __init__(self, path: Path, lock: int) -> None:
        """Use `Folder.take` or `Folder.new_run` instead."""
        self.path = path
        self._lock = lock

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """Take a folder, made if need be; None when another stack has it."""
        path.mkdir(parents=True, exist_ok=True)
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return cls(path.resolve(), lock)

    @classmethod
    def new_run(cls, base: Path) -> Self:
        """Take a new folder `base/runs/{time}`, and clear away all but the last few runs that have ended."""
        _prune(base / "runs")
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        for number in range(1, 1000):
            name = stamp if number == 1 else f"{stamp}-{number}"
            if not (base / "runs" / name).exists() and (folder := cls.take(base / "runs" / name)):
                return folder
        raise OSError(f"no free folder name under {base / 'runs'}")

    @classmethod
    def first_free(cls, base: Path, name: str) -> Self:
        """Take `base/name`, or `base/name-2` and so on when another stack has it."""
        for number in range(1, 1000):
            if folder := cls.take(base / (name if number == 1 else f"{name}-{number}")):
                return folder
        raise OSError(f"every folder {base / name}-N is in use")

    def write_secretly(self, name: str, text: str) -> Path:
        """Write a file that only its owner may read."""
        path = self.path / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w") as file:
            file.write(text)
        return path

    def publish(self, settings: Mapping[str, str]) -> None:
        """Let the operator's commands in other shells find this stack while it runs."""
        self.write_secretly(
            SETTINGS, "".join(f"{name}='{text}'\n" for name, text in sorted(settings.items()))
        )

    def leave(self) -> None:
        """Take the published settings back and let go of the folder."""
        (self.path / SETTINGS).unlink(missing_ok=True)
        os.close(self._lock)


def running_stack(base: Path) -> tuple[Path, dict[str, str]] | None:
    """Find the newest stack that runs: its folder and its settings; None when none does."""
    for path in _newest_first(base / "runs"):
        if (path / SETTINGS).exists() and _is_taken(path):
            return path, {name: text or "" for name, text in dotenv_values(path / SETTINGS).items()}
    return None


def _newest_first(runs: Path) -> list[Path]:
    return sorted((path for path in runs.glob("*") if path.is_dir()), reverse=True)


def _is_taken(path: Path) -> bool:
    folder = Folder.take(path)
    if folder is None:
        return True
    os.close(folder._lock)  # noqa: SLF001 - let go without touching what the dead stack left
    return False


def _prune(runs: Path) -> None:
    ended = [path for path in _newest_first(runs) if not _is_taken(path)]
    for path in ended[KEPT_RUNS:]:
        shutil.rmtree(path, ignore_errors=True)

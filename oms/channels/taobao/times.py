"""Times as TOP writes them: text without an offset, always GMT+8, whole seconds."""

import re
from datetime import UTC, datetime

from oms.clock import CHINA
from oms.reading import PLAUSIBLE_YEARS

STAMP = "%Y-%m-%d %H:%M:%S"
SHAPE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


def stamp(moment: datetime) -> str:
    """Write a moment."""
    return moment.astimezone(CHINA).strftime(STAMP)


def read_stamp(text: str) -> datetime:
    """Read a moment as UTC. Raises ValueError."""
    if SHAPE.fullmatch(text) is None:
        raise ValueError("not a time like 2026-11-22 10:00:00")
    moment = datetime.fromisoformat(text).replace(tzinfo=CHINA)
    if moment.year not in PLAUSIBLE_YEARS:
        raise ValueError("not a time of our days")
    return moment.astimezone(UTC)

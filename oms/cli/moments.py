"""How a person says since when: a time ago, or a moment of business time."""

import re
from datetime import datetime, timedelta

from oms.cli.output import Code, Trouble
from oms.domain.periods import read_moment

AGO = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def moment_of(text: str, now: datetime) -> datetime:
    """Read `90m`, `6h`, `2d` as a time before now, and anything else as ISO 8601, without an offset in business time.

    Raises Trouble for what is neither.
    """
    if ago := AGO.fullmatch(text.strip()):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        return read_moment(text)
    except ValueError:
        raise Trouble(
            f"no moment: {text}", "write 6h, 2d, 2026-11-23 or 2026-11-23T08:30", Code.WRONG_USE
        ) from None

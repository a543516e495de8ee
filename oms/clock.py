"""The time, and the zone in which everything here is written."""

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Chinese time has no summer time: platforms, carriers and warehouses write it without an offset."""


def wall_clock() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)

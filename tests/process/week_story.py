"""The story of a week: two weeks of a merchant's orders, hour by hour, and what the report of the second must say of each."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from oms.domain.periods import days_from
from oms.violations.reading import Reading
from oms.violations.report import Report
from tests.process.conftest import World
from tests.process.fates import (
    acknowledged,
    cancelled_at_once,
    cancelled_by_us,
    completed,
    escalated_and_cancelled,
    late,
    late_and_unscanned,
    late_while_locked,
    locked_and_lifted,
    moved,
    never_shipped,
    nobody_answered,
    presale,
    refused_and_mended,
    refused_for_a_day,
    refused_twice,
    reminded,
    reviewed,
    shipped_in_time,
    still_open,
    told_of_too_late,
    unscanned,
    unsure,
    valuable,
    warned,
    wrong_courier,
)
from tests.process.tables import a_version
from tests.process.week import (
    DOUYIN,
    JD,
    OUTLET,
    OWN,
    PDD,
    PLATFORMS,
    SHANGHAI,
    TMALL,
    Chapter,
    a_week_to_come,
    play,
)

REFUSED, PRESALE = "gate_refused order-courier-not-designated", "gate_refused presale-too-early"
LATE = "late ship-late"
CALLED, CALLED_FURTHER = "escalated ship-escalate", "escalated_further ship-escalate-further"
UNSCANNED = "false_shipment_risk parcel.first_scan_within"

STORY = (
    # the week before, of which some is felt in the week itself
    Chapter(-7, "00:00", OWN, cancelled_at_once),
    Chapter(-7, "09:20", PDD, late),
    Chapter(-7, "10:40", TMALL, completed),
    Chapter(-6, "11:05", DOUYIN, locked_and_lifted),
    Chapter(-6, "14:30", OWN, nobody_answered),
    Chapter(-5, "08:15", TMALL, refused_and_mended),
    Chapter(-5, "21:00", PDD, unscanned),
    Chapter(-4, "16:45", JD, wrong_courier),
    Chapter(-3, "13:00", OUTLET, late),
    Chapter(-2, "22:30", PDD, late, LATE),
    Chapter(-1, "02:00", OWN, acknowledged, CALLED),
    Chapter(-1, "06:30", DOUYIN, locked_and_lifted),
    Chapter(-1, "22:50", TMALL, refused_and_mended),
    Chapter(-1, "23:30", PDD, unscanned, UNSCANNED),
    # Monday
    Chapter(0, "00:00", OWN, shipped_in_time),
    Chapter(0, "08:05", PDD, late, LATE),
    Chapter(0, "09:10", TMALL, refused_and_mended, REFUSED),
    Chapter(0, "09:40", OUTLET, nobody_answered, CALLED_FURTHER),
    Chapter(0, "10:15", DOUYIN, locked_and_lifted, "locked no-waybill-lock"),
    Chapter(0, "11:30", JD, wrong_courier, "courier_not_allowed couriers"),
    Chapter(0, "14:20", OWN, valuable),
    # Tuesday
    Chapter(1, "00:40", DOUYIN, late_while_locked, LATE),
    Chapter(1, "07:30", TMALL, reviewed),
    Chapter(1, "08:45", OWN, reminded, "reminded ship-remind"),
    Chapter(1, "10:00", PDD, warned, "warned ship-warn"),
    Chapter(1, "12:15", JD, moved, "address_refused address_change"),
    Chapter(1, "15:50", TMALL, late_and_unscanned, f"{UNSCANNED}, {LATE}"),
    Chapter(1, "20:05", OUTLET, shipped_in_time),
    # Wednesday
    Chapter(2, "01:15", PDD, unscanned, UNSCANNED),
    Chapter(2, "09:00", OWN, completed),
    Chapter(2, "10:20", TMALL, refused_twice, f"{REFUSED}*2"),
    Chapter(2, "11:11", DOUYIN, shipped_in_time),
    Chapter(2, "13:45", OUTLET, presale, PRESALE),
    Chapter(2, "16:30", PDD, never_shipped, LATE),
    Chapter(2, "19:00", TMALL, told_of_too_late, CALLED_FURTHER),
    # Thursday
    Chapter(3, "00:20", JD, late, LATE),
    Chapter(3, "08:50", TMALL, valuable),
    Chapter(3, "09:30", OWN, refused_for_a_day, f"{CALLED}, {REFUSED}"),
    Chapter(3, "10:10", PDD, acknowledged, CALLED),
    Chapter(3, "14:00", DOUYIN, late_while_locked, LATE),
    Chapter(3, "18:40", OUTLET, escalated_and_cancelled),
    # Friday
    Chapter(4, "07:15", TMALL, late, LATE),
    Chapter(4, "10:30", DOUYIN, reviewed),
    Chapter(4, "11:20", OWN, cancelled_by_us),
    Chapter(4, "15:05", PDD, unscanned, UNSCANNED),
    Chapter(4, "22:10", JD, shipped_in_time),
    # Saturday
    Chapter(5, "08:30", DOUYIN, locked_and_lifted, "locked no-waybill-lock"),
    Chapter(5, "09:00", TMALL, still_open),
    Chapter(5, "12:40", PDD, late),
    Chapter(5, "17:00", OWN, nobody_answered, CALLED_FURTHER),
    Chapter(5, "23:50", DOUYIN, late_while_locked, LATE),
    # Sunday, whose alarms ring in the week to come
    Chapter(6, "09:45", TMALL, refused_and_mended, REFUSED),
    Chapter(6, "14:30", OWN, nobody_answered),
    Chapter(6, "18:00", JD, wrong_courier, "courier_not_allowed couriers"),
    Chapter(6, "23:55", PDD, late),
    # the week to come
    Chapter(7, "00:05", OWN, refused_and_mended),
    Chapter(7, "10:00", PDD, shipped_in_time),
)
"""Paid at these hours in Shanghai. An order that is late after the week was alarmed within it, and counts only there."""

UNDER_ANOTHER_TABLE = (
    Chapter(5, "10:20", OUTLET, unsure, "gate_unsure always-unsure"),
    Chapter(6, "11:30", OUTLET, unsure, "gate_unsure always-unsure"),
)
"""Once a table with a rule that cannot tell is in force."""


class Lived(NamedTuple):
    """A week that is over, and its report."""

    monday: datetime
    chapters: dict[str, Chapter]
    """By order."""
    report: Report


async def live(world: World) -> Lived:
    """Live the story; the report is made on the morning after it."""
    monday = a_week_to_come(datetime.now(UTC))
    chapters = await play(world, monday, STORY)
    world.newer.append(a_version("week-2", _cannot_tell))
    chapters |= await play(world, monday, UNDER_ANOTHER_TABLE)
    first = monday.astimezone(SHANGHAI).date()
    period = days_from(first, first + timedelta(days=6))
    reading = Reading(world.store, PLATFORMS, lambda _: world.table)
    return Lived(monday, chapters, reading.report(period, period.until + timedelta(hours=9)))


def _cannot_tell(content: Any) -> None:
    words = {"zh": "无法判断", "en": "it cannot tell"}
    content["rules"].append(
        {"id": "always-unsure", "at": ["release"], "when": "1 / (lines - lines) > 0", "action": "block", "severity": "red",
         "message": words, "remedy": dict(words), "evidence": "D"}
    )  # fmt: skip

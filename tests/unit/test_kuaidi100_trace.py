"""What a whole trace says that its newest line alone does not: who signed, when, and since when the carrier has it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from oms.carriers.kuaidi100.trace import report_of
from oms.domain.parcels import ParcelState
from oms.ports import ParcelReport

WAYBILL = "JD0076810060555"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def at(text: str) -> datetime:
    """A moment of the carrier's clock, in UTC."""
    return datetime.fromisoformat(f"2026-11-{text}+08:00").astimezone(UTC)


def read(*lines: tuple[str, str, str], state: str = "3") -> ParcelReport:
    """Read a trace of (day and time, code, text)."""
    rows: list[dict[str, Any]] = [
        {"ftime": f"2026-11-{time}", "statusCode": code, "context": text} for time, code, text in lines
    ]
    report = report_of({"nu": WAYBILL, "com": "jd", "state": state, "data": rows}, WAYBILL, now=NOW)
    assert report is not None
    return report


@pytest.mark.parametrize(
    ("before", "text", "state"),
    [
        ("5", "您的快件已由快递驿站代收，感谢您使用京东物流", ParcelState.AT_PICKUP_POINT),
        ("501", "您的快件已由快递驿站代收", ParcelState.AT_PICKUP_POINT),
        ("501", "包裹仍存放在驿站，请凭取货码及时领取", ParcelState.AT_PICKUP_POINT),
        ("501", "已签收，签收人凭取货码签收", ParcelState.DELIVERED),
        ("501", "您的快件已从驿站取出", ParcelState.DELIVERED),
    ],
)
def test_a_station_that_signs_is_not_the_receiver(before: str, text: str, state: ParcelState) -> None:
    """304 delivers only what lay there before and is fetched now; in doubt nobody has signed."""
    report = read(("23 18:00:00", "304", text), ("23 09:00:00", before, "派件"))

    assert (report.event.state, report.event.raw_state) == (state, "304")


def test_thanks_after_the_signature_are_no_second_signature() -> None:
    """The time is the first signature's, and so the news keeps its id."""
    signed = read(("23 18:00:00", "301", "已签收"), ("23 09:00:00", "5", "派件"))
    thanked = read(
        ("23 19:30:00", "301", "感谢使用"), ("23 18:00:00", "301", "已签收"), ("23 09:00:00", "5", "派件")
    )

    assert thanked.event == signed.event
    assert signed.event.at == at("23 18:00:00")


def test_a_line_of_the_future_is_kept_and_decides_nothing() -> None:
    """Otherwise a parcel would stand still until then."""
    report = read(("29 18:00:00", "0", "预计送达"), ("23 18:00:00", "301", "已签收"))

    assert report.event.state is ParcelState.DELIVERED
    assert len(report.scans) == 2


def test_when_every_line_is_of_the_future_the_newest_decides() -> None:
    """Their clock is wrong, and they are still right about the parcel."""
    assert (
        read(("29 18:00:00", "301", "已签收"), ("29 12:00:00", "5", "派件")).event.state
        is ParcelState.DELIVERED
    )


@pytest.mark.parametrize(
    ("lines", "state", "since"),
    [
        ([("23 12:00:00", "1002", "干线"), ("23 09:00:00", "103", "揽收"), ("22 09:00:00", "102", "待揽收")], "0", "23 09:00:00"),
        ([("22 09:00:00", "102", "待揽收"), ("22 08:00:00", "101", "已下单")], "0", None),
        ([("23 12:00:00", "", "运输中"), ("23 09:00:00", "", "已揽收")], "0", "23 09:00:00"),
        ([("23 12:00:00", "", "电子信息已收到")], "99", None),
    ],
)  # fmt: skip
def test_since_when_the_carrier_has_it(lines: Any, state: str, since: str | None) -> None:
    """An ordered pick-up is no pick-up: that is what platforms call a false shipment."""
    assert read(*lines, state=state).picked_up_at == (at(since) if since else None)

"""What Kuaidi100 tells by itself is believed with its signature, and read like an answer."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from oms.carriers.kuaidi100 import signature
from oms.carriers.kuaidi100.callback import RECEIVED, read
from oms.carriers.kuaidi100.states import STATES, carrier, company, state_of
from oms.domain.errors import Forged, Unmappable
from oms.domain.parcels import ParcelState
from oms.ports import GaveUp, ParcelReport
from tests.unit.test_kuaidi100_client import TRACE

SALT = SecretStr("salt")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
WAYBILL = "SF0000000000001"


def signed(param: str) -> dict[str, str]:
    return {"param": param, "sign": signature.of_callback(param, "salt")}


def heard(status: str = "polling", **trace: Any) -> ParcelReport | GaveUp | None:
    param = {
        "status": status,
        "billstatus": "got",
        "message": "",
        "autoCheck": "0",
        "lastResult": {**TRACE, **trace},
    }
    return read(signed(json.dumps(param, ensure_ascii=False)), SALT, WAYBILL, NOW)


def told(status: str = "polling", **trace: Any) -> ParcelReport | None:
    report = heard(status, **trace)
    assert not isinstance(report, GaveUp)
    return report


def a_scan(status_code: str = "0", time: str = "2026-11-22 18:02:11", text: str = "x") -> dict[str, str]:
    return {"time": time, "ftime": time, "context": text, "statusCode": status_code, "areaName": "浙江"}


def test_a_callback_is_a_report() -> None:
    """The same as an answer to a query would be."""
    report = told()

    assert report is not None
    assert (report.event.waybill, report.event.state, report.carrier) == (
        WAYBILL,
        ParcelState.IN_TRANSIT,
        "sf",
    )
    assert not report.finished


@pytest.mark.parametrize(
    ("status_code", "state", "ours", "raw"),
    [
        ("501", "0", ParcelState.AT_PICKUP_POINT, "501"),
        ("304", "3", ParcelState.AT_PICKUP_POINT, "304"),
        ("303", "3", ParcelState.DELIVERED, "303"),
        ("205", "2", ParcelState.EXCEPTION, "205"),
        ("401", "4", ParcelState.CANCELLED, "401"),
        ("301", "3", ParcelState.DELIVERED, "301"),
        ("5", "5", ParcelState.OUT_FOR_DELIVERY, "5"),
        ("14", "14", ParcelState.REJECTED, "14"),
        ("6", "6", ParcelState.RETURNING, "6"),
        ("4", "4", ParcelState.RETURNED, "4"),
        ("210", "2", ParcelState.CANCELLED, "210"),
        ("", "3", ParcelState.DELIVERED, "3"),
        ("777", "1", ParcelState.PICKED_UP, "1"),
        ("777", "888", ParcelState.UNKNOWN, "777"),
        ("", "", ParcelState.UNKNOWN, ""),
    ],
)
def test_a_state_is_one_of_ours(status_code: str, state: str, ours: ParcelState, raw: str) -> None:
    """The scan's detailed code first, then the parcel's coarse one; what nobody knows stays as it is."""
    report = told(state=state, data=[a_scan(status_code)])

    assert report is not None
    assert (report.event.state, report.event.raw_state) == (ours, raw)


def test_the_newest_scan_counts_wherever_it_stands() -> None:
    """They promise newest first; we do not depend on it."""
    report = told(
        data=[
            a_scan("103", "2026-11-22 15:00:00"),
            a_scan("301", "2026-11-23 15:00:00"),
            a_scan("5", "nonsense"),
        ]
    )

    assert report is not None
    assert (report.event.state, len(report.scans)) == (ParcelState.DELIVERED, 2)


@pytest.mark.parametrize(
    ("status", "checked", "finished"),
    [
        ("polling", "0", False),
        ("polling", "1", True),
        ("shutdown", "1", True),
        ("updateall", "0", False),
    ],
)
def test_the_end_of_the_story_is_told(status: str, checked: str, finished: bool) -> None:
    """Signed for, or given up: they will say nothing more by themselves."""
    report = told(status, ischeck=checked)

    assert report is not None
    assert report.finished is finished


def test_the_same_news_has_the_same_id() -> None:
    """Waybill, state and newest scan make it; anything else in the trace does not."""
    first, again, later = told(), told(message="ok again"), told(data=[a_scan("0", "2026-11-22 19:00:00")])

    assert first is not None
    assert again is not None
    assert later is not None
    assert first.event.event_id == again.event.event_id
    assert later.event.event_id != first.event.event_id


def test_a_carrier_that_gives_up_says_so() -> None:
    """With what it knew, if it knew anything: half an hour later it is asked to follow the parcel again."""
    last, blank = heard("abort"), heard("abort", data=[])
    bare = read(signed('{"status":"abort","message":"3天查询无记录"}'), SALT, WAYBILL)

    assert isinstance(last, GaveUp)
    assert last.last is not None
    assert last.last.event.state is ParcelState.IN_TRANSIT
    assert blank == bare == GaveUp()


def test_a_callback_without_any_scan_says_nothing() -> None:
    """It is answered and forgotten."""
    assert told(data=None) is None
    assert told(data=[{"time": "0001-01-01 00:00:00"}, "scan", a_scan(time="")]) is None


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"param": "{}"},
        {"param": "{}", "sign": ""},
        {"param": "{}", "sign": "签名"},
        {**signed("{}"), "param": "{} "},
    ],
)
def test_what_is_not_signed_is_forged(form: dict[str, str]) -> None:
    """Whatever it says."""
    with pytest.raises(Forged):
        read(form, SALT, WAYBILL)


def test_without_a_salt_nobody_is_believed() -> None:
    """Everybody can sign with nothing."""
    with pytest.raises(Forged):
        read({"param": "{}", "sign": signature.of_callback("{}", "")}, SecretStr(""), WAYBILL)


@pytest.mark.parametrize(
    ("param", "field"),
    [
        ("", "param"),
        ("<html>", "param"),
        ("[]", "param"),
        ("{}", "lastResult"),
        ('{"lastResult":[]}', "lastResult"),
        ('{"lastResult":{"nu":"YT1"}}', "lastResult.nu"),
        ('{"lastResult":{}}', "lastResult.nu"),
    ],
)
def test_a_signed_callback_that_makes_no_sense_is_unmappable(param: str, field: str) -> None:
    """One parcel's news is never taken for another's."""
    with pytest.raises(Unmappable) as caught:
        read(signed(param), SALT, WAYBILL)

    assert caught.value.field == field


def test_the_answer_is_the_one_that_stops_their_trying() -> None:
    """Byte for byte."""
    assert json.loads(RECEIVED) == {"result": True, "returnCode": "200", "message": "成功"}


def test_every_documented_code_has_a_meaning() -> None:
    """None of them is unknown."""
    documented = [
        *range(9),
        10,
        11,
        12,
        13,
        14,
        101,
        102,
        103,
        *range(201, 211),
        301,
        302,
        303,
        304,
        401,
        501,
        1001,
        1002,
        1003,
    ]

    assert set(STATES) == {str(code) for code in documented}
    assert state_of(["999"]) == (ParcelState.UNKNOWN, "999")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("sf", "shunfeng"),
        ("jt", "jtexpress"),
        ("deppon", "debangwuliu"),
        ("other:HTKY", "huitongkuaidi"),
        ("other:FEDEX", "fedex"),
    ],
)
def test_carriers_have_one_short_name(ours: str, theirs: str) -> None:
    """And go back as they came."""
    assert (company(ours), carrier(theirs)) == (theirs, ours)


ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6)
    | st.sampled_from(["2026-11-22 18:02:11", "9999-12-31 23:59:59", "\ud800", "\x00", "301", "9" * 5000]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["data", "time", "ftime", "statusCode", "context", "state", "com"]), inner, max_size=5),
    max_leaves=8,
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(["data", "state", "com", "ischeck", "nu"]), ANYTHING),
    st.lists(ANYTHING, max_size=2),
)
@settings(max_examples=300, deadline=None)
def test_whatever_a_carrier_writes_is_a_report_or_unmappable(trace: dict[str, Any], rows: list[Any]) -> None:
    """No callback, however broken, raises anything else, nor yields what cannot be stored."""
    result = {"nu": WAYBILL, "data": [a_scan(), *rows], **trace}

    try:
        report = read(signed(json.dumps({"lastResult": result})), SALT, WAYBILL)
    except Unmappable:
        return
    else:
        assert report is None or "\\u0000" not in report.model_dump_json()

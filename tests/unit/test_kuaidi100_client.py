"""Kuaidi100 is asked with its own signatures, and every answer means one thing."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from oms.carriers.kuaidi100 import Kuaidi100, Kuaidi100Config, signature
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.domain.parcels import ParcelState
from oms.http import Http
from oms.ports import Intercepted, InterceptRefused, Tracking
from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TRACE = {
    "message": "ok", "nu": "SF0000000000001", "ischeck": "0", "com": "shunfeng", "status": "200", "state": "0",
    "condition": "F00", "isLoop": False,
    "data": [
        {"time": "2026-11-22 18:02:11", "ftime": "2026-11-22 18:02:11", "context": "【杭州市】快件已到达 杭州中转部",
         "status": "在途", "statusCode": "0", "areaCode": "CN330100000000", "areaName": "浙江,杭州市", "location": ""},
        {"time": "2026-11-22 15:10:00", "ftime": "2026-11-22 15:10:00", "context": "【杭州市】已揽收",
         "status": "揽收", "statusCode": "103", "areaCode": "CN330106000000", "areaName": "浙江,杭州市,西湖区"},
    ],
}  # fmt: skip


def returned(code: str, message: str = "", *, result: bool = False) -> Says:
    return Says({"result": result, "returnCode": code, "message": message})


def label(code: int, message: str = "", *, success: bool = False) -> Says:
    return Says({"success": success, "code": code, "message": message, "data": None, "time": 0})


@asynccontextmanager
async def a_carrier(says: Says | Callable[[Asked], Says]) -> AsyncIterator[tuple[Tracking, FakeHttp]]:
    async with fake_http(says) as server, Http() as http:
        config = Kuaidi100Config(
            poll_url=f"{server.url}/poll", query_url=f"{server.url}/poll/query.do", label_url=f"{server.url}/label/order",
            customer="TESTCUSTOMER", key=SecretStr("testkey"), secret=SecretStr("testsecret"), salt=SecretStr("salt"),
            callback_url="http://127.0.0.1:8080/hooks/kuaidi100/",
        )  # fmt: skip
        yield Kuaidi100(config, http, now=lambda: NOW), server


def test_the_recorded_signature_is_ours() -> None:
    """Upper-case MD5 over parameters, key and customer."""
    param = (
        '{"com":"shunfeng","num":"SF0000000000001","phone":"0000","resultv2":"4","show":"0","order":"desc"}'
    )

    assert signature.of_query(param, "testkey", "TESTCUSTOMER") == "CB6BC088917B4D95D904C17B00B1AE61"


async def test_a_subscription_names_where_to_call_back() -> None:
    """One address per parcel; the key travels inside, unsigned, as they want it."""
    async with a_carrier(returned("200", "提交成功", result=True)) as (carrier, server):
        await carrier.subscribe("SF0000000000001", "sf", "5678")

    form = server.asked[0].form
    assert (server.asked[0].path, form["schema"]) == ("/poll", "json")
    assert json.loads(form["param"]) == {
        "company": "shunfeng", "number": "SF0000000000001", "key": "testkey",
        "parameters": {
            "callbackurl": "http://127.0.0.1:8080/hooks/kuaidi100/SF0000000000001", "salt": "salt", "resultv2": "4",
            "phone": "5678", "autoCom": "0", "interCom": "0",
        },
    }  # fmt: skip


async def test_subscribing_twice_is_fine() -> None:
    """501 says that they follow it already."""
    async with a_carrier(returned("501", "重复订阅")) as (carrier, server):
        await carrier.subscribe("SF0000000000001", "sf")

    assert len(server.asked) == 1


async def test_a_trace_is_read_newest_first() -> None:
    """The state is that of the newest scan; times are GMT+8 although nothing says so."""
    async with a_carrier(Says(TRACE)) as (carrier, server):
        report = await carrier.query("SF0000000000001", "sf", "5678")

    form = server.asked[0].form
    assert form["sign"] == signature.of_query(form["param"], "testkey", form["customer"])
    assert json.loads(form["param"]) == {
        "com": "shunfeng", "num": "SF0000000000001", "phone": "5678", "resultv2": "4", "show": "0", "order": "desc",
    }  # fmt: skip
    assert report is not None
    assert (report.carrier, report.finished, len(report.scans)) == ("sf", False, 2)
    assert (report.event.state, report.event.raw_state) == (ParcelState.IN_TRANSIT, "0")
    assert report.event.at == report.scans[0].at == datetime(2026, 11, 22, 10, 2, 11, tzinfo=UTC)
    assert (report.scans[1].raw_state, report.scans[1].text, report.scans[1].place) == (
        "103", "【杭州市】已揽收", "浙江,杭州市,西湖区",
    )  # fmt: skip


@pytest.mark.parametrize("says", [returned("500", "查询无结果，请隔段时间再查"), Says({**TRACE, "data": []})])
async def test_a_parcel_that_nobody_has_scanned_is_unknown(says: Says) -> None:
    """That is an answer."""
    async with a_carrier(says) as (carrier, _):
        assert await carrier.query("SF0000000000001", "sf") is None


TECHNICAL: list[tuple[Says, type[OmsError]]] = [
    (Says("<html>", 200), Unavailable),
    (Says([], 200), Unavailable),
    (Says("", 502), Unavailable),
    (Says("", 404), InterfaceRetired),
    (Says("", 429), RateLimited),
    (Says(hangs_up=True), Unavailable),
    (Says({}), Unavailable),
]


@pytest.mark.parametrize(
    ("says", "error"),
    [
        *TECHNICAL,
        (returned("502", "服务器繁忙"), Unavailable),
        (returned("501", "服务器错误"), Unavailable),
        (returned("503", "验证签名失败"), CredentialsExpired),
        (returned("600", "您不是合法的订阅者"), CredentialsExpired),
        (returned("601", "KEY已过期"), CredentialsExpired),
        (returned("400", "找不到对应公司"), Misused),
        (returned("408", "验证码错误"), Misused),
        (returned("403", "查询过于频繁"), RateLimited),
    ],
)
async def test_a_query_that_fails_says_what_to_do(says: Says, error: type[OmsError]) -> None:
    """HTTP is 200 nearly always; the body decides."""
    async with a_carrier(says) as (carrier, _):
        with pytest.raises(error) as caught:
            await carrier.query("SF0000000000001", "sf", "5678")

    assert type(caught.value) is error
    assert "testkey" not in str(caught.value)


@pytest.mark.parametrize(
    ("says", "error"),
    [
        *TECHNICAL,
        (returned("500", "服务器错误"), Unavailable),
        (returned("700", "订阅方的订阅数据存在错误"), Misused),
        (returned("701", "拒绝订阅的快递公司"), Misused),
        (returned("702", "识别不到该单号对应的快递公司"), Misused),
        (returned("600"), CredentialsExpired),
    ],
)
async def test_a_subscription_that_fails_says_what_to_do(says: Says, error: type[OmsError]) -> None:
    """A number that cannot be followed is not asked for again."""
    async with a_carrier(says) as (carrier, _):
        with pytest.raises(error):
            await carrier.subscribe("SF0000000000001", "sf")


async def test_a_waybill_is_given_back_with_a_signed_question() -> None:
    """The method stands in the address too, as in their own examples."""
    async with a_carrier(label(200, "success", success=True)) as (carrier, server):
        await carrier.recycle("KD0001", "other:HTKY")

    asked = server.asked[0]
    form: dict[str, Any] = asked.form
    assert (asked.path, asked.query, form["method"]) == ("/label/order", {"method": "cancel"}, "cancel")
    assert (form["key"], form["t"]) == ("testkey", "1795312800000")
    assert form["sign"] == signature.of_label(form["param"], form["t"], "testkey", "testsecret")
    assert json.loads(form["param"]) == {
        "kuaidicom": "huitongkuaidi",
        "kuaidinum": "KD0001",
        "reason": "订单已取消",
    }


@pytest.mark.parametrize(
    "message", ["运单不存在", "该单号已取消", "面单已回收，请勿重复取消", "order not exist"]
)
async def test_giving_back_twice_is_harmless(message: str) -> None:
    """So is giving back what was never drawn."""
    async with a_carrier(label(30002, message)) as (carrier, server):
        await carrier.recycle("KD0001", "sf")

    assert len(server.asked) == 1


async def test_a_used_waybill_is_not_given_back() -> None:
    """Asking again changes nothing; a long number in their words is left out."""
    async with a_carrier(label(30003, "快件已揽收，不能取消，联系 13812345678")) as (carrier, _):
        with pytest.raises(
            Misused, match=r"KD0001 cannot be given back: 30003: 快件已揽收，不能取消，联系 \*\*\*"
        ):
            await carrier.recycle("KD0001", "sf")


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        (label(200, success=True), Intercepted()),
        (label(30007, "该运单已申请拦截"), Intercepted()),
        (label(30004, "快件已签收，不能拦截"), InterceptRefused(reason="30004: 快件已签收，不能拦截")),
        (label(30002, "运单不存在"), InterceptRefused(reason="30002: 运单不存在")),
    ],
)
async def test_a_parcel_is_turned_round_or_it_is_too_late(
    says: Says, answer: Intercepted | InterceptRefused
) -> None:
    """Asking twice asks once; a no is an answer."""
    async with a_carrier(says) as (carrier, server):
        assert await carrier.intercept("SF1", "sf", "买家退款") == answer

    assert json.loads(server.asked[0].form["param"]) == {
        "kuaidicom": "shunfeng", "kuaidinum": "SF1", "reason": "买家退款", "interceptType": "RETURN_SEND_ADDR",
        "orderRole": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("says", "error"),
    [
        *TECHNICAL,
        (label(30005, "验证签名失败"), CredentialsExpired),
        (label(601, "KEY已过期"), CredentialsExpired),
        (label(30010, "系统繁忙，请稍后再试"), Unavailable),
    ],
)
async def test_a_label_question_that_fails_says_what_to_do(says: Says, error: type[OmsError]) -> None:
    """What is no business answer is never taken for one."""
    async with a_carrier(says) as (carrier, _):
        with pytest.raises(error):
            await carrier.intercept("SF1", "sf", "x")
        with pytest.raises(error):
            await carrier.recycle("SF1", "sf")

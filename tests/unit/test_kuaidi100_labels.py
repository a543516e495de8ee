"""A label is ordered in Kuaidi100's words, and every answer means one thing."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from oms.carriers.kuaidi100 import Kuaidi100Config, Labels, Partner, signature
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Http
from oms.ports import Drawn, DrawRefused
from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http
from tests.unit.waybill_wishes import PLAIN, SENDER, a_wish

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def said(code: int, message: str = "", number: str = "") -> Says:
    """An answer of the label interface; 200 is a yes."""
    told = {"kuaidinum": number, "taskId": "T1"} if number else None
    return Says({"success": code == 200, "code": code, "message": message, "data": told, "time": 0})


@asynccontextmanager
async def a_desk(says: Says | Callable[[Asked], Says]) -> AsyncIterator[tuple[Labels, FakeHttp]]:
    """Labels of an account that has a contract with one courier."""
    async with fake_http(says) as server, Http() as http:
        config = Kuaidi100Config(
            label_url=f"{server.url}/label/order", customer="c", key=SecretStr("testkey"),
            secret=SecretStr("testsecret"), salt=SecretStr("salt"), callback_url="http://127.0.0.1:8080/hooks",
            partners={"sf": Partner(id="7551234567", key=SecretStr("hush"))},
        )  # fmt: skip
        yield Labels(config, http, now=lambda: NOW), server


def test_a_label_question_has_a_signature_of_its_own() -> None:
    """Upper-case MD5 over parameters, milliseconds, key and secret, in this order; computed apart from our code."""
    param = '{"kuaidicom":"shunfeng","orderId":"OL1-1"}'

    signed = signature.of_label(param, "1795312800000", "testkey", "testsecret")

    assert signed == "491C97AEB615D87383D345DD5161AC5A"


async def test_a_label_is_ordered_with_the_code_as_its_name() -> None:
    """Signed over the text that is sent; sender, receiver and the account at the courier are in it."""
    async with a_desk(said(200, number="SF0000000000001")) as (labels, server):
        answer = await labels.draw(a_wish(), SENDER, PLAIN)

    asked, form = server.asked[0], server.asked[0].form
    assert answer == Drawn(waybill="SF0000000000001", carrier="sf")
    assert (asked.query, form["method"], form["t"]) == ({"method": "order"}, "order", "1795312800000")
    assert form["sign"] == signature.of_label(form["param"], form["t"], "testkey", "testsecret")
    assert json.loads(form["param"]) == {
        "printType": "NON", "partnerId": "7551234567", "partnerKey": "hush", "kuaidicom": "shunfeng",
        "recMan": {"name": "张建国", "mobile": "13812345678", "printAddr": "浙江省杭州市西湖区文三路9号"},
        "sendMan": {"name": "商家仓储部", "mobile": "057188886666", "printAddr": "浙江省杭州市余杭区示例路1号"},
        "cargo": "短袖T恤", "count": 1, "payType": "SHIPPER", "orderId": "OLABC-1",
    }  # fmt: skip


@pytest.mark.parametrize("message", ["订单号重复提交", "该订单已下单", "重复下单", "duplicate order"])
async def test_a_number_told_with_a_repetition_is_the_number(message: str) -> None:
    """Some couriers call the repetition a failure and say the number all the same."""
    async with a_desk(said(30011, message, "SF0000000000001")) as (labels, _):
        answer = await labels.draw(a_wish(), SENDER, PLAIN)

    assert answer == Drawn(waybill="SF0000000000001", carrier="sf")


async def test_a_repetition_without_a_number_sends_a_person_to_the_console() -> None:
    """Nothing finds it: printing again needs a task's number, which only the first answer told."""
    async with a_desk(said(30011, "重复下单")) as (labels, server):
        answer = await labels.draw(a_wish(), SENDER, PLAIN)

    assert isinstance(answer, DrawRefused)
    assert "OLABC-1" in answer.reason
    assert "console" in answer.reason
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("收件地址超出派送范围", "30020: 收件地址超出派送范围"),
        ("电子面单余额不足，电话 13812345678", "30020: 电子面单余额不足，电话 ***"),
    ],
)
async def test_a_no_of_the_courier_is_a_value(message: str, shown: str) -> None:
    """In the courier's words, without a long number, which may be somebody's phone."""
    async with a_desk(said(30020, message)) as (labels, _):
        answer = await labels.draw(a_wish(), SENDER, PLAIN)

    assert answer == DrawRefused(reason=f"Kuaidi100 answered {shown}")


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Says("<html>", 200), Unavailable),
        (Says([], 200), Unavailable),
        (Says({}), Unavailable),
        (Says("", 502), Unavailable),
        (Says("", 404), InterfaceRetired),
        (Says("", 429), RateLimited),
        (Says(hangs_up=True), Unavailable),
        (said(30005, "验证签名失败"), CredentialsExpired),
        (said(601, "KEY已过期"), CredentialsExpired),
        (said(30031, "电子面单账号未授权"), CredentialsExpired),
        (said(30010, "系统繁忙，请稍后再试"), Unavailable),
        (said(500, "服务器错误"), Unavailable),
        (said(30032, "请求过于频繁"), RateLimited),
        (said(200), Unavailable),
        (said(200, number="13812345678 张建国"), Unavailable),
    ],
)
async def test_what_is_neither_a_number_nor_a_no_says_what_to_do(says: Says, error: type[OmsError]) -> None:
    """A yes without a number is no yes; nothing of the receiver stands in any error."""
    async with a_desk(says) as (labels, _):
        with pytest.raises(error) as caught:
            await labels.draw(a_wish(), SENDER, PLAIN)

    assert not [part for part in ("张建国", "13812345678", "文三路") if part in str(caught.value)]


@pytest.mark.parametrize(
    "says", [said(200, "success"), said(30002, "运单不存在"), said(30003, "该单号已取消")]
)
async def test_a_number_is_given_back_harmlessly(says: Says) -> None:
    """Also when it was before, or never drawn; the account at the courier and the code are told."""
    async with a_desk(says) as (labels, server):
        await labels.give_back("OLABC-1", "SF0000000000001", "sf")

    told: dict[str, Any] = json.loads(server.asked[0].form["param"])
    assert (server.asked[0].form["method"], told["kuaidinum"], told["orderId"], told["partnerId"]) == (
        "cancel", "SF0000000000001", "OLABC-1", "7551234567",
    )  # fmt: skip


async def test_a_used_number_is_not_given_back() -> None:
    """A person must look: a parcel travels that nobody wants to have sent."""
    async with a_desk(said(30003, "快件已揽收，不能取消")) as (labels, _):
        with pytest.raises(Misused, match="SF0000000000001 cannot be given back: 30003: 快件已揽收"):
            await labels.give_back("OLABC-1", "SF0000000000001", "sf")

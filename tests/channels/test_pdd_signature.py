"""Pinduoduo's signatures are those it publishes, and those that other people's clients make."""

import asyncio
import importlib
import socket
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette

from oms.channels.pdd.signature import pmc_digest, sign
from simulator.pdd import signature as theirs
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.serving import serving

SECRET = "testSecret"
PARAMS = {
    "access_token": "asd78172s8ds9a921j9qqwda12312w1w21211",
    "client_id": "1",
    "data_type": "XML",
    "order_status": "1",
    "page": "1",
    "page_size": "10",
    "timestamp": "1480411125",
    "type": "pdd.order.number.list.get",
}
SIGNED = "E4DE3ED21002510DED352819E7AE6775"
DIGEST = "N2EyOGMzNTU0YzUyMjgzYmJlNzRlMGYzNzVkM2U2YzE="


def a_client() -> Any:
    """The client that others wrote; it compares with `is not 200`, of which newer Pythons warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("pdd_sdk"), importlib.import_module("pdd_sdk.api.base")


def closing(opened: list[HTTPConnection]) -> SimpleNamespace:
    """What stands for `http.client` in the client, which never closes what it opens."""

    class Remembered(HTTPConnection):
        def __init__(self, *where: Any) -> None:
            super().__init__(*where)
            opened.append(self)

    return SimpleNamespace(HTTPConnection=Remembered)


def answer_to(question: Any, base: Any, token: str) -> Any:
    """Let the client ask, and close its connection."""
    opened: list[HTTPConnection] = []
    base.httplib = closing(opened)
    try:
        return question.getResponse(token)
    finally:
        for connection in opened:
            connection.close()


@asynccontextmanager
async def at_the_root(place: PlatformWorld) -> AsyncIterator[int]:
    """Serve the platform without a prefix, where a client expects it."""
    app = Starlette(routes=list(place.world.platforms["pdd"].routes("")))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with serving(app, listening):
            yield listening.getsockname()[1]


def test_the_published_signature_is_ours_and_the_simulator_s() -> None:
    """The vector of the platform's manual."""
    ours, simulated = sign(SECRET, PARAMS), theirs.question(SECRET, PARAMS.items())

    assert (ours, simulated) == (SIGNED, SIGNED)


def test_the_digest_of_a_message_connection_is_ours_and_the_simulator_s() -> None:
    """Base64 over lower-case hexadecimal."""
    ours = pmc_digest("cid", "1763776800000", "pddsecret")
    simulated = theirs.connection("cid", "1763776800000", "pddsecret")

    assert (ours, simulated) == (DIGEST, DIGEST)


def test_another_s_client_signs_as_we_do() -> None:
    """Chinese text and nested JSON included."""
    _, base = a_client()
    params = PARAMS | {"extra_track_list": '[{"shipping_id":44,"备注":"一"}]'}

    assert base.sign(SECRET, params) == sign(SECRET, params)


async def test_another_s_client_is_understood_by_the_simulator() -> None:
    """It sends parameters in the address and in the body, and calls the token `session`."""
    sdk, base = a_client()
    async with a_platform("pdd") as place, at_the_root(place) as port:
        order = place.order()
        names = {"getapiname": lambda _self: "pdd.order.number.list.increment.get"}
        question = type("OrderNumberListIncrementGet", (base.RestApi,), names)("127.0.0.1", port)
        question.set_app_info(sdk.appinfo(place.secrets["app_key"], place.secrets["app_secret"]))
        now = int(datetime.now(UTC).timestamp())
        for name, value in {
            "is_lucky_flag": 0, "order_status": 5, "refund_status": 5, "page": 1, "page_size": 100,
            "start_updated_at": now - 60, "end_updated_at": now + 1,
        }.items():  # fmt: skip
            setattr(question, name, value)

        answer = await asyncio.to_thread(answer_to, question, base, place.secrets["access_token"])

        (row,) = answer["order_sn_increment_get_response"]["order_sn_list"]
        assert row["order_sn"] == order.number
        assert isinstance(row["pay_amount"], float)


@pytest.mark.parametrize(("secret", "clock"), [("wrong", 0), (None, 660), (None, -660)])
async def test_a_wrong_signature_and_a_clock_far_off_are_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str | None, clock: int
) -> None:
    """Ten minutes are allowed; eleven are not."""
    sdk, base = a_client()
    async with a_platform("pdd") as place, at_the_root(place) as port:
        question = base.RestApi("127.0.0.1", port)
        question.set_app_info(sdk.appinfo(place.secrets["app_key"], secret or place.secrets["app_secret"]))
        monkeypatch.setattr(base.time, "time", lambda real=time.time: real() + clock)
        monkeypatch.setattr(base.RestApi, "getapiname", lambda _self: "pdd.order.information.get")

        with pytest.raises(base.DdkException) as raised:
            await asyncio.to_thread(answer_to, question, base, place.secrets["access_token"])

        assert raised.value.submsg == ("签名sign校验失败" if secret else "公共参数错误:timestamp")

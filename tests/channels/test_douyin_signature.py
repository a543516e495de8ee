"""Douyin's signatures: published vectors, and a client by somebody else."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from doudian import AppType, DouDian

from oms.channels.douyin.signature import call_sign, event_sign, param_json
from simulator.douyin import signature as theirs
from tests.channels.platform_world import PlatformWorld, a_platform

PARAMS = {"z": 1, "nested": {"汉": "<&", "a": True}, "a": [3, {"b": 2, "a": 1}]}
PARAM_JSON = '{"a":[3,{"a":1,"b":2}],"nested":{"a":true,"汉":"<&"},"z":1}'
QUERY = {"app_key": "1234567890123456789", "method": "order.searchList", "timestamp": "1667899926", "v": "2"}
CALL_SIGN = "cfb0c61c20926f758e13f4bd3d59a0de0e22f3c6059f1045cae36e6cea2bd417"
PUSH = b'[{"tag":"101","msg_id":"7000000000000000001:1","data":"{\\"p_id\\":4900000000000000001,\\"shop_id\\":1}"}]'
EVENT_SIGN = "481a8df37323237c9b1276ef43c82ca4"


@pytest.fixture
def _in_china(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The third-party client writes local time where the platform reads China's, and asks proxies."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def a_third_party(place: PlatformWorld) -> DouDian:
    """The client of PyPI, pointed at the simulated platform."""
    client = DouDian(place.secrets["app_key"], place.secrets["app_secret"], app_type=AppType.TOOL)
    client._gate_way = place.shop.url
    return client


def test_parameters_are_written_as_they_are_signed() -> None:
    """Keys sorted at every depth, nothing escaped, no spaces."""
    written = param_json(PARAMS)

    assert written == PARAM_JSON


def test_a_call_is_signed_like_the_published_one() -> None:
    """Ours and the simulator's, which share no code."""
    ours = call_sign("contract-app-secret", QUERY, PARAM_JSON)
    simulated = theirs.call_sign("contract-app-secret", {**QUERY, "sign_method": "hmac-sha256"}, PARAM_JSON)

    assert ours == CALL_SIGN
    assert simulated == CALL_SIGN


def test_a_message_is_signed_like_the_published_one() -> None:
    """MD5 over app key, body and secret."""
    ours = event_sign("7000000000000000001", "dd-secret", PUSH)
    simulated = theirs.event_sign("7000000000000000001", "dd-secret", PUSH)

    assert ours == EVENT_SIGN
    assert simulated == EVENT_SIGN


def test_somebody_else_s_client_signs_as_we_do() -> None:
    """So that simulator and connector do not merely agree with each other."""
    client = DouDian(QUERY["app_key"], "contract-app-secret", app_type=AppType.TOOL)

    signed = client._sign(QUERY["method"], PARAM_JSON, QUERY["timestamp"])

    assert signed == CALL_SIGN


@pytest.mark.usefixtures("_in_china")
async def test_somebody_else_s_client_is_served() -> None:
    """It gets a token, finds an order in the list and asks for it; it reads the envelope of before."""
    async with a_platform("douyin") as place:
        order = place.order()
        client = a_third_party(place)
        second = int(order.modified.timestamp())
        window = {"update_time_start": second - 60, "update_time_end": second + 60, "page": 0, "size": 10}

        initialised = await asyncio.to_thread(client.init_token, "code-of-the-console")
        listed: Any = await asyncio.to_thread(client.request, "/order/searchList", window)
        detail: Any = await asyncio.to_thread(
            client.request, "/order/orderDetail", {"shop_order_id": order.number}
        )

        assert initialised
        assert (listed["err_no"], listed["code"], listed["data"]["total"]) == (0, 10000, 1)
        assert listed["data"]["shop_order_list"][0]["order_id"] == order.number
        assert detail["data"]["shop_order_detail"]["order_id"] == order.number


@pytest.mark.usefixtures("_in_china")
async def test_somebody_else_s_client_with_a_wrong_secret_is_not_served() -> None:
    """The simulator does check signatures."""
    async with a_platform("douyin") as place:
        client = DouDian(place.secrets["app_key"], "not the secret", app_type=AppType.TOOL)
        client._gate_way = place.shop.url

        initialised = await asyncio.to_thread(client.init_token, "code-of-the-console")

        assert not initialised


def test_somebody_else_s_client_accepts_the_simulated_messages() -> None:
    """The signature of a message, checked by somebody else's code."""
    client = DouDian("7000000000000000001", "dd-secret", app_type=AppType.TOOL)
    sign = theirs.event_sign("7000000000000000001", "dd-secret", PUSH)

    accepted = client.callback({"app-id": "7000000000000000001", "event-sign": sign}, PUSH)
    refused = client.callback({"app-id": "7000000000000000001", "event-sign": "0" * 32}, PUSH)

    assert (accepted[0]["tag"], refused) == ("101", None)

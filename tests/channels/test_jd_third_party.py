"""Somebody else's client of JD against our simulated JD: the two do not merely agree with each other."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import jd  # type: ignore[import-untyped]  # jd-sdk has no types
import pytest
from jd.api.base import RestApi  # type: ignore[import-untyped]  # jd-sdk has no types
from jd.api.base import sign as their_sign
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oms.channels.jd.signature import sign
from simulator.config import Noise, PlatformConfig
from simulator.draft import Draft, DraftLine
from simulator.faults import Faults
from simulator.jd import Jd
from simulator.ledger import Ledger
from simulator.market.order import MarketOrder
from simulator.people import a_person
from simulator.platform import Ground
from simulator.post import Postman
from tests.channels.rolls import a_roll
from tests.serving import TRUST, serving

LOOPBACK = "127.0.0.1"
SECRETS = {"app_key": "1234567890", "app_secret": "s3cret", "access_token": "token", "refresh_token": "again"}


class Search(RestApi):  # type: ignore[misc]  # jd-sdk has no types
    """The list, as jd-sdk words requests: what stands in the object is sent."""

    def __init__(self, port: int) -> None:
        super().__init__(LOOPBACK, port)
        self.order_state = "ALL"
        self.page = "1"
        self.page_size = "50"

    def getapiname(self) -> str:
        return "jingdong.pop.order.search"


class Shipment(RestApi):  # type: ignore[misc]  # jd-sdk has no types
    """A waybill of a whole order."""

    def __init__(self, port: int, number: str) -> None:
        super().__init__(LOOPBACK, port)
        self.orderId = number
        self.logiCoprId = "467"
        self.logiNo = "SF1"

    def getapiname(self) -> str:
        return "jingdong.pop.order.shipment"


def closing(app: ASGIApp) -> ASGIApp:
    """Close the connection after each answer, for jd-sdk never does, and take the whole address it asks for."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        path = urlsplit(scope["path"]).path if scope["type"] == "http" else ""
        await app({**scope, "path": path} if path else scope, receive, tell)

    return serve


@asynccontextmanager
async def at_the_root() -> AsyncIterator[tuple[Jd, int]]:
    """The simulated JD at the root of a port, as jd-sdk asks for it."""

    def now() -> datetime:
        return datetime.now(UTC)

    with socket.create_server((LOOPBACK, 0)) as listening:
        async with httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
            faults = Faults(7)
            config = PlatformConfig(platform="jd", secrets=SECRETS)
            ground = Ground(
                config, now, Ledger(now), faults, Postman(faults, client), Noise(), 7, a_roll(now, client)
            )
            platform = Jd(ground)
            app = closing(Starlette(routes=list(platform.routes(""))))
            async with serving(app, listening):
                yield platform, listening.getsockname()[1]


async def answer_to(request: RestApi, secret: str = SECRETS["app_secret"]) -> Any:
    """Let jd-sdk sign, send and read, in a thread of its own."""
    request.set_app_info(jd.appinfo(SECRETS["app_key"], secret))
    return await asyncio.to_thread(request.getResponse, SECRETS["access_token"])


def an_order(platform: Jd) -> MarketOrder:
    """Somebody orders something."""
    draft = Draft(a_person(Random(7)), (DraftLine("SKU-1", "杯子", 2, 1990, 1),))
    return platform.market.offer(draft, paid=True)


@pytest.mark.parametrize(
    "sent",
    [
        {"method": "jingdong.pop.order.get", "360buy_param_json": '{"order_id":"3"}', "v": "2.0"},
        {"b": "2", "a": "1", "ab": "", "A": "x+y &="},
    ],
)
def test_jd_sdk_signs_as_we_do(sent: dict[str, str]) -> None:
    """Whatever is sent, as long as it is no Chinese: jd-sdk encodes as latin-1."""
    assert their_sign("secret", sent) == sign("secret", sent)


async def test_jd_sdk_reads_the_list_of_the_simulated_jd() -> None:
    """Signed by jd-sdk, all in the query, with an offset of its own machine."""
    async with at_the_root() as (platform, port):
        order = an_order(platform)

        answer = await answer_to(Search(port))

        result = answer["jingdong_pop_order_search_responce"]["searchorderinfo_result"]
        assert (result["apiResult"]["success"], result["orderTotal"]) == (True, 1)
        assert [row["orderId"] for row in result["orderInfoList"]] == [order.number]


async def test_jd_sdk_ships_an_order_of_the_simulated_jd() -> None:
    """Written once; the second time JD says that it was."""
    async with at_the_root() as (platform, port):
        order = an_order(platform)

        first = await answer_to(Shipment(port, order.number))
        second = await answer_to(Shipment(port, order.number))

        said = [
            answer["jingdong_pop_order_shipment_responce"]["sopjosshipment_result"]["success"]
            for answer in (first, second)
        ]
        assert said == [True, False]
        assert order.waybills == {"SF1"}


async def test_jd_sdk_with_another_secret_is_refused() -> None:
    """The simulated JD does check."""
    async with at_the_root() as (platform, port):
        an_order(platform)

        answer = await answer_to(Search(port), secret="wrong")

        assert answer["error_response"]["code"] == "12"

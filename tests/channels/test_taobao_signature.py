"""Our signature is the platform's: its published vector, and somebody else's client against our simulator."""

import asyncio
import importlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from oms.channels.taobao.signature import sign
from simulator.clock import wall_clock
from simulator.config import Noise, PlatformConfig
from simulator.draft import Draft, DraftLine
from simulator.faults import Faults
from simulator.ledger import Ledger
from simulator.people import a_person
from simulator.platform import Ground
from simulator.post import Postman
from simulator.taobao import Taobao
from simulator.taobao.signature import signature
from simulator.wire import china_stamp
from tests.channels.rolls import a_roll
from tests.serving import TRUST, serving

SECRET = "helloworld"
PARAMS = {
    "method": "taobao.item.seller.get", "app_key": "12345678", "session": "test",
    "timestamp": "2016-01-01 12:00:00", "format": "json", "v": "2.0", "sign_method": "md5",
    "fields": "num_iid,title,nick,price,num", "num_iid": "11223344",
}  # fmt: skip
EXPECTED = "66987CB115214E59E6EC978214934FB8"
SECRETS = {"app_key": "1234567890", "app_secret": "s3cret", "access_token": "a-1", "refresh_token": "r-1"}
theirs: Any = importlib.import_module("taobao_open.api.base")
app_info: Any = importlib.import_module("taobao_open").appinfo


def test_the_published_vector_is_reproduced() -> None:
    """The one official example; `sign` and what is empty are not part of it."""
    noisy = {**PARAMS, "sign": "whatever", "empty": ""}

    assert sign(noisy, SecretStr(SECRET), "md5") == EXPECTED
    assert signature(noisy, SECRET, "md5") == EXPECTED


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
def test_both_sides_sign_alike_in_every_way(method: str) -> None:
    """Written twice, from the same page: text that is no ASCII, and names that sort by byte."""
    params = {"b": "浙江", "a_b": "1", "aB": "2", "a": "x y&=%"}

    assert sign(params, SecretStr(SECRET), method) == signature(params, SECRET, method)


def test_somebody_else_s_client_signs_as_we_do() -> None:
    """py-taobao-open knows nothing of us."""
    assert theirs.sign(SECRET, PARAMS) == sign(PARAMS, SecretStr(SECRET), "md5")


@asynccontextmanager
async def a_gateway() -> AsyncIterator[tuple[Taobao, int]]:
    """The simulated platform alone, at the root, where their client expects it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
            platform = Taobao(a_ground(client))
            app = Starlette(routes=list(platform.routes("")))
            async with serving(app, listening, lifespan="off", headers=[("Connection", "close")]):
                yield platform, listening.getsockname()[1]


def a_ground(client: httpx.AsyncClient) -> Ground:
    """What the platform stands on when nothing goes wrong."""
    faults, config = Faults(7), PlatformConfig(platform="taobao", secrets=SECRETS)
    ledger, postman = Ledger(wall_clock), Postman(faults, client)
    return Ground(config, wall_clock, ledger, faults, postman, Noise(), 7, a_roll(wall_clock, client))


async def ask(
    port: int, method: str, *, session: str | None = None, secret: str = "s3cret", **params: str
) -> Any:
    """Ask with their client, which blocks."""
    kind: Any = type("Question", (theirs.RestApi,), {"getapiname": lambda _self: method})
    question = kind("127.0.0.1", port)
    question.set_app_info(app_info(SECRETS["app_key"], secret))
    for name, value in params.items():
        setattr(question, name, value)
    return await asyncio.to_thread(question.getResponse, session)


async def test_somebody_else_s_client_lists_orders_at_our_simulator() -> None:
    """It sends milliseconds and puts half of the question into the query, and is understood."""
    now = datetime.now(UTC)
    window = {
        "start_modified": china_stamp(now - timedelta(minutes=5)),
        "end_modified": china_stamp(now + timedelta(minutes=1)),
    }
    async with a_gateway() as (platform, port):
        draft = Draft(a_person(Random(7)), (DraftLine("MB-001", "婴儿连体衣", 2, 9400),))
        order = platform.market.offer(draft, paid=True)

        listed = await ask(
            port, "taobao.trades.sold.increment.get", session="a-1", fields="tid,payment", **window
        )
        clock = await ask(port, "taobao.time.get")

    (trade,) = listed["trades_sold_increment_get_response"]["trades"]["trade"]
    assert trade == {"tid": int(order.number), "payment": "188.00"}
    assert "time" in clock["time_get_response"]


async def test_somebody_else_s_client_is_refused_with_the_wrong_secret() -> None:
    """The simulator does look at signatures, and says so as the platform does."""
    async with a_gateway() as (_platform, port):
        with pytest.raises(theirs.TopException) as refused:
            await ask(port, "taobao.time.get", secret="guessed")

    assert refused.value.errorcode == 25

"""A laboratory for the outside world: a clock that stands still and a receiver that writes everything down."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

import httpx
from defusedxml.ElementTree import fromstring

from simulator import signatures
from simulator.app import create_app
from simulator.config import Config
from simulator.world import World

SITE = "http://shop.test"
HOOKS = "http://oms.test"
BASIC = ("ck_test", "cs_test")
NOON = datetime(2026, 11, 22, 4, 0, 0, 500_000, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]


def a_config(**changes: Any) -> Config:
    """A configuration in which nothing happens by itself."""
    return Config.model_validate(
        {
            "pace": 3600,
            "seed": 7,
            "shop": {
                "consumer_key": BASIC[0],
                "consumer_secret": BASIC[1],
                "webhook_secret": "hush",
                "webhook_url": f"{HOOKS}/woo",
            },
            "wms": {
                "app_key": "12345678",
                "secret": "qmsecret",
                "customer_id": "c1",
                "notify_url": f"{HOOKS}/qimen",
            },
            "carrier": {"customer": "CUST", "key": "carrier-key", "secret": "carrier-secret"},
            "scenario": "none",
        }
        | changes
    )


def understood(request: httpx.Request) -> httpx.Response:
    """Answer every message so that its sender is content."""
    if request.url.path == "/qimen":
        return httpx.Response(200, text="<response><flag>success</flag><code>0</code></response>")
    return httpx.Response(200, json={"result": True, "returnCode": "200", "message": "成功"})


class Laboratory:
    """One world in a bottle."""

    def __init__(self, config: Config, answer: Answer = understood) -> None:
        self.time = NOON
        self.received: list[httpx.Request] = []
        self._answer = answer
        self._client = httpx.AsyncClient(transport=httpx.MockTransport(self._receive))
        self.world = World(config, SITE, self._client, lambda: self.time)
        transport = httpx.ASGITransport(create_app(self.world))
        self.http = httpx.AsyncClient(transport=transport, base_url=SITE)

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.received.append(request)
        return self._answer(request)

    def advance(self, hours: float = 0.0, seconds: float = 0.0) -> None:
        """Let business hours or real seconds pass, with everything that is due in them."""
        timeline = self.world.timeline
        goal = self.time + timeline.real(hours * 3600) + timedelta(seconds=seconds)
        while (due := timeline.next_due) is not None and due <= goal:
            self.time = max(self.time, due)
            timeline.run_due()
        self.time = goal

    async def mail(self, *, with_the_delayed: bool = False) -> list[httpx.Request]:
        """Let everything be delivered that needs no waiting, and take what has come since last time."""
        postman = self.world.postman
        carrying = asyncio.create_task(postman.run())
        for _ in range(20_000):
            if not (postman.pending if with_the_delayed else postman.moving):
                break
            await asyncio.sleep(0.001)
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)
        taken, self.received = self.received, []
        return taken

    async def control(self, path: str, wish: Any = None) -> Any:
        """Use the control API."""
        answer = await self.http.post(f"/control/{path}", json=wish or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def oracle(self) -> Any:
        """Ask the oracle."""
        return (await self.http.get("/control/oracle")).json()

    async def woo(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the shop with the right key."""
        return await self.http.request(method, f"/wp-json/wc/v3/{path}", auth=BASIC, **more)

    async def qimen(self, method: str, body: str, secret: str = "qmsecret") -> Element:
        """Call the warehouse."""
        query = {
            "method": method,
            "timestamp": "2026-11-22 12:00:00",
            "format": "xml",
            "app_key": "12345678",
            "v": "2.0",
            "sign_method": "md5",
            "customerId": "c1",
        }
        query["sign"] = signatures.qimen(secret, query, body.encode())
        answer = await self.http.post("/router/qimen/service", params=query, content=body.encode())
        assert answer.status_code == 200
        root: Element = fromstring(answer.content)
        return root

    async def create(self, source: str, code: str = "", sku: str = "SKU-8801", pieces: int = 1) -> Element:
        """Send the warehouse a delivery order."""
        return await self.qimen("deliveryorder.create", create_xml(source, code or f"D{source}", sku, pieces))


def create_xml(source: str, code: str, sku: str = "SKU-8801", pieces: int = 1) -> str:
    """Write a create request for one line from Hangzhou."""
    return (
        "<request><deliveryOrder>"
        f"<deliveryOrderCode>{code}</deliveryOrderCode><orderType>JYCK</orderType>"
        "<warehouseCode>HZ01</warehouseCode><logisticsCode>SF</logisticsCode><receiverInfo><name>张伟</name>"
        "<mobile>13800001234</mobile><city>广州市</city><detailAddress>体育东路1号</detailAddress></receiverInfo>"
        "</deliveryOrder><orderLines><orderLine><orderLineNo>1</orderLineNo>"
        f"<sourceOrderCode>{source}</sourceOrderCode><ownerCode>O1</ownerCode><itemCode>{sku}</itemCode>"
        f"<planQty>{pieces}</planQty></orderLine></orderLines></request>"
    )


def method_of(request: httpx.Request) -> str:
    """Tell which Qimen method a notice calls."""
    return str(request.url.params.get("method", ""))


def form_of(request: httpx.Request) -> dict[str, str]:
    """Read a received form."""
    return dict(parse_qsl(request.content.decode()))


@asynccontextmanager
async def a_laboratory(answer: Answer = understood, **changes: Any) -> AsyncIterator[Laboratory]:
    """Open a laboratory and clean up behind it."""
    laboratory = Laboratory(a_config(**changes), answer)
    yield laboratory
    await laboratory.http.aclose()
    await laboratory._client.aclose()

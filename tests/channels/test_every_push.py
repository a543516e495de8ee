"""What platforms tell us by themselves reaches orders over real HTTP, and what is not theirs does not."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr
from starlette.middleware.base import RequestResponseEndpoint

from oms.cashier import Cashier
from oms.channels import CHANNELS
from oms.domain.aftersale import AfterSale
from oms.domain.errors import Forged, Unavailable
from oms.domain.messages import SnapshotArrived
from oms.intake import Intake
from oms.ports import Call, Hears, Listens, Word
from oms.pushes import Pushes, keep_listening
from oms.reports import ParcelReports, WarehouseReports
from oms.store import Store, Vault
from oms.web.app import create_app
from oms.web.collaborators import Collaborators
from oms.web.tokens import TrackingTokens
from tests.channels.platform_world import LOOPBACK, PlatformWorld, a_platform
from tests.serving import TRUST, serving
from tests.unit.intake_world import RememberingMailbox

CALLED = sorted(name for name, kind in CHANNELS.items() if kind.properties.push == "webhook")
FETCHED = sorted(name for name, kind in CHANNELS.items() if kind.properties.push in {"pull", "websocket"})
PATIENCE_S = 15.0


class ListeningMailbox(RememberingMailbox):
    """Says when the next snapshot or after-sale has come."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    async def snapshot(self, message: SnapshotArrived) -> bool:
        taken = await super().snapshot(message)
        self.came.set()
        return taken

    async def after_sale(self, case: AfterSale) -> bool:
        taken = await super().after_sale(case)
        self.came.set()
        return taken

    async def hears_of(self, number: str, times: int = 1) -> list[SnapshotArrived]:
        """Wait until an order was heard of so often."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self.came.clear()
                heard = [m for m in self.snapshots if m.snapshot.key.number == number]
                if len(heard) >= times:
                    return heard
                await self.came.wait()


@dataclass
class Ear:
    """Our web process around one platform's shop; it keeps every call it received."""

    place: PlatformWorld
    store: Store
    mailbox: ListeningMailbox
    url: str
    calls: list[Call] = field(default_factory=list)

    @property
    def intake(self) -> Intake:
        channels = {self.place.shop.key: self.place.channel}
        return Intake(self.store, self.mailbox, channels, lambda: datetime.now(UTC))

    async def quiet(self) -> None:
        """Wait until the platform has nothing more to tell."""
        for _ in range(2_000):
            if not self.place.world.postman.pending:
                return
            await asyncio.sleep(0.005)

    @property
    def pushes(self) -> Pushes:
        return Pushes(self.store, self.intake)


@asynccontextmanager
async def an_ear(name: str, folder: Path) -> AsyncIterator[Ear]:
    """Serve our web application on a free port, where the platform calls it, and let the platform's mail be carried."""
    store = Store.open(
        f"sqlite:///{folder / 'orders.db'}", Vault.from_keys([("k1", bytes(range(32)))], bytes(32))
    )
    store.migrate()
    with socket.create_server((LOOPBACK, 0)) as listening:
        url = f"http://{LOOPBACK}:{listening.getsockname()[1]}/hooks/{name}/main"
        async with a_platform(name, push_url=url) as place:
            ear = Ear(place, store, ListeningMailbox(), url)
            carrying = asyncio.create_task(place.world.postman.run())
            try:
                async with serving(_application(ear), listening, log_level="error"):
                    yield ear
            finally:
                carrying.cancel()
                await asyncio.gather(carrying, return_exceptions=True)
                store.close()


def _application(ear: Ear) -> FastAPI:
    place, store, clock = ear.place, ear.store, lambda: datetime.now(UTC)
    parts = Collaborators(
        store=store, intake=ear.intake, pushes=ear.pushes, channels={place.shop.key: place.channel},
        cashier=Cashier(store, ear.mailbox, ear.intake, {}, clock),
        warehouse=WarehouseReports(store, ear.mailbox, clock), parcels=ParcelReports(store, ear.mailbox, clock),
        tracking=TrackingTokens(b"digest key"), qimen_secret=SecretStr("q"), kuaidi100_salt=SecretStr("s"),
    )  # fmt: skip
    application = create_app(parts)

    @application.middleware("http")
    async def keep(request: Request, call_next: RequestResponseEndpoint) -> Response:
        body = await request.body()
        if request.method == "POST":
            headers = {key.lower(): value for key, value in request.headers.items()}
            ear.calls.append(
                Call(method="POST", query=dict(request.query_params), headers=headers, body=body)
            )
        return await call_next(request)

    return application


@pytest.mark.parametrize("name", CALLED)
async def test_a_platform_s_call_reaches_the_order(name: str, tmp_path: Path) -> None:
    """Placed, then paid: both are heard of without any poll, and the platform is content with our answer."""
    async with an_ear(name, tmp_path) as ear:
        order = ear.place.order(paid=False)
        first = await ear.mailbox.hears_of(order.number)
        ear.place.world.buyers.pay(order)
        both = await ear.mailbox.hears_of(order.number, times=2)

        assert (first[0].snapshot.paid_at, both[-1].snapshot.paid_at is not None) == (None, True)
        assert ear.place.world.postman.failed == 0


@pytest.mark.parametrize("name", CALLED)
async def test_a_call_that_is_not_the_platform_s_leaves_no_trace(name: str, tmp_path: Path) -> None:
    """One changed byte of an honest call: 401, nothing kept, nobody told."""
    async with an_ear(name, tmp_path) as ear:
        order = ear.place.order()
        await ear.mailbox.hears_of(order.number)
        await ear.quiet()
        honest, before = ear.calls[-1], ear.store.inbox.count_by_status()
        forged = honest.body.replace(honest.body[-3:-2], b"7" if honest.body[-3:-2] != b"7" else b"8")

        async with httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
            reply = await client.post(ear.url, params=honest.query, headers=_own(honest), content=forged)

        assert reply.status_code == 401
        assert ear.store.inbox.count_by_status() == before


@pytest.mark.parametrize("name", CALLED)
async def test_the_same_call_again_changes_nothing(name: str, tmp_path: Path) -> None:
    """Platforms repeat what they are not sure of; a replay by somebody else does no more."""
    async with an_ear(name, tmp_path) as ear:
        order = ear.place.order()
        await ear.mailbox.hears_of(order.number)
        await ear.quiet()
        heard, honest = len(ear.mailbox.snapshots), ear.calls[-1]

        async with httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
            reply = await client.post(ear.url, params=honest.query, headers=_own(honest), content=honest.body)

        assert reply.status_code == 200
        assert len(ear.mailbox.snapshots) == heard


@pytest.mark.parametrize("name", CALLED)
async def test_a_call_for_no_shop_of_ours_and_one_too_large_are_refused(name: str, tmp_path: Path) -> None:
    """404 and 413, before anything is read."""
    async with an_ear(name, tmp_path) as ear, httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
        stranger = await client.post(ear.url.replace("/main", "/other"), content=b"{}")
        giant = await client.post(ear.url, content=b" " * 1_048_577)

        assert (stranger.status_code, giant.status_code) == (404, 413)
        assert ear.store.inbox.count_by_status() == {}


async def test_an_old_call_of_a_platform_that_signs_the_time_is_refused(tmp_path: Path) -> None:
    """WeChat signs when it calls: eleven minutes later the same call is a replay."""
    async with an_ear("wechat", tmp_path) as ear:
        order = ear.place.order()
        await ear.mailbox.hears_of(order.number)
        channel = ear.place.channel
        assert isinstance(channel, Hears)

        fresh = channel.hear(ear.calls[-1], datetime.now(UTC))

        with pytest.raises(Forged):
            channel.hear(ear.calls[-1], datetime.now(UTC) + timedelta(minutes=11))
        assert [word.number for word in fresh.words] == [order.number]


@pytest.mark.parametrize("name", FETCHED)
async def test_messages_that_we_fetch_reach_the_order(name: str, tmp_path: Path) -> None:
    """Over the platform's queue or connection, without any poll."""
    async with an_ear(name, tmp_path) as ear:
        listening = asyncio.create_task(keep_listening({ear.place.shop.key: ear.place.channel}, ear.pushes))
        order = ear.place.order()

        heard = await ear.mailbox.hears_of(order.number)

        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert heard[0].snapshot.paid_at is not None


@pytest.mark.parametrize("name", FETCHED)
async def test_a_message_that_could_not_be_taken_comes_again(name: str, tmp_path: Path) -> None:
    """It is confirmed only once it is safe with us."""
    async with an_ear(name, tmp_path) as ear:
        channel, taken = ear.place.channel, asyncio.Queue[str]()
        assert isinstance(channel, Listens)
        refused: list[str] = []

        async def take(word: Word, raw: bytes) -> None:
            assert raw
            if not refused:
                refused.append(word.number)
                raise Unavailable("our database is away")
            taken.put_nowait(word.number)

        listening = asyncio.create_task(channel.listen(take))
        order = ear.place.order()

        async with asyncio.timeout(PATIENCE_S):
            again = await taken.get()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

        assert (refused, again) == ([order.number], order.number)


def _own(call: Call) -> dict[str, str]:
    """The platform's own headers, without those of the connection."""
    foreign = {"host", "content-length", "connection", "accept", "accept-encoding", "user-agent"}
    return {name: value for name, value in call.headers.items() if name not in foreign}

"""Pinduoduo's messages are confirmed once taken in, and come again until they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels.pdd.config import PddConfig
from oms.channels.pdd.pmc import Pmc
from oms.clock import wall_clock
from oms.domain.errors import Unavailable
from oms.http import Http
from oms.ports import Listens, Token, Word
from simulator.config import Noise
from simulator.pdd.platform import PinduoduoPlatform
from simulator.pdd.pmc import Pmc as TheirPmc
from tests.channels.pdd_world import SHOP, a_shop
from tests.channels.platform_world import PlatformWorld, a_platform

PATIENCE_S = 10.0


class Ear:
    """Takes words in, or fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.words: list[Word] = []
        self.raw: list[bytes] = []
        self.failures = failures

    async def take(self, word: Word, raw: bytes) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("the database is away")
        self.words.append(word)
        self.raw.append(raw)

    async def has(self, count: int) -> None:
        """Wait for so many words."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.words) < count:  # noqa: ASYNC110 - a test waits for what another task does
                await asyncio.sleep(0.01)


def theirs(place: PlatformWorld) -> TheirPmc:
    """The platform's side of the channel."""
    platform = place.world.platforms["pdd"]
    assert isinstance(platform, PinduoduoPlatform)
    return platform.pmc


@asynccontextmanager
async def listening(place: PlatformWorld, ear: Ear) -> AsyncIterator[None]:
    """Listen until the block ends."""
    assert isinstance(place.channel, Listens)
    task = asyncio.create_task(place.channel.listen(ear.take))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def settled(pmc: TheirPmc) -> None:
    """Wait until everything is confirmed."""
    async with asyncio.timeout(PATIENCE_S):
        while pmc.waiting:  # noqa: ASYNC110 - a test waits for what another task does
            await asyncio.sleep(0.01)


async def test_a_paid_order_is_told_and_confirmed() -> None:
    """The word names the order; what came over the wire goes with it."""
    async with a_platform("pdd") as place:
        ear = Ear()
        async with listening(place, ear):
            order = place.order()
            await ear.has(1)
            await settled(theirs(place))

        (word,) = ear.words
        assert (word.number, word.topic, word.payload) == (order.number, "pdd_trade_TradeConfirmed", None)
        assert word.event_id
        assert order.number.encode() in ear.raw[0]
        assert theirs(place).heartbeats >= 1


async def test_what_could_not_be_taken_comes_again() -> None:
    """It was not confirmed; the message id is the same."""
    async with a_platform("pdd") as place:
        ear = Ear(failures=1)
        async with listening(place, ear):
            order = place.order()
            await ear.has(1)
            await settled(theirs(place))

        assert [word.number for word in ear.words] == [order.number]
        assert theirs(place).failed == 1


async def test_what_was_told_while_nobody_listened_waits() -> None:
    """And what was sent but not confirmed before a connection broke comes again on the next."""
    async with a_platform("pdd") as place:
        first, second = place.order(), place.order()

        deaf, ear = Ear(failures=99), Ear()
        async with listening(place, deaf):
            async with asyncio.timeout(PATIENCE_S):
                while theirs(place).failed < 2:  # noqa: ASYNC110 - a test waits for what another task does
                    await asyncio.sleep(0.01)
        async with listening(place, ear):
            await ear.has(2)
            await settled(theirs(place))

        assert {word.number for word in ear.words} == {first.number, second.number}


async def test_an_order_s_life_is_told_by_topic() -> None:
    """Paid, moved, shipped, received, money back."""
    async with a_platform("pdd") as place:
        ear, market = Ear(), place.world.platforms["pdd"].market
        async with listening(place, ear):
            order = place.order(paid=False)
            place.world.buyers.pay(order)
            market.wish_to_move(order, {"city": "宁波市"})
            market.ship(order, "SF1", "SF", None)
            market.receive(order)
            market.wish(order, "refund_only", 100, "少件")
            await ear.has(5)

        assert [word.topic.rpartition("_")[2] for word in ear.words] == [
            "TradeConfirmed", "TradeLogisticsAddressChanged", "TradeSellerShip", "TradeSuccess", "RefundCreated",
        ]  # fmt: skip
        assert {word.number for word in ear.words} == {order.number}


async def test_noise_loses_and_repeats_messages() -> None:
    """A repetition has the same id; what is lost is counted, and the poll finds it."""
    noise = Noise(lost=0.3, duplicated=0.3).model_dump()
    async with a_platform("pdd", webhook_noise=noise) as place:
        ear = Ear()
        async with listening(place, ear):
            orders = [place.order() for _ in range(60)]
            await settled(theirs(place))

        told = {word.number for word in ear.words}
        assert place.world.pushes_lost == len(orders) - len(told) > 0
        assert len(ear.words) >= len({word.event_id for word in ear.words}) == len(told)


@pytest.mark.parametrize("changes", [{"client_secret": SecretStr("wrong")}, {"client_id": "2"}])
async def test_a_wrong_digest_opens_nothing(changes: dict[str, Any]) -> None:
    """The connection is refused before it begins."""
    async with a_platform("pdd") as place, Http() as http:
        given: dict[str, Any] = {
            "client_id": place.secrets["app_key"],
            "client_secret": SecretStr(place.secrets["app_secret"]),
        } | changes
        shop = a_shop(place.shop.url, http, **given)

        with pytest.raises(Unavailable):
            await shop.listen(Ear().take)

        assert theirs(place).listeners == 0


async def test_nobody_at_the_other_end_is_unavailable() -> None:
    """So is a connection that the other end closes."""
    async with Http() as http:
        with pytest.raises(Unavailable):
            await a_shop("http://127.0.0.1:9", http).listen(Ear().take)


async def test_an_ended_connection_is_unavailable() -> None:
    """The caller connects again."""
    async with a_platform("pdd") as place:
        assert isinstance(place.channel, Listens)
        task = asyncio.create_task(place.channel.listen(Ear().take))
        async with asyncio.timeout(PATIENCE_S):
            while not theirs(place).listeners:  # noqa: ASYNC110 - a test waits for what another task does
                await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        await task


@pytest.mark.parametrize(
    ("url", "given", "base"),
    [
        ("https://gw-api.pinduoduo.com", "", "wss://message-api.pinduoduo.com/message/"),
        ("http://127.0.0.1:9/pdd", "", "ws://127.0.0.1:9/pdd/message/"),
        (
            "https://gw-api.pinduoduo.com",
            "wss://elsewhere.example/pmc/",
            "wss://elsewhere.example/pmc/message/",
        ),
    ],
)
async def test_where_to_listen_follows_from_where_to_ask(url: str, given: str, base: str) -> None:
    """Unless the shop's options say otherwise."""
    async with Http() as http:
        address = a_shop(url, http, pmc_url=given)._pmc._address()

    assert address.startswith(f"{base}1/")


class Sent:
    """A socket that remembers what was sent."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    async def send(self, frame: str) -> None:
        self.frames.append(frame)


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        (b'{"id":1,"commandType":"Common","message":{"type":"pdd_goods_Changed","content":"{}"}}', "Ack"),
        (b'{"id":1,"commandType":"Common","message":{"type":"pdd_trade_X","content":"[1"}}', "Fail"),
        (b'{"id":1,"commandType":"Common","message":{"type":"pdd_trade_X","content":"{}"}}', "Fail"),
        (b'{"id":1,"commandType":"Common","message":{"type":"pdd_trade_X","mallID":9,"content":"{}"}}', ""),
        (b'{"id":1,"commandType":"HeartBeat"}', ""),
        (b"not JSON", ""),
    ],
)
async def test_strange_frames_disturb_nothing(frame: bytes, answer: str) -> None:
    """What is not about orders is confirmed unread; another mall's message is left to that mall's listener."""
    config = PddConfig(
        shop=SHOP, url="http://127.0.0.1:9", client_id="1", client_secret=SecretStr("s"), token=Token(access="a"),
        mall_id="5" if b"mallID" in frame else "",
    )  # fmt: skip
    socket: Any = Sent()

    await Pmc(config, wall_clock)._hear(socket, frame, Ear().take)

    assert [f'"commandType": "{answer}"' in sent for sent in socket.frames] == ([True] if answer else [])

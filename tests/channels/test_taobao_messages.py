"""The platform's messages: taken, confirmed, given out again when they were not taken."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from oms.channels.taobao.messages import Messages
from oms.domain.errors import RateLimited, Unavailable
from oms.ports import Word
from tests.channels.platform_world import PlatformWorld, a_platform


class Taker:
    """Remembers what it took; refuses as often as it is told."""

    def __init__(self, refusals: int = 0) -> None:
        self.words: list[Word] = []
        self.raws: list[bytes] = []
        self.refusals = refusals

    async def __call__(self, word: Word, raw: bytes) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("our database is away")
        self.words.append(word)
        self.raws.append(raw)


@asynccontextmanager
async def listening(place: PlatformWorld, taker: Taker, **changes: str) -> AsyncIterator[None]:
    """Our connector's ears, quick ones, until the block ends."""
    channel: Any = place.channel
    config = channel._config.model_copy(update=changes)
    ears = asyncio.create_task(Messages(config, channel._gateway, idle_s=0.02).listen(taker))
    try:
        yield
    finally:
        ears.cancel()
        with suppress(asyncio.CancelledError):
            await ears


async def until(true: Callable[[], object], seconds: float = 8.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another task, unannounced
            await asyncio.sleep(0.01)


def waiting(place: PlatformWorld) -> int:
    """How many messages the platform still keeps for us."""
    platform: Any = place.world.platforms["taobao"]
    return len(platform._messages._kept)


async def test_every_change_is_told_and_confirmed() -> None:
    """Topic and number; the order itself is read anew, for a message holds nothing else."""
    async with a_platform("taobao") as place:
        taker = Taker()
        order = place.order(paid=False)
        place.world.buyers.pay(order)

        async with listening(place, taker):
            await until(lambda: len(taker.words) >= 2)
            await until(lambda: not waiting(place))

        assert {word.topic for word in taker.words} == {
            "taobao_trade_TradeCreate",
            "taobao_trade_TradeBuyerPay",
        }
        assert {word.number for word in taker.words} == {order.number}
        assert all(word.payload is None for word in taker.words)
        assert len({word.event_id for word in taker.words}) == 2
        assert json.loads(taker.raws[0])["id"] == int(taker.words[0].event_id)


async def test_what_could_not_be_taken_comes_again() -> None:
    """It was not confirmed, and the others were."""
    async with a_platform("taobao") as place:
        taker = Taker(refusals=1)
        one, two = place.order(paid=False), place.order(paid=False)

        async with listening(place, taker):
            await until(lambda: len(taker.words) == 2)
            await until(lambda: not waiting(place))

        assert {word.number for word in taker.words} == {one.number, two.number}


async def test_messages_of_other_sellers_are_left_to_them() -> None:
    """One application may serve several shops, and has one queue."""
    async with a_platform("taobao") as place:
        taker = Taker()
        place.order(paid=False)

        async with listening(place, taker, seller_id="7"):
            await asyncio.sleep(0.2)

        assert taker.words == []
        assert waiting(place) == 1


async def test_a_message_that_comes_twice_has_one_id() -> None:
    """By which whoever takes it knows the repetition."""
    async with a_platform("taobao", webhook_noise={"duplicated": 1.0}) as place:
        taker = Taker()
        place.order(paid=False)

        async with listening(place, taker):
            await until(lambda: len(taker.words) == 2)
            await until(lambda: not waiting(place))

        assert len({word.event_id for word in taker.words}) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [("drop", Unavailable), ("html", Unavailable), ("error", Unavailable), ("throttle", RateLimited)],
)
async def test_ears_that_hear_nothing_any_more_say_so(kind: str, error: type[Unavailable]) -> None:
    """Whoever keeps listening decides when to begin again."""
    async with a_platform("taobao") as place:
        place.arm(kind, rate=1.0)
        channel: Any = place.channel

        with pytest.raises(error):
            await channel.listen(Taker())


async def test_a_message_about_no_order_is_put_away() -> None:
    """Nothing can be taken from it, and unconfirmed it would come for ever."""
    async with a_platform("taobao") as place:
        taker, platform = Taker(), place.world.platforms["taobao"]
        place.order(paid=False)
        queue: Any = platform
        queue._messages._kept[0].body["content"] = "{broken"

        async with listening(place, taker):
            await until(lambda: not waiting(place))

        assert taker.words == []

"""What platforms tell us by themselves: heard in a call or fetched from a queue, each message taken in once."""

import asyncio
import logging
from collections.abc import Mapping

from oms.domain.errors import OmsError, Unavailable
from oms.domain.ids import ShopKey
from oms.domain.messages import Way
from oms.intake import Intake, Receipt
from oms.logs import words_of
from oms.ports import Channel, Listens, Take, Word
from oms.store import Store

log = logging.getLogger(__name__)

SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
"""Between two attempts to connect: doubled each time, and short again once a message came."""


class Pushes:
    """Takes platforms' messages in. Raises Unavailable when one must be said again."""

    def __init__(self, store: Store, intake: Intake) -> None:
        self._pushes = store.pushes
        self._intake = intake

    async def take(self, shop: ShopKey, word: Word, raw: bytes) -> Receipt | None:
        """Take one message in; None for one that was taken in before.

        It is remembered only afterwards: what breaks off on the way is said again by the platform.
        """
        repeated = bool(word.event_id) and await asyncio.to_thread(self._pushes.seen, shop, word.event_id)
        if repeated:
            log.info("push.repeated", extra={"shop": str(shop), "topic": word.topic})
            return None
        order = await self._take_order(shop, word, raw)
        await self._take_case(shop, word)
        if word.wants_address and not order.wish:  # else the order's payload has told it already
            await self._intake.address_wanted(shop, word)
        if word.event_id:
            await asyncio.to_thread(self._pushes.note, shop, word.event_id)
        return order

    async def _take_order(self, shop: ShopKey, word: Word, raw: bytes) -> Receipt:
        if word.payload is not None:
            return await self._intake.receive(shop, Way.WEBHOOK, word.payload, raw=raw)
        return await self._intake.named(shop, word.number, raw)

    async def _take_case(self, shop: ShopKey, word: Word) -> None:
        """Take the after-sale in once its order has heard: the order may be new, and is told of the case.

        One that the platform will not show is left to the next poll. Raises Unavailable.
        """
        if not word.case:
            return
        try:
            await self._intake.cases.named(shop, word.case, word.number)
        except Unavailable:
            raise
        except OmsError as error:
            log.warning(
                "push.case_not_taken", extra={"shop": str(shop), "case": word.case, "reason": words_of(error)}
            )

    def taker(self, shop: ShopKey) -> Take:
        """Return what a shop's listener hands its messages to."""

        async def take(word: Word, raw: bytes) -> None:
            await self.take(shop, word, raw)

        return take


async def keep_listening(channels: Mapping[ShopKey, Channel], pushes: Pushes) -> None:
    """Listen to every shop whose messages we go and get, each on its own, until cancelled."""
    listening = [
        _listen(shop, channel, pushes) for shop, channel in channels.items() if isinstance(channel, Listens)
    ]
    await asyncio.gather(*listening)


async def _listen(shop: ShopKey, channel: Listens, pushes: Pushes) -> None:
    wait = SHORTEST_WAIT_S
    taken = asyncio.Event()
    inner = pushes.taker(shop)

    async def take(word: Word, raw: bytes) -> None:
        await inner(word, raw)
        taken.set()

    while True:
        taken.clear()
        try:
            await channel.listen(take)
        except OmsError as error:
            log.warning("push.disconnected", extra={"shop": str(shop), "reason": words_of(error)})
        except Exception as error:  # one shop's adapter must not silence the others
            log.exception("push.broken", extra={"shop": str(shop), "reason": words_of(error)})
        wait = SHORTEST_WAIT_S if taken.is_set() else min(wait * 2, LONGEST_WAIT_S)
        await asyncio.sleep(wait)

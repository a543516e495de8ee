"""The way in: whatever a platform says reaches its order through here, whichever way it came.

Poll, webhook, sweep and resync are the same thing. A payload is kept as received, mapped, its personal
data goes to the vault, and if it is news, the order hears it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from oms.address_wishes import AddressWishes
from oms.admitting import Room
from oms.aftersales import CaseIntake
from oms.bans import Bans
from oms.domain.errors import Misused, Unavailable
from oms.domain.ids import MARK, OrderKey, ShopKey
from oms.domain.messages import AddressWanted, SnapshotArrived, Way
from oms.domain.news import News
from oms.domain.stages import ENDED
from oms.ports import Channel, Mailbox, Word
from oms.shapes import ShapeWatch
from oms.store import Arrival, Store
from oms.weighing import Handed, Kept, Offer, Payload, Receipt, Scales, Status, bytes_of, together

__all__ = ["ADMITTED", "Intake", "Receipt", "Status"]
log = logging.getLogger(__name__)

BATCH = 16
"""Payloads of a page that share their transactions."""
CONCURRENCY = 3 * BATCH
"""Payloads of a page on their way at one time: while some are told to their orders, others are compared and settled."""
ADMITTED = 16
"""Snapshots on their way to Temporal at one time in a process; a flood must not starve the other signals."""
Answer = Receipt | BaseException
WEIGHED_AT_MOST = 5
"""How often a word is compared anew because others of its order were on their way at the same time."""


class Intake:
    """Hand platforms' payloads to their orders, each once.

    Raises Unavailable when the inbox or the orders cannot be reached: the payload must then be offered
    again, by a poll whose cursor has not moved or by a platform that was told to retry.
    """

    def __init__(
        self,
        store: Store,
        mailbox: Mailbox,
        channels: Mapping[ShopKey, Channel],
        clock: Callable[[], datetime],
        room: Room | None = None,
        *,
        shapes: ShapeWatch | None = None,
    ) -> None:
        self._room = room
        self._shapes = shapes
        self._store = store
        self._mailbox = mailbox
        self._channels = channels
        self._clock = clock
        self._scales = Scales(store, clock)
        self._gate = asyncio.Semaphore(ADMITTED)
        self._bans = Bans(store, clock)
        self._wishes = AddressWishes(store, mailbox)
        self.cases = CaseIntake(store, mailbox, channels, clock, self.resync, shapes=shapes)

    async def receive(
        self, shop: ShopKey, way: Way, payload: Mapping[str, Any] | bytes, *, raw: bytes | None = None
    ) -> Receipt:
        """Take one payload in; `raw` are the very bytes received, when there are such.

        Raises Unavailable, and Misused for a shop that nobody configured.
        """
        channel = self._channel(shop)
        body = raw if raw is not None else bytes_of(payload)
        inbox_id = await asyncio.to_thread(self._store.inbox.put, shop, way, "channel", body, self._clock())
        receipt = _receipts(await self._hand_on(channel, way, [(inbox_id, payload)]))[0]
        return await self._wishes.heed(channel, payload, receipt)

    async def retry(self, arrival: Arrival) -> Receipt:
        """Offer a parked or broken-off payload of the inbox again, under its own row. Raises as `receive` does."""
        if arrival.source == "push" and arrival.shop is not None:
            return await self._fetch_named(arrival.shop, arrival.inbox_id, arrival.order)
        if arrival.source == "after_sale":
            return await self.cases.retry(arrival)
        if arrival.shop is None or arrival.source != "channel":
            raise Misused(f"{arrival.inbox_id} is not a shop's payload")
        channel = self._channel(arrival.shop)
        payload = await asyncio.to_thread(self._store.inbox.payload, arrival.inbox_id)
        return _receipts(await self._hand_on(channel, arrival.way, [(arrival.inbox_id, payload)]))[0]

    async def resync(self, order: OrderKey) -> Receipt | None:
        """Fetch an order as its platform knows it now and take it in; None when the platform knows none."""
        payload = await self._fetch(order)
        return None if payload is None else await self.receive(order.shop_key, Way.RESYNC, payload)

    async def named(self, shop: ShopKey, number: str, raw: bytes) -> Receipt:
        """Hear that something happened to an order of which the platform tells the number only: ask for the order.

        The message is kept as well. An order that its platform does not know (any more) is parked for a person.
        """
        inbox_id = await asyncio.to_thread(
            self._store.inbox.put, shop, Way.WEBHOOK, "push", raw, self._clock()
        )
        return await self._fetch_named(shop, inbox_id, _key_of(shop, number))

    async def address_wanted(self, shop: ShopKey, word: Word) -> None:
        """Tell an order that its buyer asks the platform for another address. Raises Unavailable."""
        order = _key_of(shop, word.number)
        if order is not None:
            event = AddressWanted(event_id=f"address:{word.event_id or word.number}")
            await self._mailbox.address_wanted(order, event)

    async def receive_all(
        self, shop: ShopKey, way: Way, payloads: Sequence[Mapping[str, Any]], concurrency: int = CONCURRENCY
    ) -> list[Receipt]:
        """Take many in, so many at a time; a bad one delays nobody. Raises as `receive` does, after all were tried.

        All are in the inbox before the first is looked at.
        """
        channel = self._channel(shop)
        inbox_ids = await asyncio.to_thread(together, partial(self._keep, shop, way), payloads)
        kept = [(name, each) for name, each in zip(inbox_ids, payloads, strict=True) if isinstance(name, str)]
        answers = iter(await self._hand_on(channel, way, kept, concurrency))
        receipts = _receipts([next(answers) if isinstance(name, str) else name for name in inbox_ids])
        pairs = zip(payloads, receipts, strict=True)
        return [await self._wishes.heed(channel, payload, receipt) for payload, receipt in pairs]

    async def _fetch_named(self, shop: ShopKey, inbox_id: str, order: OrderKey | None) -> Receipt:
        payload = await self._fetch(order) if order is not None else None
        if payload is None:
            return await asyncio.to_thread(self._park, inbox_id, order)
        receipt = await self.receive(shop, Way.WEBHOOK, payload)
        fate = f"the order was fetched as {receipt.inbox_id}"
        await asyncio.to_thread(self._store.inbox.settle, inbox_id, receipt.status, order, fate)
        return receipt

    async def _fetch(self, order: OrderKey) -> Mapping[str, Any] | None:
        async with self._bans.heeding(order.shop_key):
            return await self._channel(order.shop_key).fetch(order.number)

    def _park(self, inbox_id: str, order: OrderKey | None) -> Receipt:
        reason = "its platform names this order and does not know it: if it was deleted there, cancel it here"
        self._store.inbox.settle(inbox_id, "parked", order, reason)
        return Receipt(status="parked", order=order, reason=reason, inbox_id=inbox_id)

    def _channel(self, shop: ShopKey) -> Channel:
        if shop not in self._channels:
            raise Misused(f"no shop {shop} is configured")
        return self._channels[shop]

    def _keep(self, shop: ShopKey, way: Way, payloads: Sequence[Payload]) -> Sequence[str]:
        bodies = [bytes_of(payload) for payload in payloads]
        return self._store.inbox.put_all(shop, way, "channel", bodies, self._clock())

    async def _hand_on(
        self, channel: Channel, way: Way, payloads: Sequence[tuple[str, Payload]], at_once: int = 1
    ) -> list[Answer]:
        """Bring payloads of the inbox to their orders; what an order hears twice on one page it hears in turn."""
        translate = partial(self._scales.translate, channel)
        answers: dict[str, Answer] = {}
        offers: list[Offer] = []
        translated = await asyncio.to_thread(together, translate, payloads)
        for (inbox_id, _), answer in zip(payloads, translated, strict=True):
            if isinstance(answer, Offer):
                offers.append(answer)
                continue
            answers[inbox_id] = answer
            if isinstance(answer, Receipt):
                log.warning("payload.parked", extra=_fields(channel.shop, way, answer))
        if self._shapes is not None:
            parked = [payload for name, payload in payloads if isinstance(answers.get(name), Receipt)]
            await self._shapes.look(channel.shop, "orders", [payload for _, payload in payloads], parked)
        for turn in _turns(offers):
            answers |= await self._in_batches(channel, way, turn, at_once)
        return [answers[inbox_id] for inbox_id, _ in payloads]

    async def _in_batches(
        self, channel: Channel, way: Way, offers: Sequence[Offer], at_once: int
    ) -> Mapping[str, Answer]:
        size = min(BATCH, at_once)
        gate = asyncio.Semaphore(at_once // size)

        async def one(batch: Sequence[Offer]) -> list[Answer]:
            async with gate:
                return await self._tell(channel, way, batch)

        batches = [offers[place : place + size] for place in range(0, len(offers), size)]
        answers = [answer for answers in await asyncio.gather(*map(one, batches)) for answer in answers]
        return {offer.inbox_id: answer for offer, answer in zip(offers, answers, strict=True)}

    async def _tell(
        self, channel: Channel, way: Way, batch: Sequence[Offer], tries: int = WEIGHED_AT_MOST
    ) -> list[Answer]:
        """Compare, deliver what is news, settle; what could not be delivered is left to come again.

        What was compared with something that has changed meanwhile is compared anew.
        """
        if not tries:
            return [Unavailable(f"{channel.shop}: too many words at once; say it again")] * len(batch)
        weighed = await asyncio.to_thread(together, self._scales.weigh, batch)
        delivered = await asyncio.gather(
            *(self._deliver(way, kept) for kept in weighed), return_exceptions=True
        )
        told = [each for each in delivered if isinstance(each, Handed)]
        settled = iter(await asyncio.to_thread(together, self._scales.settle, told))
        answers: list[Answer | Offer] = [
            next(settled) if isinstance(each, Handed) else each for each in delivered
        ]
        for answer in answers:
            if isinstance(answer, Receipt):
                log.info("payload.received", extra=_fields(channel.shop, way, answer))
        anew = [answer for answer in answers if isinstance(answer, Offer)]
        if anew:
            others = iter(await self._tell(channel, way, anew, tries - 1))
            return [next(others) if isinstance(answer, Offer) else answer for answer in answers]
        return [answer for answer in answers if not isinstance(answer, Offer)]

    async def _deliver(self, way: Way, kept: Kept | Exception) -> Handed:
        """Hand the snapshot to its order if it is news; it is not taken when the order has ended.

        An order that the read model knows as ended is not even asked: once Temporal has forgotten it, a
        signal-with-start would begin its life again.
        """
        if isinstance(kept, Exception):
            raise kept
        if not kept.news.matters:
            return Handed(kept, taken=True)
        if kept.known is not None and kept.known.stage in ENDED:
            return Handed(kept, taken=False)
        message = SnapshotArrived(event_id=kept.event_id, way=way, snapshot=kept.snapshot)
        if kept.news is News.NEW:
            return Handed(kept, await self._begin(message))
        async with self._gate:
            return Handed(kept, await self._mailbox.snapshot(message))

    async def _begin(self, message: SnapshotArrived) -> bool:
        """Begin a new order, once there is room for it."""
        key = message.snapshot.key
        if self._room is not None:
            await self._room.enter(key, message.way)
        try:
            async with self._gate:
                return await self._mailbox.begin(message)
        except BaseException:
            if self._room is not None:
                self._room.leave(key)
            raise


def _turns(offers: Iterable[Offer]) -> list[list[Offer]]:
    """Sort into turns in which no order comes twice: the second word is compared when the first was heard."""
    turns: list[list[Offer]] = []
    met: dict[OrderKey, int] = {}
    for offer in offers:
        key = offer.mapped.snapshot.key
        turn = met[key] = met.get(key, -1) + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(offer)
    return turns


def _receipts(answers: Sequence[Answer]) -> list[Receipt]:
    """Return the receipts. Raises the first failure, if there is one."""
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if isinstance(answer, Receipt)]


def _key_of(shop: ShopKey, number: str) -> OrderKey | None:
    return OrderKey(channel=shop.channel, shop=shop.shop, number=number) if MARK.fullmatch(number) else None


def _fields(shop: ShopKey, way: Way, receipt: Receipt) -> dict[str, object]:
    order = str(receipt.order) if receipt.order else ""
    return {
        "shop": str(shop), "way": way.value, "status": receipt.status, "order": order,
        "reason": receipt.reason, "inbox_id": receipt.inbox_id,
    }  # fmt: skip

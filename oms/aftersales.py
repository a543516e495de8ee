"""Buyers' after-sales come in as orders do: kept as received, translated, and handed to their workflows, each content once."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from oms.bans import Bans
from oms.domain.aftersale import AfterSale, AfterSaleStatus
from oms.domain.aftersales.reopening import run_for
from oms.domain.errors import Misused, OmsError, Unavailable, Unmappable
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.messages import Way
from oms.domain.news import FUTURE_TOLERANCE
from oms.logs import words_of
from oms.ports import Channel, FetchesAfterSales, HasAfterSales, Mailbox
from oms.shapes import ShapeWatch
from oms.store import Arrival, Store
from oms.store.inbox import Fate
from oms.store.seen_cases import CaseHeard
from oms.weighing import Payload, Receipt, bytes_of, readable

log = logging.getLogger(__name__)

AT_ONE_TIME = 16
"""After-sales of a page on their way at one time."""
_RANK = {status: place for place, status in enumerate(AfterSaleStatus)}
"""Which of two words of one second is further on its way."""


FetchOrder = Callable[[OrderKey], Awaitable[object]]
"""Has an order fetched from its platform and taken in."""


class CaseIntake:
    """Hand platforms' after-sales to their workflows.

    Raises Unavailable when the inbox or the workflows cannot be reached: the payload must then be offered again.
    """

    def __init__(
        self, store: Store, mailbox: Mailbox, channels: Mapping[ShopKey, Channel], clock: Callable[[], datetime],
        fetch_order: FetchOrder, *, shapes: ShapeWatch | None = None,
    ) -> None:  # fmt: skip
        self._shapes = shapes
        self._fetch_order = fetch_order
        self._store = store
        self._mailbox = mailbox
        self._channels = channels
        self._clock = clock
        self._bans = Bans(store, clock)
        self._turns: WeakValueDictionary[tuple[ShopKey, str], asyncio.Lock] = WeakValueDictionary()

    async def receive_all(
        self, shop: ShopKey, way: Way, payloads: Sequence[Mapping[str, Any]]
    ) -> list[Receipt]:
        """Take payloads in; all are kept before the first is looked at, and a bad one delays nobody.

        Raises the first failure, after all were tried.
        """
        channel = self._channel(shop)
        bodies = [bytes_of(payload) for payload in payloads]
        inbox_ids = await asyncio.to_thread(
            self._store.inbox.put_all, shop, way, "after_sale", bodies, self._clock()
        )
        gate = asyncio.Semaphore(AT_ONE_TIME)

        async def one(inbox_id: str, payload: Payload) -> Receipt:
            async with gate:
                return await self._take(channel, inbox_id, payload)

        pairs = zip(inbox_ids, payloads, strict=True)
        answers = await asyncio.gather(*(one(*pair) for pair in pairs), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        receipts = [answer for answer in answers if isinstance(answer, Receipt)]
        if self._shapes is not None:
            both = zip(payloads, receipts, strict=True)
            parked = [payload for payload, receipt in both if receipt.status == "parked"]
            await self._shapes.look(shop, "after_sales", payloads, parked)
        return receipts

    async def named(self, shop: ShopKey, case: str, order: str) -> Receipt | None:
        """Hear that something happened to an after-sale: ask for it and take it in.

        None where the platform cannot be asked for a single one, or knows none (any more): the poll brings what there is.
        """
        channel = self._channel(shop)
        if not isinstance(channel, FetchesAfterSales):
            return None
        async with self._bans.heeding(shop):
            payload = await channel.fetch_after_sale(case, order)
        if payload is None:
            log.warning("after_sale.unknown_there", extra={"shop": str(shop), "case": case})
            return None
        return (await self.receive_all(shop, Way.WEBHOOK, [payload]))[0]

    async def retry(self, arrival: Arrival) -> Receipt:
        """Offer a parked or broken-off payload of the inbox again, under its own row. Raises as `receive_all` does."""
        if arrival.shop is None or arrival.source != "after_sale":
            raise Misused(f"{arrival.inbox_id} is not an after-sale")
        channel = self._channel(arrival.shop)
        payload = await asyncio.to_thread(self._store.inbox.payload, arrival.inbox_id)
        return await self._take(channel, arrival.inbox_id, payload)

    def _channel(self, shop: ShopKey) -> HasAfterSales:
        channel = self._channels.get(shop)
        if not isinstance(channel, HasAfterSales):
            raise Misused(f"no shop {shop} with after-sales is configured")
        return channel

    async def _take(self, channel: HasAfterSales, inbox_id: str, payload: Payload) -> Receipt:
        try:
            case = self._not_from_the_future(readable(channel.read_after_sale, payload))
        except Unmappable as error:
            log.warning("after_sale.parked", extra={"reason": str(error), "inbox_id": inbox_id})
            return await self._settle(inbox_id, "parked", None, str(error))
        turn = self._turns.setdefault((case.order.shop_key, case.id), asyncio.Lock())
        async with turn:
            return await self._weigh(inbox_id, case)

    async def _weigh(self, inbox_id: str, case: AfterSale) -> Receipt:
        """Compare with what was handed on last; news goes to the case's workflow, and only then is remembered."""
        shop, heard = case.order.shop_key, _heard(case)
        known = await asyncio.to_thread(self._store.seen_cases.find, shop, case.id)
        status, reason = _compared(known, heard)
        if known is None:
            await self._have_its_order(case.order)
        if status == "delivered" and not await self._hand_on(case, known):
            status, reason = "ended", f"the after-sale has ended here, yet it is {case.raw_status!r} there"
        if status != "stale":
            await asyncio.to_thread(self._store.seen_cases.note, shop, case.id, heard)
        return await self._settle(inbox_id, status, case, reason)

    async def _hand_on(self, case: AfterSale, known: CaseHeard | None) -> bool:
        """Tell the run of the case that the word belongs to; False when that has ended."""
        last = None
        if known is not None:
            last = await asyncio.to_thread(self._store.after_sales.last_run, case.order, case.id)
        asks = known is not None and known.status == AfterSaleStatus.REQUESTED
        run = run_for(last, case, known.modified_at if known is not None and asks else None)
        return await self._mailbox.after_sale(case.model_copy(update={"run": run}))

    async def _have_its_order(self, order: OrderKey) -> None:
        """Fetch the order of a case that came before it, so that it hears of the case. Raises Unavailable."""
        if await asyncio.to_thread(self._store.orders.seen, order) is not None:
            return
        try:
            await self._fetch_order(order)
        except Unavailable:
            raise
        except OmsError as error:
            log.warning(
                "after_sale.order_not_fetched", extra={"order": str(order), "reason": words_of(error)}
            )

    async def _settle(self, inbox_id: str, status: Fate, case: AfterSale | None, reason: str) -> Receipt:
        order, modified_at = (case.order, case.modified_at) if case else (None, None)
        await asyncio.to_thread(self._store.inbox.settle, inbox_id, status, order, reason)
        log.info(
            "after_sale.received",
            extra={"case": case.id if case else "", "order": str(order or ""), "status": status, "inbox_id": inbox_id},
        )  # fmt: skip
        return Receipt(status=status, order=order, reason=reason, modified_at=modified_at, inbox_id=inbox_id)

    def _not_from_the_future(self, case: AfterSale) -> AfterSale:
        now = self._clock()
        ahead = case.modified_at > now + FUTURE_TOLERANCE
        return case.model_copy(update={"modified_at": now}) if ahead else case


def _compared(known: CaseHeard | None, heard: CaseHeard) -> tuple[Fate, str]:
    """Say what a content is to us, and why nothing follows from it."""
    if known is None:
        return "delivered", ""
    if known.fingerprint == heard.fingerprint:
        return "repeated", "the same content as last heard"
    ours, theirs = (known.modified_at, _rank(known)), (heard.modified_at, _rank(heard))
    return ("delivered", "") if theirs >= ours else ("stale", "older than what we last heard")


def _rank(heard: CaseHeard) -> int:
    return _RANK[AfterSaleStatus(heard.status)]


def _heard(case: AfterSale) -> CaseHeard:
    content = case.model_dump(mode="json", exclude={"modified_at", "run"})
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return CaseHeard(hashlib.sha256(text.encode()).hexdigest(), case.status, case.modified_at)

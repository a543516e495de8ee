"""The way in: whatever a platform says reaches its order through here, whichever way it came.

Poll, webhook, sweep and resync are the same thing. A payload is kept as received, mapped, its personal
data goes to the vault, and if it is news, the order hears it.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from oms.bans import Bans
from oms.domain.errors import Misused, Unmappable
from oms.domain.ids import MARK, OrderKey, ShopKey
from oms.domain.messages import SnapshotArrived, Way
from oms.domain.model import Fact, Moment
from oms.domain.news import Known, News, is_news, is_news_after_the_end, mark_of, not_from_the_future
from oms.domain.order import Snapshot
from oms.domain.stages import ENDED
from oms.http import read_json
from oms.ports import Channel, Mailbox, Mapped
from oms.store import Arrival, Store

log = logging.getLogger(__name__)

Status = Literal["delivered", "repeated", "stale", "parked", "ended"]
CONCURRENCY = 8
"""Payloads of a page on their way at one time."""
ADMITTED = 16
"""Snapshots on their way to Temporal at one time in a process; a flood must not starve the other signals."""

_SETTLED: Mapping[News, Status] = {
    News.NEW: "delivered",
    News.CHANGED: "delivered",
    News.REPEATED: "repeated",
    News.ECHO: "repeated",
    News.STALE: "stale",
}


class Receipt(Fact):
    """What became of a payload."""

    status: Status
    order: OrderKey | None = None
    reason: str = ""
    news: News | None = None
    modified_at: Moment | None = None
    """The platform's modification time, never ahead of our clock."""
    inbox_id: str


class _Kept(Fact):
    """A payload in the inbox, translated and compared; personal data is in the vault already."""

    inbox_id: str
    snapshot: Snapshot
    known: Known | None
    news: News
    note: str = ""


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
    ) -> None:
        self._store = store
        self._mailbox = mailbox
        self._channels = channels
        self._clock = clock
        self._gate = asyncio.Semaphore(ADMITTED)
        self._bans = Bans(store, clock)

    async def receive(
        self, shop: ShopKey, way: Way, payload: Mapping[str, Any] | bytes, *, raw: bytes | None = None
    ) -> Receipt:
        """Take one payload in; `raw` are the very bytes received, when there are such.

        Raises Unavailable, and Misused for a shop that nobody configured.
        """
        channel = self._channel(shop)
        body = raw if raw is not None else _bytes_of(payload)
        inbox_id = await asyncio.to_thread(self._store.inbox.put, shop, way, "channel", body, self._clock())
        return await self._hand_on(channel, way, payload, inbox_id)

    async def retry(self, arrival: Arrival) -> Receipt:
        """Offer a parked or broken-off payload of the inbox again, under its own row. Raises as `receive` does."""
        if arrival.source == "push" and arrival.shop is not None:
            return await self._fetch_named(arrival.shop, arrival.inbox_id, arrival.order)
        if arrival.shop is None or arrival.source != "channel":
            raise Misused(f"{arrival.inbox_id} is not a shop's payload")
        channel = self._channel(arrival.shop)
        payload = await asyncio.to_thread(self._store.inbox.payload, arrival.inbox_id)
        return await self._hand_on(channel, arrival.way, payload, arrival.inbox_id)

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

    async def receive_all(
        self, shop: ShopKey, way: Way, payloads: Sequence[Mapping[str, Any]], concurrency: int = CONCURRENCY
    ) -> list[Receipt]:
        """Take many in, so many at a time; a bad one delays nobody. Raises as `receive` does, after all were tried."""
        gate = asyncio.Semaphore(concurrency)

        async def one(payload: Mapping[str, Any]) -> Receipt:
            async with gate:
                return await self.receive(shop, way, payload)

        answers = await asyncio.gather(*map(one, payloads), return_exceptions=True)
        receipts = [answer for answer in answers if isinstance(answer, Receipt)]
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return receipts

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

    async def _hand_on(
        self, channel: Channel, way: Way, payload: Mapping[str, Any] | bytes, inbox_id: str
    ) -> Receipt:
        kept = await asyncio.to_thread(self._weigh, channel, payload, inbox_id)
        if isinstance(kept, Receipt):
            log.warning("payload.parked", extra=_fields(channel.shop, way, kept))
            return kept
        delivered = not kept.news.matters or await self._deliver(way, kept)
        receipt = await asyncio.to_thread(self._settle, kept, delivered)
        log.info("payload.received", extra=_fields(channel.shop, way, receipt))
        return receipt

    async def _deliver(self, way: Way, kept: _Kept) -> bool:
        """Hand the snapshot to its order; False when the order has ended.

        An order that the read model knows as ended is not even asked: once Temporal has forgotten it, a
        signal-with-start would begin its life again.
        """
        if kept.known is not None and kept.known.stage in ENDED:
            return False
        message = SnapshotArrived(event_id=_event_id(kept.snapshot), way=way, snapshot=kept.snapshot)
        async with self._gate:
            return await self._mailbox.snapshot(message)

    def _weigh(self, channel: Channel, payload: Mapping[str, Any] | bytes, inbox_id: str) -> _Kept | Receipt:
        """Translate a payload, seal the person away, compare; a receipt at once when it means nothing."""
        try:
            mapped = _read(channel, payload)
        except Unmappable as error:
            self._store.inbox.settle(inbox_id, "parked", None, str(error))
            return Receipt(status="parked", reason=str(error), inbox_id=inbox_id)
        digested = self._with_digests(mapped)
        snapshot = not_from_the_future(digested, self._clock())
        note = (
            ""
            if snapshot is digested
            else f"modified {digested.modified_at:%Y-%m-%d %H:%M} lies ahead; taken as now"
        )
        known = self._known(snapshot.key)
        news = is_news(known, snapshot)
        if news.matters:
            self._put_away(mapped, snapshot)
        return _Kept(inbox_id=inbox_id, snapshot=snapshot, known=known, news=news, note=note)

    def _with_digests(self, mapped: Mapped) -> Snapshot:
        """Return the snapshot with keyed digests in the person's place."""
        receivers, receiver = self._store.receivers, mapped.receiver
        digest = receivers.digest(receiver) if receiver is not None else ""
        digests = {"receiver_digest": digest, "buyer": receivers.buyer_digest(mapped.buyer_id)}
        return mapped.snapshot.model_copy(update=digests)

    def _put_away(self, mapped: Mapped, snapshot: Snapshot) -> None:
        """Put the person into the vault, before the order can ask for it there."""
        receivers = self._store.receivers
        if mapped.receiver is not None:
            receivers.put(snapshot.key, mapped.receiver, mapped.remark, mapped.buyer_id)
        if snapshot.buyer:
            receivers.record_buyer(snapshot.key, snapshot.buyer, snapshot.created_at)

    def _known(self, key: OrderKey) -> Known | None:
        """Put together what was last handed on and where the read model sees the order."""
        seen, row = self._store.orders.seen(key), self._store.orders.known(key)
        if seen is not None:
            return Known(mark=seen.fingerprint, modified_at=seen.modified_at, stage=row.stage if row else "")
        if row is not None:
            return Known(mark=row.fingerprint, modified_at=row.modified_at, stage=row.stage)
        return None

    def _settle(self, kept: _Kept, delivered: bool) -> Receipt:  # noqa: FBT001 - the mailbox's answer as it is
        """Write down what became of the payload, and remember what was last heard of the order."""
        snapshot, news, status = kept.snapshot, kept.news, _SETTLED[kept.news]
        reason = "; ".join(filter(None, (kept.note, "" if news.matters else news.reason)))
        if not delivered:
            news, status, reason = _after_the_end(self._known(snapshot.key), snapshot)
        if status != "stale":
            self._store.orders.note_seen(snapshot.key, mark_of(snapshot), snapshot.modified_at)
        self._store.inbox.settle(kept.inbox_id, status, snapshot.key, reason)
        return Receipt(
            status=status, order=snapshot.key, reason=reason, news=news,
            modified_at=snapshot.modified_at, inbox_id=kept.inbox_id,
        )  # fmt: skip


def _key_of(shop: ShopKey, number: str) -> OrderKey | None:
    return OrderKey(channel=shop.channel, shop=shop.shop, number=number) if MARK.fullmatch(number) else None


def _after_the_end(known: Known | None, snapshot: Snapshot) -> tuple[News, Status, str]:
    if known is None:
        return News.CHANGED, "ended", "the order has ended, and the read model does not know it"
    news = is_news_after_the_end(known, snapshot)
    if not news.matters:
        return news, _SETTLED[news], news.reason
    ended_as = known.stage or "before our read model"
    return (
        news,
        "ended",
        f"the order has ended ({ended_as}), yet the platform says {snapshot.raw_status!r}: look at it",
    )


def _read(channel: Channel, payload: Mapping[str, Any] | bytes) -> Mapped:
    """Translate. Raises Unmappable, whatever the mapping stumbled over: one payload must not stop the others."""
    try:
        content = payload if isinstance(payload, Mapping) else read_json(payload)
    except ValueError:
        raise Unmappable("not JSON") from None
    if not isinstance(content, Mapping):
        raise Unmappable("not a JSON object")
    try:
        return channel.read(content)
    except Unmappable:
        raise
    except Exception as error:
        log.exception("mapping.failed", extra={"shop": str(channel.shop)})
        raise Unmappable(f"our mapping failed ({type(error).__name__})") from None


def _bytes_of(payload: Mapping[str, Any] | bytes) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=str).encode(
        errors="surrogatepass"
    )


def _event_id(snapshot: Snapshot) -> str:
    """Name the content at its time: a content that comes back after another one is a new event."""
    return f"{snapshot.fingerprint}@{int(snapshot.modified_at.timestamp())}"


def _fields(shop: ShopKey, way: Way, receipt: Receipt) -> dict[str, object]:
    order = str(receipt.order) if receipt.order else ""
    return {
        "shop": str(shop), "way": way.value, "status": receipt.status, "order": order,
        "reason": receipt.reason, "inbox_id": receipt.inbox_id,
    }  # fmt: skip

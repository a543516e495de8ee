"""What came in is weighed: translated, the person sealed away, compared with what is known, and at last settled.

All of it for many payloads at a time: a page of a list costs a handful of transactions, not a handful a payload.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar

from oms.domain.errors import Unavailable, Unmappable
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.domain.news import Known, News, is_news, is_news_after_the_end, mark_of, not_from_the_future
from oms.domain.order import PlatformStatus, Snapshot
from oms.http import read_json
from oms.ports import Channel, Mapped
from oms.store import PutAway, SeenNote, Settlement, Store

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Status = Literal["delivered", "repeated", "stale", "parked", "ended"]
Payload = Mapping[str, Any] | bytes

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
    says: PlatformStatus | None = None
    """What the platform says of the order; None for a payload that could not be read."""
    raw_status: str = ""
    """The same in the platform's own word."""
    wish: str = ""
    """The wish for another address that the payload tells of, by its name; empty when it tells of none."""
    inbox_id: str


class Offer(NamedTuple):
    """A payload in the inbox, translated."""

    inbox_id: str
    mapped: Mapped


class Kept(NamedTuple):
    """A payload in the inbox, translated and compared; personal data is in the vault already."""

    offer: Offer
    snapshot: Snapshot
    mark: str
    known: Known | None
    news: News
    note: str = ""

    @property
    def inbox_id(self) -> str:
        """Its row of the inbox."""
        return self.offer.inbox_id

    @property
    def event_id(self) -> str:
        """Name the content at its time: a content that comes back after another one is a new event."""
        fingerprint, _, _ = self.mark.partition(".")
        return f"{fingerprint}@{int(self.snapshot.modified_at.timestamp())}"


class Handed(NamedTuple):
    """A payload whose order was told; `taken` is the mailbox's answer, true also when there was nothing to tell."""

    kept: Kept
    taken: bool


def together(work: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T]) -> list[R | Exception]:
    """Do it for all at once, and where that fails for each alone: one bad item costs the others nothing.

    An outage would only be met again: then it is everybody's answer.
    """
    if not items:
        return []
    try:
        return list(work(items))
    except Unavailable as error:
        return [error] * len(items)
    except Exception as error:  # noqa: BLE001 - told to the caller, item by item
        if len(items) == 1:
            return [error]
        return [answer for item in items for answer in together(work, [item])]


class Scales:
    """Translate, compare and settle payloads. Synchronous; every method raises Unavailable with the database."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def translate(
        self, channel: Channel, payloads: Sequence[tuple[str, Payload]]
    ) -> Sequence[Offer | Receipt]:
        """Put payloads of the inbox into our words; a receipt at once for one that means nothing."""
        answers = [_offer(channel, inbox_id, payload) for inbox_id, payload in payloads]
        parked = [
            Settlement(answer.inbox_id, "parked", None, answer.reason)
            for answer in answers
            if isinstance(answer, Receipt)
        ]
        self._store.inbox.settle_all(parked)
        return answers

    def weigh(self, offers: Sequence[Offer]) -> Sequence[Kept]:
        """Compare with what is known, and put the persons of whatever is news into the vault: orders ask for them there."""
        snapshots = [self._with_digests(offer.mapped) for offer in offers]
        known = self._known([snapshot.key for snapshot in snapshots])
        kept = [
            self._compare(offer, snapshot, known.get(snapshot.key))
            for offer, snapshot in zip(offers, snapshots, strict=True)
        ]
        self._store.receivers.put_away(
            [
                PutAway(
                    each.snapshot.key, mapped.receiver, mapped.remark, mapped.buyer_id,
                    each.snapshot.receiver_digest, each.snapshot.buyer, each.snapshot.created_at,
                )
                for each, (_, mapped) in zip(kept, offers, strict=True)
                if each.news.matters
            ]
        )  # fmt: skip
        return kept

    def settle(self, told: Sequence[Handed]) -> Sequence[Receipt | Offer]:
        """Write down what became of the payloads, and remember what was last heard of their orders.

        An offer comes back that must be weighed again: what it was compared with has changed meanwhile.
        """
        refused = self._known([each.snapshot.key for each, taken in told if not taken])
        receipts = [
            _receipt(each) if taken else _receipt_after_the_end(each, refused.get(each.snapshot.key))
            for each, taken in told
        ]
        again = self._store.orders.note_seen(
            [
                SeenNote(each.snapshot.key, each.mark, each.snapshot.modified_at, _same_as(each))
                for (each, _), receipt in zip(told, receipts, strict=True)
                if receipt.status != "stale"
            ]
        )
        answers = [
            each.offer if each.snapshot.key in again else receipt
            for (each, _), receipt in zip(told, receipts, strict=True)
        ]
        self._store.inbox.settle_all(
            [
                Settlement(each.inbox_id, each.status, each.order, each.reason)
                for each in answers
                if isinstance(each, Receipt)
            ]
        )
        return answers

    def _with_digests(self, mapped: Mapped) -> Snapshot:
        """Return the snapshot with keyed digests in the person's place."""
        receivers, receiver = self._store.receivers, mapped.receiver
        digest = receivers.digest(receiver) if receiver is not None else ""
        digests = {"receiver_digest": digest, "buyer": receivers.buyer_digest(mapped.buyer_id)}
        return mapped.snapshot.model_copy(update=digests)

    def _compare(self, offer: Offer, digested: Snapshot, known: Known | None) -> Kept:
        snapshot = not_from_the_future(digested, self._clock())
        ahead = f"modified {digested.modified_at:%Y-%m-%d %H:%M} lies ahead; taken as now"
        note = "" if snapshot is digested else ahead
        return Kept(offer, snapshot, mark_of(snapshot), known, is_news(known, snapshot), note)

    def _known(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, Known]:
        """Put together what was last handed on and where the read model sees the orders."""
        seen, rows = self._store.orders.all_seen(keys), self._store.orders.all_known(keys)
        known = {
            key: Known(mark=row.fingerprint, modified_at=row.modified_at, stage=row.stage)
            for key, row in rows.items()
        }
        for key, (mark, modified_at) in seen.items():
            stage = rows[key].stage if key in rows else ""
            known[key] = Known(mark=mark, modified_at=modified_at, stage=stage)
        return known


def _same_as(kept: Kept) -> str:
    """Name what a word was found to repeat; nothing for one that was handed on."""
    return kept.known.mark if kept.known is not None and not kept.news.matters else ""


def _receipt(kept: Kept) -> Receipt:
    reason = "; ".join(filter(None, (kept.note, "" if kept.news.matters else kept.news.reason)))
    return _said(kept, _SETTLED[kept.news], kept.news, reason)


def _receipt_after_the_end(kept: Kept, known: Known | None) -> Receipt:
    if known is None:
        reason = "the order has ended, and the read model does not know it"
        return _said(kept, "ended", News.CHANGED, reason)
    news = is_news_after_the_end(known, kept.snapshot)
    if not news.matters:
        return _said(kept, _SETTLED[news], news, news.reason)
    ended_as, says = known.stage or "before our read model", kept.snapshot.raw_status
    reason = f"the order has ended ({ended_as}), yet the platform says {says!r}: look at it"
    return _said(kept, "ended", news, reason)


def _said(kept: Kept, status: Status, news: News, reason: str) -> Receipt:
    snapshot = kept.snapshot
    return Receipt(
        status=status, order=snapshot.key, reason=reason, news=news,
        modified_at=snapshot.modified_at, inbox_id=kept.inbox_id,
        says=snapshot.status, raw_status=snapshot.raw_status,
    )  # fmt: skip


def _offer(channel: Channel, inbox_id: str, payload: Payload) -> Offer | Receipt:
    try:
        return Offer(inbox_id, readable(channel.read, payload))
    except Unmappable as error:
        return Receipt(status="parked", reason=str(error), inbox_id=inbox_id)


def readable(read: Callable[[Mapping[str, Any]], T], payload: Payload) -> T:
    """Translate. Raises Unmappable, whatever the mapping stumbled over: one payload must not stop the others."""
    try:
        content = payload if isinstance(payload, Mapping) else read_json(payload)
    except ValueError:
        raise Unmappable("not JSON") from None
    if not isinstance(content, Mapping):
        raise Unmappable("not a JSON object")
    try:
        return read(content)
    except Unmappable:
        raise
    except Exception as error:
        log.exception("mapping.failed")
        raise Unmappable(f"our mapping failed ({type(error).__name__})") from None


def bytes_of(payload: Payload) -> bytes:
    """Write a payload as it is kept: as received, or as JSON when it came as an object."""
    if isinstance(payload, bytes):
        return payload
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode(errors="surrogatepass")

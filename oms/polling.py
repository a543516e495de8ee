"""Asking a shop what changed: every quarter of an hour since the cursor, every night the whole day again."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from oms.bans import Bans
from oms.domain.errands import PollDone, PollFailed, SweepDone
from oms.domain.errors import CredentialsExpired, InterfaceRetired, Misused, OmsError, RateLimited
from oms.domain.ids import ShopKey
from oms.domain.messages import Way
from oms.domain.news import News
from oms.domain.periods import BUSINESS_ZONE, Period
from oms.intake import Intake, Receipt
from oms.logs import words_of
from oms.ports import Channel, HasAfterSales
from oms.store import Completeness, Store
from oms.store.polls import Polls

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)
"""How far a window reaches back before the cursor: repetitions cost nothing, a late write of theirs would."""
LOOKBACK = timedelta(days=1)
"""How far back the very first poll of a shop begins."""
WHICH_TOLD, WHICH_SHOWN = 500, 20
"""How many recovered orders a sweep names to its caller, and in the completeness row; it counts them all."""
BAN_PATIENCE_S = 240.0
"""A longer ban fails the poll; the next one comes by schedule, and nobody asks in between."""
ALERT_AFTER = 3
"""Failed polls in a row before a person is told; a retired interface or an expired key is told at once."""

READS_KEPT = timedelta(days=8)
AFTER_SALES_MARK = "#after_sales"

Reads: TypeAlias = Callable[[datetime, datetime], AsyncIterator[Receipt]]
"""Reads a window of a list and hands on what is in it."""
Follow: TypeAlias = Callable[[], Awaitable[None]]


class Polling:
    """Fetch what changed, and count what is missing."""

    def __init__(
        self, store: Store, intake: Intake, channels: Mapping[ShopKey, Channel],
        clock: Callable[[], datetime], lookback: timedelta = LOOKBACK, *, follow: Follow | None = None,
    ) -> None:  # fmt: skip
        """Take whom to ask and who takes in; `follow` brings the channels up to the versions in force."""
        self._store = store
        self._intake = intake
        self._channels = channels
        self._clock = clock
        self._bans = Bans(store, clock)
        self._lookback = lookback
        self._follow = follow

    async def poll(self, shop: ShopKey, overlap: timedelta = OVERLAP) -> PollDone | PollFailed:
        """Take in everything modified since the cursor, then move the cursor to where the window ended.

        The cursor stands still until every payload of the window was delivered or parked. What goes
        wrong comes back as PollFailed. Raises Misused for a shop that nobody configured, and Unavailable
        when our own database cannot even note the failure.
        """
        orders = partial(self._all, await self._channel(shop), Way.POLL)
        return await self._poll(shop, self._store.polls, orders, overlap)

    async def poll_after_sales(
        self, shop: ShopKey, overlap: timedelta = OVERLAP
    ) -> PollDone | PollFailed | None:
        """Take in every after-sale modified since a cursor of its own, as `poll` does; None where a channel lists none."""
        channel = await self._channel(shop)
        if not isinstance(channel, HasAfterSales):
            return None
        cases = partial(self._all_cases, shop, channel, Way.POLL)
        return await self._poll(shop, self._store.case_polls, cases, overlap)

    async def _poll(
        self, shop: ShopKey, polls: Polls, read: Reads, overlap: timedelta
    ) -> PollDone | PollFailed:
        state = await asyncio.to_thread(polls.state, shop)
        until = self._clock()
        since = state.cursor - overlap if state.cursor else until - self._lookback
        try:
            counts = Counter([receipt.status for receipt in await self._patiently(shop, read, since, until)])
            await asyncio.to_thread(polls.advance, shop, until)
            await self._note_read(shop, polls, until, counts.total())
        except OmsError as error:
            return await asyncio.to_thread(_failed, shop, polls, error)
        except Exception as error:  # a fault in one shop's adapter must be counted and told like any other
            log.exception("poll.broken", extra={"shop": str(shop)})
            return await asyncio.to_thread(_failed, shop, polls, error)
        done = PollDone(
            seen=counts.total(), delivered=counts["delivered"], repeated=counts["repeated"] + counts["stale"],
            parked=counts["parked"] + counts["ended"], cursor=until,
            recovered_after=state.failures if state.alerted else 0,
        )  # fmt: skip
        log.info(
            "poll.finished",
            extra={"shop": str(shop), "since": since.isoformat(), **done.model_dump(mode="json")},
        )
        return done

    async def _note_read(self, shop: ShopKey, polls: Polls, at: datetime, rows: int) -> None:
        """Remember how many rows the list had: one that is suddenly empty against its own history is suspicious (R29)."""
        name = f"{shop}{AFTER_SALES_MARK}" if polls is self._store.case_polls else str(shop)
        await asyncio.to_thread(self._store.list_reads.note, name, at, rows, at - READS_KEPT)

    async def sweep(self, shop: ShopKey, since: datetime, until: datetime) -> SweepDone:
        """Compare the platform's list of [since, until] with ours and deliver what is missing.

        An order counts as recovered when the polls had passed it by when the sweep began; one that they had not come
        to yet, or that changes meanwhile, is delivered too, but was not missed. What a poll fetched only after a row of
        failures was missed too: it counts as late. Raises the errors of `oms.domain.errors` when the list breaks off.
        """
        channel = await self._channel(shop)
        state = await asyncio.to_thread(self._store.polls.state, shop)
        async with self._bans.heeding(shop):
            receipts = [receipt async for receipt in self._all(channel, Way.SWEEP, since, until)]
            cases = await self._sweep_after_sales(channel, since, until)
        late = await asyncio.to_thread(self._late, shop, Period(since=since, until=until), receipts)
        done = _completeness(receipts, state.cursor, late).model_copy(update=cases)
        await asyncio.to_thread(self._store.polls.completeness, _proof(shop, since, self._clock(), done))
        log.info("sweep.finished", extra={"shop": str(shop), **done.model_dump(mode="json")})
        return done

    def _late(self, shop: ShopKey, window: Period, receipts: list[Receipt]) -> frozenset[str]:
        """Return which orders only came with the poll that ended a row of failures within the window."""
        late = set[str]()
        for hole in self._store.holes.of_polls(shop, window.since, window.until):
            since = hole.since.replace(microsecond=0)  # platforms tell times in whole seconds
            within = {
                str(each.order) for each in receipts if each.order and each.modified_at and each.modified_at >= since
            }  # fmt: skip
            late |= self._store.holes.fetched(sorted(within), hole.since, hole.until or hole.since)
        return frozenset(late)

    async def _sweep_after_sales(
        self, channel: Channel, since: datetime, until: datetime
    ) -> Mapping[str, int]:
        """Deliver the after-sales that are missing; counts them as the orders are counted."""
        if not isinstance(channel, HasAfterSales):
            return {}
        state = await asyncio.to_thread(self._store.case_polls.state, channel.shop)
        read = self._all_cases(channel.shop, channel, Way.SWEEP, since, until)
        receipts = [receipt async for receipt in read]
        missed = sum(_was_missed(receipt, state.cursor) for receipt in receipts)
        return {"after_sales": len(receipts), "after_sales_recovered": missed}

    async def _patiently(self, shop: ShopKey, read: Reads, since: datetime, until: datetime) -> list[Receipt]:
        """Read the window; a ban that is over soon enough is waited for, to the second, and is no failure."""
        while True:
            try:
                async with self._bans.heeding(shop, BAN_PATIENCE_S):
                    return [receipt async for receipt in read(since, until)]
            except RateLimited as error:
                if error.retry_after is None or error.retry_after > BAN_PATIENCE_S:
                    raise
                log.info("poll.banned", extra={"shop": str(shop), "seconds": error.retry_after})

    async def _channel(self, shop: ShopKey) -> Channel:
        """Return the channel in the version that is in force now: whoever has just switched may read again at once."""
        if self._follow is not None:
            await self._follow()
        if shop not in self._channels:
            raise Misused(f"no shop {shop} is configured; known: {', '.join(map(str, self._channels))}")
        return self._channels[shop]

    async def _all(
        self, channel: Channel, way: Way, since: datetime, until: datetime
    ) -> AsyncIterator[Receipt]:
        async for page in channel.changed(since, until):
            for receipt in await self._intake.receive_all(channel.shop, way, page.payloads):
                yield receipt

    async def _all_cases(
        self, shop: ShopKey, channel: HasAfterSales, way: Way, since: datetime, until: datetime
    ) -> AsyncIterator[Receipt]:
        async for page in channel.after_sales(since, until):
            for receipt in await self._intake.cases.receive_all(shop, way, page.payloads):
                yield receipt


def _failed(shop: ShopKey, polls: Polls, error: Exception) -> PollFailed:
    words = words_of(error)
    failures = polls.failed(shop, words)
    due = failures >= ALERT_AFTER or isinstance(error, InterfaceRetired | CredentialsExpired)
    alert = due and polls.note_alerted(shop)
    log.warning(
        "poll.failed", extra={"shop": str(shop), "failures": failures, "reason": words, "alert": alert}
    )
    retired = interface_in(str(error), shop) if isinstance(error, InterfaceRetired) else ""
    return PollFailed(
        failures=failures, error=words, alert=alert, cursor=polls.state(shop).cursor, retired=retired
    )


def interface_in(words: str, shop: ShopKey) -> str:
    """Find the interface that an error speaks of: adapters write `shop: method: …` or `shop: GET path answered …`."""
    about = words.removeprefix(f"{shop}: ").partition(" answered ")[0].partition(": ")[0].partition(" (")[0]
    name = about.removeprefix("GET ").removeprefix("POST ").lstrip("/")
    return name if name and " " not in name else "orders"


def _completeness(
    receipts: list[Receipt], cursor: datetime | None, late: frozenset[str] = frozenset()
) -> SweepDone:
    """Count orders, not payloads: a list that moves while one pages through it names some of them twice."""
    orders: dict[str, Receipt] = {}
    for receipt in receipts:
        if receipt.order is not None:
            first = orders.setdefault(str(receipt.order), receipt)
            if receipt.status == "delivered" and first.status != "delivered":
                orders[str(receipt.order)] = receipt
    missed = [key for key, receipt in orders.items() if _was_missed(receipt, cursor)]
    parked = sum(receipt.status == "parked" for receipt in receipts)
    new = sum(receipt.news is News.NEW for receipt in orders.values())
    return SweepDone(
        platform=len(orders) + parked, ours=len(orders) - new, recovered=len(missed),
        which=tuple(sorted(missed)[:WHICH_TOLD]), parked=parked, late=len(late - set(missed)),
    )  # fmt: skip


def _proof(shop: ShopKey, since: datetime, checked_at: datetime, done: SweepDone) -> Completeness:
    shown = ", ".join(done.which[:WHICH_SHOWN])
    more = f" and {done.recovered - WHICH_SHOWN} more" if done.recovered > WHICH_SHOWN else ""
    late = f"{done.late} came with a poll after failed ones" if done.late else ""
    return Completeness(
        shop=shop, day=since.astimezone(BUSINESS_ZONE).date(), platform_count=done.platform, our_count=done.ours,
        delivered=done.recovered + done.late, parked=done.parked, note="; ".join(filter(None, (shown + more, late))),
        checked_at=checked_at,
    )  # fmt: skip


def _was_missed(receipt: Receipt, cursor: datetime | None) -> bool:
    if receipt.status != "delivered" or cursor is None or receipt.modified_at is None:
        return receipt.status == "delivered"
    return receipt.modified_at <= cursor

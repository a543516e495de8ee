"""Looking after parcels that say nothing: ask the carrier, follow them anew, tell people of a missing first scan."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from oms.domain.card import clock
from oms.domain.errands import WatchDone
from oms.domain.errors import Misused, OmsError
from oms.domain.handover import Notice
from oms.domain.ids import ShopKey
from oms.domain.watch import Silence, Watched, risk_change, risk_notices
from oms.logs import words_of
from oms.ports import ParcelReport, Tracking
from oms.reports import ParcelReports
from oms.rules.table import RuleTable
from oms.rules.tables import Tables
from oms.store import Limits, LimitsOfShops, Store

log = logging.getLogger(__name__)

LOCK = timedelta(minutes=30)
"""Kuaidi100 locks a number that is asked for twice within it, and wants as long before it follows one again it gave up."""
HOPELESS = timedelta(days=1)
"""How long nobody asks again for what was refused, or whose end the carrier has told."""
MOST = 500
"""Parcels of one round, those that have waited longest first; the turn of the others comes in the next."""
AT_ONCE = 4
BREAK_AFTER = 3
"""So many failures in a row, and nobody asks any more in this round: the carrier's interface is away."""

Tell = Callable[[Notice], Awaitable[None]]


class Silences:
    """How long the parcels of each shop may be silent, at a pace."""

    def __init__(
        self, table: RuleTable, platforms: Mapping[ShopKey, str], pace: int, at: datetime | None = None
    ) -> None:
        """Take the rules, by which row each shop lives, and the moment whose campaigns and dated rows count."""
        self._at = at
        self._table = table
        self._platforms = platforms
        self._pace = pace
        self.lock = LOCK / pace
        self.hopeless = HOPELESS / pace

    def of(self, shop: ShopKey | None) -> Silence:
        """Return a shop's figures; the defaults for one that is not configured any more."""
        platform = self._platforms.get(shop, "") if shop else ""
        figures = self._table.row(platform, str(shop or ""), self._at).parcel
        return Silence(
            platform=platform or "defaults", version=self._table.version,
            first_scan_within=figures.first_scan_within / self._pace,
            silent_after=figures.silent_after / self._pace,
            query_again_after=max(figures.query_again_after, LOCK) / self._pace,
        )  # fmt: skip

    def limits(self, now: datetime) -> LimitsOfShops:
        """Return the moments that tell silent parcels from others now."""
        usual = _limits(self.of(None), now)
        every = {shop: _limits(self.of(shop), now) for shop in self._platforms}
        return LimitsOfShops(usual, {shop: each for shop, each in every.items() if each != usual})


def _limits(silence: Silence, now: datetime) -> Limits:
    return Limits(now - silence.silent_after, now - silence.first_scan_within)


class Watching:
    """Finds the parcels in the read model; no order's history knows of this unless something changes for the order."""

    def __init__(
        self, store: Store, tracking: Tracking, reports: ParcelReports, tables: Tables,
        platforms: Mapping[ShopKey, str], clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._store = store
        self._tracking = tracking
        self._reports = reports
        self._tables = tables
        self._platforms = platforms
        self._clock = clock

    async def round(self, pace: int, tell: Tell) -> WatchDone:
        """Look after every parcel that needs it, once. What goes wrong with one delays no other.

        Raises Unavailable when our own database cannot say which.
        """
        now = self._clock()
        table = await asyncio.to_thread(self._tables.in_force, now)
        silences = Silences(table, self._platforms, pace, now)
        find = self._store.watch.due
        parcels = await asyncio.to_thread(find, silences.limits(now), now - silences.lock, now, MOST)
        turn = _Round(self._store, self._tracking, self._reports, silences, now, tell)
        await asyncio.gather(*(turn.look_after(parcel) for parcel in parcels))
        done = await turn.close(len(parcels))
        if parcels:
            log.info("parcels.watched", extra=done.model_dump())
        return done


class _Answer(NamedTuple):
    words: str
    picked_up: bool = False


class _Round:
    """One round: how many at once, what came of it, and whether nobody asks any more."""

    def __init__(
        self, store: Store, tracking: Tracking, reports: ParcelReports, silences: Silences, now: datetime, tell: Tell
    ) -> None:  # fmt: skip
        self._store = store
        self._tracking = tracking
        self._reports = reports
        self._silences = silences
        self._now = now
        self._tell = tell
        self._places = asyncio.Semaphore(AT_ONCE)
        self._counts: Counter[str] = Counter()
        self._in_a_row = 0
        self._error = ""

    async def close(self, due: int) -> WatchDone:
        """Sum up; when the carriers cannot be asked at all, a person is told, once a day."""
        if self._in_a_row >= BREAK_AFTER:
            day = clock(self._now).split()[0]
            await self._tell(
                Notice(
                    id=f"watch-parcels:{day}", to="operations", severity="red", title="parcels cannot be asked for",
                    body=f"The carriers' tracking does not answer: {self._error}. Silent parcels stay unasked until it does.",
                )
            )  # fmt: skip
        return WatchDone(due=due, error=self._error, **self._counts)

    async def look_after(self, parcel: Watched) -> None:
        async with self._places:
            try:
                await self._serve(parcel)
            except Exception as error:  # noqa: BLE001 - one parcel's trouble must not keep the others waiting
                self._failed(parcel, error)

    async def _serve(self, parcel: Watched) -> None:
        rules, now = self._silences.of(parcel.order.shop_key), self._now
        rested = parcel.rest_until is None or parcel.rest_until <= now
        unscanned = parcel.risk_at is None and parcel.lacks_first_scan(rules, now)
        may_ask = rested and self._in_a_row < BREAK_AFTER
        given_up = parcel.gave_up_at is not None and parcel.gave_up_at <= now - self._silences.lock
        if may_ask and given_up:
            await self._follow_again(parcel)
        answer = _Answer(parcel.answer)
        if rested and (unscanned or parcel.is_silent(rules, now)):
            answer = await self._ask(parcel, rules) if may_ask else _Answer("")
        if unscanned and answer.words and not answer.picked_up:
            await self._warn(parcel.model_copy(update={"answer": answer.words}), rules)

    async def _ask(self, parcel: Watched, rules: Silence) -> _Answer:
        """Ask the carrier and hand on what it says, like a callback.

        The number rests before it is asked, so that nothing that breaks off asks twice within the lock.
        """
        waybill, watch = parcel.waybill, self._store.watch
        if not await asyncio.to_thread(watch.claim, waybill, self._now, self._now + self._silences.lock):
            return _Answer("")
        self._counts["asked"] += 1
        try:
            report = await self._tracking.query(waybill, parcel.carrier, await self._phone_tail(parcel))
        except Misused as error:  # an answer about this number, such as a phone that does not fit
            self._in_a_row = 0
            return await self._rest(waybill, _Answer(words_of(error)), self._silences.hopeless)
        self._in_a_row = 0
        if report is None:
            return await self._rest(waybill, _Answer("nobody knows it"), rules.query_again_after)
        heard = await self._reports.answered(waybill, report)
        self._counts["healed"] += heard.is_told
        rest = self._silences.hopeless if report.finished else rules.query_again_after
        return await self._rest(waybill, _Answer(_in_words(report), report.picked_up_at is not None), rest)

    async def _rest(self, waybill: str, answer: _Answer, rest: timedelta) -> _Answer:
        await asyncio.to_thread(self._store.watch.answered, waybill, answer.words, self._now + rest)
        return answer

    async def _follow_again(self, parcel: Watched) -> None:
        try:
            await self._tracking.subscribe(parcel.waybill, parcel.carrier, await self._phone_tail(parcel))
            self._counts["followed_again"] += 1
        except Misused as error:  # then it is asked for, as every silent parcel is
            log.warning("parcel.not_followed", extra={"waybill": parcel.waybill, "reason": words_of(error)})
        await asyncio.to_thread(self._store.watch.followed_again, parcel.waybill)

    async def _warn(self, parcel: Watched, rules: Silence) -> None:
        """Tell people of a missing first scan, and write it into the order's timeline; both once."""
        for notice in risk_notices(parcel, rules):
            await self._tell(notice)
        watch = self._store.watch
        change = risk_change(parcel, rules, await asyncio.to_thread(watch.sequence, parcel.order), self._now)
        await asyncio.to_thread(watch.at_risk, parcel.waybill, self._now, change, parcel.order)
        self._counts["at_risk"] += 1
        log.warning("parcel.not_scanned", extra={"order": str(parcel.order), "waybill": parcel.waybill})

    async def _phone_tail(self, parcel: Watched) -> str:
        find, purpose = self._store.receivers.newest_phone_tail, f"track {parcel.waybill}"
        return await asyncio.to_thread(find, parcel.order, "orderloom", purpose)

    def _failed(self, parcel: Watched, error: Exception) -> None:
        self._in_a_row += 1
        self._counts["failed"] += 1
        self._error = words_of(error)
        extra = {"order": str(parcel.order), "waybill": parcel.waybill, "reason": self._error}
        log.warning("parcel.watch_failed", extra=extra, exc_info=not isinstance(error, OmsError))


def _in_words(report: ParcelReport) -> str:
    said = report.event
    return f"{said.state} ({said.raw_state or 'no code'}) at {clock(said.at)}"

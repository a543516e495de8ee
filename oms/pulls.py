"""What polls mean for people: which condition is open because of them, and since when nothing was fetched (R5, R29)."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from oms.domain.alerts import AlertKind, Condition
from oms.domain.conditions import key_of
from oms.domain.errands import PollFailed
from oms.domain.ids import ShopKey
from oms.domain.interfaces import Interface
from oms.domain.periods import BUSINESS_ZONE
from oms.polling import ALERT_AFTER, LOOKBACK
from oms.ports.alarms import Alarms
from oms.store import Store
from oms.store.holes import FoundBy
from oms.switchboard import Neighbours

AFTER_SALES = "after-sales"
"""The list of a shop that is not its orders."""
TO_DO = "Set api_version in the shops file, then say `starter.py shops apply`."
Known = Callable[[str, str], Interface | None]
"""Finds an interface in the register, by system and name; it may take its time."""


class Pulls:
    """Opens and closes the conditions `pulls:…`, `retired:…` and `cursor:…` of the shops that are polled."""

    def __init__(
        self, alarms: Alarms, store: Store, neighbours: Callable[[ShopKey], Neighbours],
        clock: Callable[[], datetime], known: Known = lambda _system, _name: None,
    ) -> None:  # fmt: skip
        """Take whoever is told, our memory, who else is concerned, the time, and the register."""
        self._alarms = alarms
        self._store = store
        self._neighbours = neighbours
        self._clock = clock
        self._known = known

    async def failed(self, shop: ShopKey, answer: PollFailed, which: str = "", switched_to: str = "") -> None:
        """Tell people when it is time: of a retired interface at once, of other failures at the third, or as said.

        `switched_to` is the version that we have gone over to by ourselves. Raises Unavailable when nobody could be told.
        """
        since = answer.cursor or self._clock() - LOOKBACK
        if answer.retired:
            await self._open(shop, await self._retired(shop, answer, since, switched_to), which)
        if answer.failures >= ALERT_AFTER or (answer.alert and not answer.retired):
            await self._open(shop, _failing(shop, answer, which, since), which)

    async def done(self, shop: ShopKey, which: str = "") -> None:
        """Close what a poll that came through ends. Raises Unavailable when that could not be said."""
        now = self._clock()
        for hole in await asyncio.to_thread(self._store.holes.open, shop):
            if hole.found_by == _finder(which):
                since = hole.since.astimezone(BUSINESS_ZONE)
                why = f"{shop} can be fetched again; everything since {since:%m-%d %H:%M:%S} is fetched"
                await self._alarms.over(hole.condition, now, why)
                await asyncio.to_thread(self._store.holes.end, hole.condition, now, found_by=(hole.found_by,))

    async def look_at_the_cursors(self, shops: Sequence[ShopKey], oldest: timedelta) -> None:
        """Tell people of every cursor older than that: also when no poll runs at all, for whoever calls this does."""
        now = self._clock()
        for shop in shops:
            state = await asyncio.to_thread(self._store.polls.state, shop)
            if state.cursor is not None and now - state.cursor > oldest:
                await self._open(shop, _old(shop, state.cursor, now))

    async def _open(self, shop: ShopKey, condition: Condition, which: str = "") -> None:
        begin = self._store.holes.begin
        await asyncio.to_thread(begin, shop, condition.key, condition.since, _finder(which))
        await self._alarms.open(condition)

    async def _retired(
        self, shop: ShopKey, answer: PollFailed, since: datetime, switched_to: str
    ) -> Condition:
        around, name = self._neighbours(shop), f"{shop.channel}/{answer.retired}"
        known = await asyncio.to_thread(self._known, shop.channel, answer.retired)
        successor = (known.successor if known else "") or ", ".join(around.others) or "none that we speak"
        ended = f"; it was to end on {known.expires_at:%Y-%m-%d} ({known.expiry_source})" if known and known.expires_at else ""  # fmt: skip
        shops = ", ".join(map(str, around.shops))
        today = self._clock().astimezone(BUSINESS_ZONE)
        todo = f"We speak {switched_to} from now on, as `fallback: true` allows." if switched_to else TO_DO
        return Condition(
            key=key_of("retired", name, str(shop)), kind=AlertKind.INTERFACE_RETIRED, severity="red", shop=str(shop),
            interface=name, since=since, title=f"{name} ({around.version}) does not exist any more: {shop}",
            body=f"{name}, version {around.version}, answered on {today:%Y-%m-%d %H:%M:%S} that it is gone{ended}. "
            f"Successor: {successor}. Shops: {shops}. Nothing of {shop} was fetched since {_said(since)}. "
            f"{todo} The hole fills by itself.",
        )  # fmt: skip


def _failing(shop: ShopKey, answer: PollFailed, which: str, since: datetime) -> Condition:
    what = f"the {which} of {shop}" if which else str(shop)
    return Condition(
        key=_pulls_key(shop, which), kind=AlertKind.PULLS_FAILING, severity="red", shop=str(shop),
        since=since, title=f"polling {what} fails",
        body=f"{answer.failures} polls of {what} have failed in a row: {answer.error}. "
        f"Nothing was fetched since {_said(since)}; the cursor stands, and the next poll that comes through fetches it all.",
    )  # fmt: skip


def _old(shop: ShopKey, cursor: datetime, now: datetime) -> Condition:
    return Condition(
        key=f"cursor:{shop}", kind=AlertKind.CURSOR_OLD, severity="red", shop=str(shop), since=cursor,
        title=f"{shop} was last fetched {_said(cursor)}",
        body=f"No poll of {shop} has come through for {(now - cursor).total_seconds() / 60:.0f} minutes. "
        f"Is a worker running, and is the Schedule poll:{shop} paused? `starter.py schedules list` says.",
    )  # fmt: skip


def _finder(which: str) -> FoundBy:
    return "cases" if which else "poll"


def _pulls_key(shop: ShopKey, which: str) -> str:
    return f"pulls:{shop}/{which}" if which else f"pulls:{shop}"


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"

"""One JD shop as a channel, over routerjson or SP-API."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.jd import reveal
from oms.channels.jd.aftersales import Cancellations
from oms.channels.jd.config import SP_API, VERSIONS, JdConfig
from oms.channels.jd.mapping import to_mapped
from oms.channels.jd.oauth import TokenInterface
from oms.channels.jd.orders import MOST_PAGES, PAGE_SIZE, FindsOrders, RouterjsonOrders, SpOrders, mark
from oms.channels.jd.routerjson import Routerjson
from oms.channels.jd.sp_api import SpApi
from oms.channels.jd.writeback import WriteBack
from oms.checkups import failed, fine
from oms.clock import wall_clock
from oms.domain.errors import OmsError
from oms.domain.ids import ShopKey
from oms.domain.model import Moment
from oms.domain.receiver import Receiver
from oms.http import Http
from oms.paging import Numbered, NumberedList, Window, walk_backwards
from oms.ports import (
    AfterSale,
    Answered,
    AnswerRefused,
    Checkup,
    Mapped,
    Page,
    Properties,
    ShippedParcel,
    Tokens,
    WriteBackRefused,
    WrittenBack,
)
from oms.sessions import Session, first_token

A_MINUTE = timedelta(minutes=1)

PROPERTIES = Properties(
    same_buyer_everywhere=True,
    first_page=1,
    walk="backwards",
    page_size=PAGE_SIZE,
    longest_window=timedelta(days=28),
    bounds="closed",
    time_unit="text",
    amount_unit="yuan_text",
    most_rows=PAGE_SIZE * MOST_PAGES,
    calls_per_second=10,
    token_life=timedelta(days=1),
    push="none",
    versions=VERSIONS,
)
"""Of routerjson; SP-API counts time in epoch milliseconds and is held to the same pages and windows.

JD allows a month, the shortest of which has 28 days. Ten calls a second is what we allow ourselves, and a
day the shortest life of a token we know of [M]: JD names neither, except each token's own life with it.
There is no push: its message format is in no public source, so everything is polled.
"""


class Jd:
    """A shop's orders, found, fetched and written back to; fulfils `oms.ports.Channel`.

    Also CorrectsWaybills, HasAfterSales (wishes to cancel before the goods left) and RevealsReceivers.
    An address change is not asked at JD: the buyer's new address simply stands.
    """

    def __init__(
        self, config: JdConfig, http: Http, tokens: Tokens, now: Callable[[], datetime] = wall_clock
    ) -> None:
        self._config = config
        self._now = now
        first = first_token(config.access_token, config.refresh_token)
        session = Session(config.shop, first, tokens, TokenInterface(config, http, now).refresh, now)
        self._router = Routerjson(config, http, session, now)
        self._finder: Routerjson | SpApi = self._router
        self._orders: FindsOrders = RouterjsonOrders(self._router)
        if config.version == SP_API:
            self._finder = SpApi(config, http, session, now)
            self._orders = SpOrders(self._finder)
        self._write_back = WriteBack(config, self._router)
        self._cancellations = Cancellations(config.shop, self._router)

    @property
    def shop(self) -> ShopKey:
        """Which shop."""
        return self._config.shop

    @property
    def properties(self) -> Properties:
        """What JD's interface is like."""
        return PROPERTIES

    async def check(self) -> Checkup:
        """Ask for one order of the last minute, the least that needs a valid token and a living interface."""
        found, now = fine(self.shop, self._config.version), self._now()
        try:
            await self._orders.page(Window(now - A_MINUTE, now), 1, 1)
        except OmsError as error:
            found = failed(found, error)
        return found.model_copy(update={"clock_skew_seconds": self._finder.skew})

    async def ask_page(self, window: Window, number: int) -> Numbered:
        """One page of everything modified in a window."""
        return await self._orders.page(window, number)

    def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every order modified in the window; see `oms.paging.walk_backwards` for why none is lost.

        JD's documents ask for no such care [M], but its pages are cut anew for every question like any other's.
        """
        wanted = NumberedList(
            ask=self.ask_page,
            mark=mark,
            page_size=PAGE_SIZE,
            longest=PROPERTIES.longest_window,
            most_rows=PROPERTIES.most_rows,
        )
        return walk_backwards(wanted, since, until)

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """The order as JD knows it now; None when JD says that it knows none."""
        if not (number.isascii() and number.isdecimal()):
            return None
        return await self._orders.find(number)

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Tell JD that a parcel left; told twice, it knows it once."""
        return await self._write_back.tell(parcel)

    async def correct_waybill(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put the parcel's waybill in the place of the wrong one."""
        return await self._write_back.correct(parcel, wrong)

    def after_sales(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every wish to cancel before the goods left, modified in the window."""
        return self._cancellations.changed(since, until)

    async def fetch_after_sale(self, case: str, order: str) -> Mapping[str, Any] | None:  # noqa: ARG002 - ids suffice
        """Return the wish to cancel as JD knows it now; None when it knows none."""
        return await self._cancellations.fetch(case)

    def read_after_sale(self, payload: Mapping[str, Any]) -> AfterSale:
        """Translate a wish to cancel. Raises Unmappable."""
        return self._cancellations.read(payload)

    async def answer_after_sale(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree to a cancellation or refuse it."""
        return await self._cancellations.answer(case, accept=accept, why=why)

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Return the receiver as a carrier needs it."""
        return await reveal.reveal(self._router, number, receiver)

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload. Raises Unmappable."""
        return to_mapped(payload, self.shop, now=self._now())

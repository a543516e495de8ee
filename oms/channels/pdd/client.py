"""One Pinduoduo shop as a channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.pdd.aftersales import AfterSales, to_after_sale
from oms.channels.pdd.config import PddConfig
from oms.channels.pdd.ewaybills import Ewaybills
from oms.channels.pdd.gateway import Gateway
from oms.channels.pdd.listing import LONGEST, PAGE_SIZE, OrderList
from oms.channels.pdd.mapping import to_mapped
from oms.channels.pdd.pmc import Pmc
from oms.channels.pdd.reveal import reveal
from oms.channels.pdd.writeback import WriteBack
from oms.checkups import failed, fine
from oms.clock import wall_clock
from oms.domain.errors import OmsError
from oms.domain.ids import ShopKey
from oms.domain.model import Moment
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.http import Http
from oms.paging import Numbered, Window
from oms.ports import (
    AfterSale,
    Answered,
    AnswerRefused,
    Checkup,
    Drawn,
    DrawRefused,
    Mapped,
    Page,
    Properties,
    ShippedParcel,
    Take,
    Tokens,
    WaybillWish,
    WriteBackRefused,
    WrittenBack,
)

PROPERTIES = Properties(
    first_page=1,
    walk="backwards",
    page_size=PAGE_SIZE,
    longest_window=LONGEST,
    bounds="closed",
    time_unit="seconds",
    amount_unit="yuan_number",
    calls_per_second=10,
    ships_in_parts=False,
    token_life=timedelta(days=1),
    push="websocket",
    versions=("V1",),
)
"""Pinduoduo publishes no quota for one shop; ten calls a second is what we allow ourselves."""
TOO_FAR_APART_S = 300
"""The platform refuses a clock that is ten minutes off; half of that is worth a word."""
MINUTE = timedelta(minutes=1)


class Pinduoduo:
    """A shop's orders, found, fetched, heard of and written back to.

    Fulfils `oms.ports.Channel`, `CorrectsWaybills`, `HasAfterSales`, `RevealsReceivers`, `DrawsWaybills` and `Listens`.
    """

    def __init__(
        self, config: PddConfig, http: Http, tokens: Tokens, now: Callable[[], datetime] = wall_clock
    ) -> None:
        self._config = config
        self._now = now
        self._gateway = Gateway(config, http, tokens, now)
        self._orders = OrderList(self._gateway, timedelta(seconds=config.settle_seconds), now)
        self._write_back = WriteBack(self._gateway)
        self._after_sales = AfterSales(self._gateway, config.shop, config.return_address_id)
        self._pmc = Pmc(config, now)
        self._ewaybills = Ewaybills(self._gateway, config.waybill_template_url, config.mall_id)

    @property
    def shop(self) -> ShopKey:
        """Which shop."""
        return self._config.shop

    @property
    def properties(self) -> Properties:
        """What the platform's interface is like."""
        return PROPERTIES

    def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every order modified in the window, as far as the platform's list has come to rest."""
        return self._orders.changed(since, until)

    async def ask_page(self, window: Window, number: int) -> Numbered:
        """Ask for one page of a window of at most half an hour."""
        return await self._orders.ask_page(window, number)

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """The order as the platform knows it now; None when it knows none."""
        return await self._orders.fetch(number)

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Tell the platform that a parcel left; told twice, it knows it once."""
        return await self._write_back.tell(parcel)

    async def correct_waybill(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put `parcel.waybill` in the place of the wrong one; asked twice, it is changed once."""
        return await self._write_back.correct(parcel, wrong)

    def after_sales(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every after-sale modified in the window."""
        return self._after_sales.changed(since, until)

    async def fetch_after_sale(self, case: str, order: str) -> Mapping[str, Any] | None:
        """Return the after-sale as the platform knows it now; None when it knows none."""
        return await self._after_sales.fetch(case, order, self._now())

    def read_after_sale(self, payload: Mapping[str, Any]) -> AfterSale:
        """Translate an after-sale. Raises Unmappable."""
        return to_after_sale(payload, self.shop)

    async def answer_after_sale(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree; a refusal the platform takes from a person only."""
        return await self._after_sales.answer(case, accept=accept, why=why)

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Return the receiver as a carrier needs it; raises Unavailable, RateLimited or Misused."""
        return await reveal(self._gateway, number, receiver)

    async def draw_waybill(
        self,
        wish: WaybillWish,
        sender: Sender,
        receiver: Receiver,  # noqa: ARG002 - the order's ciphers name it
    ) -> Drawn | DrawRefused:
        """Draw one of Pinduoduo's numbers; the receiver travels as the order's ciphers."""
        return await self._ewaybills.draw(wish, sender)

    async def give_back_waybill(self, code: str, waybill: str, carrier: str) -> None:  # noqa: ARG002 - the number is enough
        """Give a number back to Pinduoduo. Raises Misused when it was used."""
        await self._ewaybills.give_back(waybill, carrier)

    async def listen(self, take: Take) -> None:
        """Hand on every message and confirm it once taken; runs until cancelled or the connection fails."""
        await self._pmc.listen(take)

    async def check(self) -> Checkup:
        """Ask for the platform's clock and for one order, the least that needs a valid token."""
        found = fine(self.shop, self._config.version)
        try:
            theirs = await self._gateway.time()
            skew = round((theirs - self._now()).total_seconds())
            until = theirs.replace(microsecond=0) - timedelta(seconds=self._config.settle_seconds)
            await self._orders.ask_page(Window(until - MINUTE, until), 1)
        except OmsError as error:
            return failed(found, error)
        far = abs(skew) > TOO_FAR_APART_S
        problem = f"our clock is {abs(skew)} s away from Pinduoduo's: set it" if far else ""
        return found.model_copy(update={"clock_skew_seconds": skew, "problem": problem})

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload. Raises Unmappable."""
        return to_mapped(payload, self.shop, now=self._now())

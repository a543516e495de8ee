"""One Taobao or Tmall shop as a channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any

from oms.channels.taobao import checkup
from oms.channels.taobao.aftersales import AfterSales, to_after_sale
from oms.channels.taobao.config import TaobaoConfig
from oms.channels.taobao.ewaybills import Ewaybills
from oms.channels.taobao.gateway import Gateway, Shop
from oms.channels.taobao.listing import LONGEST, PAGE_SIZE, Listing
from oms.channels.taobao.mapping import to_mapped
from oms.channels.taobao.messages import Messages
from oms.channels.taobao.reveal import reveal
from oms.channels.taobao.tokens import Renewal
from oms.channels.taobao.trades import Trades
from oms.channels.taobao.writeback import WriteBack
from oms.clock import wall_clock
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
from oms.sessions import Session, first_token

PROPERTIES = Properties(
    same_buyer_everywhere=True,
    first_page=1,
    walk="backwards",
    page_size=PAGE_SIZE,
    longest_window=LONGEST,
    bounds="closed",
    time_unit="text",
    amount_unit="yuan_text",
    calls_per_second=20,
    token_life=timedelta(days=1),
    push="pull",
    versions=("2.0",),
)
"""The platform publishes no quota for one shop, and a token's life depends on the application: both are usual ones."""


class Taobao:
    """A shop's trades, found, fetched, revealed and written back to; fulfils `oms.ports.Channel` and more."""

    def __init__(
        self, config: TaobaoConfig, http: Http, tokens: Tokens, now: Callable[[], Moment] = wall_clock
    ) -> None:
        self._config = config
        self._now = now
        self._gateway = Gateway(config, http, now)
        first = first_token(config.access_token, config.refresh_token)
        renewal = Renewal(config.shop, self._gateway, now)
        self._shop = Shop(self._gateway, Session(config.shop, first, tokens, renewal, now))
        self._trades = Trades(self._shop)
        self._listing = Listing(self._shop, self._trades, now)
        self._write_back = WriteBack(self._shop, self._trades)
        self._after_sales = AfterSales(config.shop, self._shop, config.return_address_id)
        self._ewaybills = Ewaybills(self._shop, config.waybill_template_url, config.seller_id)

    @property
    def shop(self) -> ShopKey:
        """Which shop."""
        return self._config.shop

    @property
    def properties(self) -> Properties:
        """What the platform's interface is like."""
        return PROPERTIES

    async def check(self) -> Checkup:
        """Ask the time and for a trade; never raises for what it finds."""
        return await checkup.check(self._config, self._gateway, self._shop, self._now)

    def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every trade modified in the window, each page as `Listing.changed` finds it."""
        return self._listing.changed(since, until)

    async def ask_page(self, window: Window, number: int) -> Numbered:
        """One page of a window's list, as the platform numbers them."""
        return await self._listing.ask_page(window, number)

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """The trade as the platform knows it now; None when it knows none."""
        return await self._trades.fetch(number)

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload. Raises Unmappable."""
        return to_mapped(payload, self.shop, now=self._now())

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Tell the platform that a parcel left; told twice, it knows it once."""
        return await self._write_back.tell(parcel)

    async def correct_waybill(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put the parcel's waybill in the place of the wrong one, as the platform allows for fifty days."""
        return await self._write_back.correct(parcel, wrong)

    def after_sales(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every after-sale modified in the window."""
        return self._after_sales.changed(since, until)

    async def fetch_after_sale(self, case: str, order: str) -> Mapping[str, Any] | None:  # noqa: ARG002 - ids suffice
        """Return the after-sale as the platform knows it now; None when it knows none."""
        return await self._after_sales.fetch(case)

    def read_after_sale(self, payload: Mapping[str, Any]) -> AfterSale:
        """Translate an after-sale. Raises Unmappable."""
        return to_after_sale(payload, self.shop)

    async def answer_after_sale(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse."""
        return await self._after_sales.answer(case, accept=accept, why=why)

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Return the receiver as a carrier needs it. Raises Unavailable, RateLimited or Misused."""
        return await reveal(self._shop, number, receiver, self._config.oaid_scene)

    async def draw_waybill(
        self, wish: WaybillWish, sender: Sender, receiver: Receiver
    ) -> Drawn | DrawRefused:
        """Draw one of Cainiao's numbers; the receiver travels as its oaid."""
        return await self._ewaybills.draw(wish, sender, receiver)

    async def give_back_waybill(self, code: str, waybill: str, carrier: str) -> None:  # noqa: ARG002 - the number is enough
        """Give a number back to Cainiao. Raises Misused when it was used."""
        await self._ewaybills.give_back(waybill, carrier)

    async def listen(self, take: Take) -> None:
        """Hand on the platform's messages until cancelled. Raises Unavailable when the platform fails us."""
        await Messages(self._config, self._gateway).listen(take)

"""One Douyin shop as a channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.douyin import push
from oms.channels.douyin.addresses import Addresses
from oms.channels.douyin.aftersales import AfterSales, to_after_sale
from oms.channels.douyin.config import LARGEST_PAGE, MOST_ROWS, DouyinConfig
from oms.channels.douyin.ewaybills import Ewaybills
from oms.channels.douyin.gateway import Gateway
from oms.channels.douyin.listing import FIRST_PAGE, LONGEST_WINDOW, OrderPages, order_mark
from oms.channels.douyin.mapping import to_mapped
from oms.channels.douyin.orders import Orders
from oms.channels.douyin.writeback import WriteBack
from oms.checkups import failed, fine
from oms.clock import wall_clock
from oms.domain.errors import OmsError
from oms.domain.ids import ShopKey
from oms.domain.model import Moment
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.http import Http
from oms.paging import Numbered, NumberedList, Window, walk_backwards
from oms.ports import (
    AfterSale,
    Answered,
    AnswerRefused,
    Call,
    Checkup,
    Drawn,
    DrawRefused,
    Heard,
    Mapped,
    Page,
    Properties,
    ShippedParcel,
    Tokens,
    WaybillWish,
    WriteBackRefused,
    WrittenBack,
)

PROPERTIES = Properties(
    same_buyer_everywhere=True,
    first_page=0,
    walk="backwards",
    page_size=LARGEST_PAGE,
    longest_window=LONGEST_WINDOW,
    bounds="closed",
    time_unit="seconds",
    amount_unit="fen",
    most_rows=MOST_ROWS,
    calls_per_second=20,
    token_life=timedelta(days=7),
    push="webhook",
    versions=("2",),
)
"""Twenty calls a second is what we allow ourselves: the platform grants each app its own and names no figure."""


class Douyin:
    """A shop's orders on Doudian; fulfils Channel and every capability but `Listens`."""

    def __init__(
        self, config: DouyinConfig, http: Http, tokens: Tokens, now: Callable[[], datetime] = wall_clock
    ) -> None:
        self._config = config
        self._now = now
        self._gateway = Gateway(config, http, tokens, now)
        self._orders = Orders(self._gateway)
        self._pages = OrderPages(self._gateway, config.page_size)
        self._write_back = WriteBack(self._gateway, self._orders)
        self._addresses = Addresses(self._gateway, self._orders)
        self._after_sales = AfterSales(config, self._gateway)
        self._ewaybills = Ewaybills(self._gateway, self._orders)

    @property
    def shop(self) -> ShopKey:
        """Which shop."""
        return self._config.shop

    @property
    def properties(self) -> Properties:
        """What the shop's interface is like."""
        return PROPERTIES

    def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every order modified in the window; see `oms.paging.walk_backwards` for why none is lost."""
        orders = NumberedList(
            ask=self.ask_page,
            mark=order_mark,
            page_size=self._config.page_size,
            longest=LONGEST_WINDOW,
            first_page=FIRST_PAGE,
            most_rows=self._config.most_rows,
        )
        return walk_backwards(orders, since, until)

    async def ask_page(self, window: Window, number: int) -> Numbered:
        """Return one page of the orders changed in a window, the least recently changed first."""
        return await self._pages.ask(window, number)

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """The order as the platform knows it now; None when it knows none."""
        return await self._orders.fetch(number)

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Tell the platform that a parcel left; told twice, it knows it once."""
        return await self._write_back.tell(parcel)

    async def correct_waybill(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put `parcel.waybill` in the place of the `wrong` one; asked twice, it is changed once."""
        return await self._write_back.correct(parcel, wrong)

    async def answer_address_change(self, number: str, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Say yes or no to the change an order's buyer asked for (message 111)."""
        return await self._addresses.answer(number, accept=accept, why=why)

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
        """Return the receiver as a carrier needs it; every field counts against the shop's decryption quota."""
        return await self._addresses.reveal(number, receiver)

    async def draw_waybill(
        self, wish: WaybillWish, sender: Sender, receiver: Receiver
    ) -> Drawn | DrawRefused:
        """Draw one of Doudian's numbers; the receiver travels as the order's ciphers."""
        return await self._ewaybills.draw(wish, sender, receiver)

    async def give_back_waybill(self, code: str, waybill: str, carrier: str) -> None:  # noqa: ARG002 - the number is enough
        """Give a number back to Doudian. Raises Misused when it was used."""
        await self._ewaybills.give_back(waybill, carrier)

    async def check(self) -> Checkup:
        """Ask for the orders of this minute, the least that needs a valid token and a living interface."""
        found = fine(self.shop, self._config.api_version)
        now = self._now().replace(microsecond=0)
        try:
            await self.ask_page(Window(now - timedelta(minutes=1), now), FIRST_PAGE)
        except OmsError as error:
            found = failed(found, error)
        return found.model_copy(update={"clock_skew_seconds": self._gateway.clock_skew_s})

    def hear(self, call: Call, now: Moment) -> Heard:  # noqa: ARG002 - the platform signs no time
        """Verify and read a message. Raises Forged and Unmappable."""
        return push.heard(call, self._config)

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload. Raises Unmappable."""
        return to_mapped(payload, self.shop, now=self._now(), currency=self._config.currency)

"""One WeChat shop as a channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.wechat import answers, push
from oms.channels.wechat.cases import to_after_sale
from oms.channels.wechat.config import WeChatConfig
from oms.channels.wechat.ewaybills import Account, Ewaybills
from oms.channels.wechat.gateway import Gateway
from oms.channels.wechat.mapping import to_mapped
from oms.channels.wechat.orders import Orders
from oms.channels.wechat.wishes import address_wish
from oms.channels.wechat.writeback import WriteBack
from oms.checkups import failed, fine
from oms.clock import wall_clock
from oms.domain.errors import OmsError
from oms.domain.ids import ShopKey
from oms.domain.model import Moment
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.http import Http
from oms.paging import Window
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
    first_page=None,
    walk="cursor",
    page_size=100,
    longest_window=timedelta(days=7),
    bounds="closed",
    time_unit="seconds",
    amount_unit="fen",
    calls_per_second=50,
    token_life=timedelta(seconds=7200),
    push="webhook",
    versions=("channels-ec",),
)
"""WeChat allows 10 000 questions a minute and 500 000 a day; whether the bounds belong to the window is
nowhere said, so neighbouring windows share their border second."""
A_MINUTE = timedelta(minutes=1)


class WeChat:
    """A shop's orders, found, fetched, written back to and answered; fulfils `oms.ports.Channel`.

    Fulfils CorrectsWaybills, AnswersAddressChanges, TellsAddressWishes, HasAfterSales, RevealsReceivers, DrawsWaybills and Hears too.
    """

    def __init__(
        self, config: WeChatConfig, http: Http, tokens: Tokens, now: Callable[[], datetime] = wall_clock
    ) -> None:
        self._config = config
        self._now = now
        self._gateway = Gateway(config, http, tokens)
        self._orders = Orders(self._gateway, PROPERTIES)
        self._write_back = WriteBack(self._gateway)
        self._address_changes = answers.AddressChanges(self._gateway)
        self._after_sales = answers.AfterSales(self._gateway, config.shop, config.return_address_id)
        account = Account(config.waybill_shop_id, config.waybill_account, config.waybill_site)
        self._ewaybills = Ewaybills(self._gateway, account)

    @property
    def shop(self) -> ShopKey:
        """Which shop."""
        return self._config.shop

    @property
    def properties(self) -> Properties:
        """What the platform's interface is like."""
        return PROPERTIES

    def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every order modified in the window; see `listing.walk` for why none is lost."""
        return self._orders.changed(since, until)

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """The order as WeChat knows it now; None when it says that it knows none."""
        return await self._orders.fetch(number)

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Tell WeChat that a parcel left; told twice, it knows it once."""
        return await self._write_back.tell(parcel)

    async def correct_waybill(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put `parcel.waybill` in the place of the `wrong` one."""
        return await self._write_back.correct(parcel, wrong)

    async def answer_address_change(
        self,
        number: str,
        *,
        accept: bool,
        why: str,  # noqa: ARG002 - WeChat takes no reason
    ) -> Answered | AnswerRefused:
        """Say yes or no to the change an order's buyer asked for."""
        return await self._address_changes.answer(number, accept=accept)

    def address_wish(self, payload: Mapping[str, Any]) -> str:
        """Name the wish for another address that waits for our answer, as the order's payload tells it."""
        return address_wish(payload)

    def after_sales(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every after-sale modified in the window."""
        return self._after_sales.changed(since, until)

    async def fetch_after_sale(self, case: str, order: str) -> Mapping[str, Any] | None:  # noqa: ARG002 - ids suffice
        """Return the after-sale as WeChat knows it now; None when it knows none."""
        return await self._after_sales.fetch(case)

    def read_after_sale(self, payload: Mapping[str, Any]) -> AfterSale:
        """Translate an after-sale. Raises Unmappable."""
        return to_after_sale(payload, self.shop)

    async def answer_after_sale(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse."""
        return await self._after_sales.answer(case, accept=accept, why=why)

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Return the receiver in plain text, as a carrier needs it."""
        return await answers.reveal(self._gateway, number, receiver)

    async def draw_waybill(
        self, wish: WaybillWish, sender: Sender, receiver: Receiver
    ) -> Drawn | DrawRefused:
        """Draw one of WeChat's numbers; the receiver travels masked, as the order shows it."""
        return await self._ewaybills.draw(wish, sender, receiver)

    async def give_back_waybill(self, code: str, waybill: str, carrier: str) -> None:
        """Give a number back to WeChat. Raises Misused when it was used."""
        await self._ewaybills.give_back(code, waybill, carrier)

    def hear(self, call: Call, now: Moment) -> Heard:
        """Verify and read a push. Raises Forged and Unmappable."""
        return push.heard(call, self._config, now)

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload. Raises Unmappable."""
        return to_mapped(payload, self.shop, now=self._now())

    async def check(self) -> Checkup:
        """Ask for one order of the last minute, the least that needs a valid token and the right to read."""
        found = fine(self.shop, PROPERTIES.versions[0])
        try:
            reply = await self._orders.ask_list(Window(self._now() - A_MINUTE, self._now()), page_size=1)
            reply.accepted()
        except OmsError as error:
            return failed(found, error)
        return found.model_copy(update={"clock_skew_seconds": self._skew(reply.told_at)})

    def _skew(self, theirs: datetime | None) -> int | None:
        return None if theirs is None else round((theirs - self._now()).total_seconds())

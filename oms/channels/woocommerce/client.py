"""One WooCommerce shop as a channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.woocommerce import webhook
from oms.channels.woocommerce.config import WooCommerceConfig
from oms.channels.woocommerce.listing import walk
from oms.channels.woocommerce.mapping import to_mapped
from oms.channels.woocommerce.refunds import Refunds
from oms.channels.woocommerce.rest import UNKNOWN_ORDER, Rest
from oms.channels.woocommerce.writeback import WriteBack
from oms.checkups import failed, fine
from oms.clock import wall_clock
from oms.domain.errors import Misused, OmsError
from oms.domain.ids import ShopKey
from oms.domain.model import Moment
from oms.http import Http
from oms.ports import (
    Call,
    Checkup,
    Heard,
    Mapped,
    Page,
    Properties,
    Refunded,
    RefundRefused,
    ShippedParcel,
    WriteBackRefused,
    WrittenBack,
)

PROPERTIES = Properties(
    first_page=1,
    walk="by_time",
    page_size=100,
    longest_window=timedelta(days=3650),
    bounds="open",
    time_unit="text",
    amount_unit="yuan_text",
    calls_per_second=None,
    push="webhook",
    versions=("wc/v3", "wc/v4"),
)
"""WooCommerce has no quota of its own."""


class WooCommerce:
    """A shop's orders, found, fetched and written back to; fulfils `oms.ports.Channel`."""

    def __init__(
        self, config: WooCommerceConfig, http: Http, now: Callable[[], datetime] = wall_clock
    ) -> None:
        self._config = config
        self._now = now
        self._rest = Rest(config, http, now)
        self._write_back = WriteBack(self._rest)
        self._refunds = Refunds(self._rest)

    @property
    def shop(self) -> ShopKey:
        """Which shop."""
        return self._config.shop

    @property
    def properties(self) -> Properties:
        """What the shop's interface is like."""
        return PROPERTIES

    async def check(self) -> Checkup:
        """Ask for one order, the least that needs a valid key and a living interface."""
        found = fine(self.shop, self._config.api_version)
        try:
            (await self._rest.ask("GET", "orders", {"per_page": "1"})).rows()
        except OmsError as error:
            return failed(found, error)
        return found

    def hear(self, call: Call, now: Moment) -> Heard:  # noqa: ARG002 - the shop signs no time
        """Verify and read a webhook. Raises Forged and Unmappable."""
        return webhook.heard(call, self._config.webhook_secret)

    def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every order modified in the window; see `listing.walk` for why none is lost."""
        return walk(self._rest, since, until, self._config.page_size)

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """The order as the shop knows it now; None when the shop says that it knows none."""
        if not (number.isascii() and number.isdecimal()):
            return None
        reply = await self._rest.ask("GET", f"orders/{number}")
        if reply.refusal in UNKNOWN_ORDER:
            return None
        if reply.refusal:
            raise Misused(f"{self.shop}: order {number} was refused with {reply.refusal}")
        return reply.order()

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Tell the shop that a parcel left; told twice, it knows it once."""
        return await self._write_back.tell(parcel)

    async def refund(self, number: str, amount_fen: int, *, key: str, why: str) -> Refunded | RefundRefused:
        """Give money back through the shop; asked twice with one key, it goes back once."""
        return await self._refunds.give(number, amount_fen, key, why)

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload. Raises Unmappable."""
        return to_mapped(payload, self.shop, now=self._now(), currency=self._config.currency)

"""One WooCommerce shop as a channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from oms.channels.woocommerce.config import WooCommerceConfig
from oms.channels.woocommerce.listing import walk
from oms.channels.woocommerce.mapping import to_mapped
from oms.channels.woocommerce.rest import UNKNOWN_ORDER, Rest
from oms.channels.woocommerce.writeback import WriteBack
from oms.domain.errors import Misused
from oms.domain.ids import ShopKey
from oms.domain.model import Moment
from oms.http import Http
from oms.ports import Mapped, Page, ShippedParcel, WriteBackRefused, WrittenBack


def wall_clock() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class WooCommerce:
    """A shop's orders, found, fetched and written back to; fulfils `oms.ports.Channel`."""

    def __init__(
        self, config: WooCommerceConfig, http: Http, now: Callable[[], datetime] = wall_clock
    ) -> None:
        self._config = config
        self._now = now
        self._rest = Rest(config, http, now)
        self._write_back = WriteBack(self._rest)

    @property
    def shop(self) -> ShopKey:
        """Which shop."""
        return self._config.shop

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

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload. Raises Unmappable."""
        return to_mapped(payload, self.shop, now=self._now(), currency=self._config.currency)

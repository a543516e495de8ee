"""Buyers' wishes for another address that an order's own payload tells of: found again when the push was lost."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from oms.domain.messages import AddressWanted
from oms.ports import Channel, Mailbox, TellsAddressWishes
from oms.store import Store
from oms.weighing import Receipt

log = logging.getLogger(__name__)

HEARD = frozenset({"delivered", "repeated", "stale"})
"""The order is there, and hears us."""


class AddressWishes:
    """Tells an order each wish once, however often its payload is seen. Raises Unavailable."""

    def __init__(self, store: Store, mailbox: Mailbox) -> None:
        self._pushes = store.pushes
        self._mailbox = mailbox

    async def heed(self, channel: Channel, payload: Mapping[str, Any] | bytes, receipt: Receipt) -> Receipt:
        """Tell the order what its buyer waits for, if the payload says so; the receipt then says so, too."""
        order = receipt.order
        if order is None or receipt.status not in HEARD or not isinstance(channel, TellsAddressWishes):
            return receipt
        wish = channel.address_wish(payload) if isinstance(payload, Mapping) else ""
        if not wish:
            return receipt
        event_id = f"address:{order.number}:{wish}"
        if not await asyncio.to_thread(self._pushes.seen, order.shop_key, event_id):
            await self._mailbox.address_wanted(order, AddressWanted(event_id=event_id))
            await asyncio.to_thread(self._pushes.note, order.shop_key, event_id)
            log.info("address.wanted", extra={"order": str(order), "way": "payload"})
        return receipt.model_copy(update={"wish": wish})

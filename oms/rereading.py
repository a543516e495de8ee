"""Read a parked payload again, after a mapping was mended: what can be read now reaches its order."""

import asyncio

from oms.cashier import Cashier
from oms.domain.errors import Misused
from oms.domain.messages import Way
from oms.domain.model import Fact
from oms.intake import Intake, Receipt, Status
from oms.store import Arrival, Store
from oms.store.inbox import Fate

PURPOSE = "inbox retry"
NOT_OURS = "it is no order, payment or after-sale of a shop: a person must settle it"


class Reread(Fact):
    """What became of a payload that was read again."""

    inbox_id: str
    now: Status
    order: str = ""
    why: str = ""


class Rereading:
    """Reads parked payloads again, whatever they are. Raises Unavailable: then nothing became of one, and it stays."""

    def __init__(self, store: Store, intake: Intake, cashier: Cashier) -> None:
        """Take where they are kept, and who reads orders, after-sales and payments."""
        self._store = store
        self._intake = intake
        self._cashier = cashier

    async def again(self, arrival: Arrival, who: str) -> Reread:
        """Read one again; one that cannot be read is parked anew, with the reason it has now."""
        try:
            return await self._again(arrival, who)
        except Misused as error:
            return Reread(inbox_id=arrival.inbox_id, now="parked", why=str(error))

    async def _again(self, arrival: Arrival, who: str) -> Reread:
        if arrival.source == "payment":
            return _told(arrival, await self._cashier.retry(arrival))
        if arrival.shop is not None and arrival.source in {"after_sale", "push"}:
            return _told(arrival, await self._intake.retry(arrival))
        if arrival.shop is None or arrival.source != "channel":
            return Reread(inbox_id=arrival.inbox_id, now="parked", why=NOT_OURS)
        payload = await asyncio.to_thread(
            self._store.inbox.payload, arrival.inbox_id, who=who, purpose=PURPOSE
        )
        receipt = await self._intake.receive(arrival.shop, Way.RESYNC, payload)
        fate: Fate = "ended" if receipt.status == "parked" else "repeated"
        outcome = f"read again as {receipt.inbox_id}"
        await asyncio.to_thread(self._store.inbox.settle, arrival.inbox_id, fate, receipt.order, outcome)
        return _told(arrival, receipt)


def _told(arrival: Arrival, receipt: Receipt) -> Reread:
    order = str(receipt.order or "")
    return Reread(inbox_id=arrival.inbox_id, now=receipt.status, order=order, why=receipt.reason)

"""What we answer buyers through WeChat: new addresses and after-sales; and whom a parcel really goes to."""

from collections import deque
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from oms.channels.wechat.cases import to_after_sale
from oms.channels.wechat.gateway import Gateway
from oms.channels.wechat.listing import Ids, page_of, walk
from oms.channels.wechat.mapping import receiver_of
from oms.channels.wechat.orders import UNKNOWN, mark_of
from oms.channels.wechat.verdict import Reply
from oms.channels.wechat.wire import Address
from oms.domain.errors import Misused
from oms.domain.ids import ShopKey
from oms.domain.receiver import Receiver
from oms.paging import Window, windows
from oms.ports import AfterSale, Answered, AnswerRefused, Page
from oms.reading import refuse

LONGEST = timedelta(hours=24)
"""Of a window of after-sales."""
PAGE_SIZE = 10
"""WeChat does not let us choose it; this many must leave a second before we read it once more."""
REMEMBERED = 1000
CONFIRMABLE = frozenset({"requested", "returning"})
"""An after-sale in these is waiting for our word."""


class AddressChanges:
    """Answers buyers who ask for another address.

    Once answered, WeChat only says that nothing waits any more, which is also what it says of a wish that
    never was. So we remember what we said ourselves, and a refusal of the same answer is a repetition.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._said: deque[tuple[str, bool]] = deque(maxlen=REMEMBERED)

    async def answer(self, number: str, *, accept: bool) -> Answered | AnswerRefused:
        """Say yes or no."""
        said = (number, accept)
        repeated = said in self._said
        self._said.append(said)
        path = "order/addressmodify/accept" if accept else "order/addressmodify/reject"
        reply = await self._gateway.ask(path, {"order_id": number})
        if not reply.refusal:
            return Answered()
        if repeated:
            return Answered()
        self._said.remove(said)
        return AnswerRefused(reason=f"WeChat refused with errcode {reply.refusal}: no wish waits any more")


class AfterSales:
    """The after-sales of one shop."""

    def __init__(self, gateway: Gateway, shop: ShopKey, return_address_id: str) -> None:
        self._gateway = gateway
        self._shop = shop
        self._return_address_id = return_address_id

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield every after-sale modified in [since, until], each once in every state it is seen in.

        One that is refused is a payload that is parked and delays no other.
        """
        seen: set[str] = set()
        for window in windows(since, until, LONGEST):
            async for ids in walk(self._ask_ids, window, PAGE_SIZE):
                fresh = []
                for name in ids:
                    payload = await self._payload(name)
                    if (mark := mark_of(payload)) not in seen:
                        seen.add(mark)
                        fresh.append(payload)
                yield Page(payloads=tuple(fresh))

    async def fetch(self, case_id: str) -> Mapping[str, Any] | None:
        """Return one after-sale; None when WeChat knows none."""
        payload = await self._payload(case_id)
        return None if payload.get("refused") in UNKNOWN else payload

    async def answer(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse; we look first, so what is settled already is not said again."""
        now = await self._case(case.id)
        if now.status == ("rejected" if not accept else "refunded") or (accept and now.status == "approved"):
            return Answered()
        if now.status not in CONFIRMABLE:
            return AnswerRefused(reason=f"the after-sale is {now.raw_status}: it does not wait for our word")
        question: dict[str, Any] = {"after_sale_order_id": case.id}
        if not accept:
            question["reject_reason"] = why
        elif now.kind == "return" and self._return_address_id:
            question["address_id"] = self._return_address_id
        path = "aftersale/acceptapply" if accept else "aftersale/rejectapply"
        reply = await self._gateway.ask(path, question)
        if reply.refusal:
            return AnswerRefused(reason=f"WeChat refused with errcode {reply.refusal}")
        return Answered()

    async def _ask_ids(self, window: Window, next_key: str) -> Ids:
        question: dict[str, Any] = {
            "begin_update_time": int(window.since.timestamp()),
            "end_update_time": int(window.until.timestamp()),
        }
        if next_key:
            question["next_key"] = next_key
        reply = await self._gateway.ask("aftersale/getaftersalelist", question)
        return page_of(reply, "after_sale_order_id_list")

    async def _case(self, case_id: str) -> AfterSale:
        return to_after_sale((await self._ask(case_id)).part("after_sale_order"), self._shop)

    async def _ask(self, case_id: str) -> Reply:
        return await self._gateway.ask("aftersale/getaftersaleorder", {"after_sale_order_id": case_id})

    async def _payload(self, case_id: str) -> Mapping[str, Any]:
        reply = await self._ask(case_id)
        if reply.refusal:
            return {"after_sale_order_id": case_id, "refused": reply.refusal}
        return reply.part("after_sale_order")


async def reveal(gateway: Gateway, number: str, receiver: Receiver) -> Receiver:
    """Return the receiver in plain text. Raises Unavailable, RateLimited or Misused."""
    reply = await gateway.ask("order/sensitiveinfo/decode", {"order_id": number})
    plain = receiver_of(_address(reply.part("address_info")))
    if plain is None:
        raise Misused(f"{reply.what}: order {number} has no receiver")
    return plain.model_copy(update={"token": plain.token or receiver.token})


def _address(address: Mapping[str, Any]) -> Address:
    try:
        return Address.model_validate(dict(address))
    except ValidationError as error:
        refuse(error)

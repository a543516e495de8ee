"""Reveal a masked receiver when a parcel is about to leave.

`jingdong.jos.order.oaid.decrypt` takes an order and its `oaid` [2+: the official Java kit and two others];
which of the request's further fields it insists on is not known [M], none is sent.
"""

from collections.abc import Mapping
from typing import Any

from oms.channels.jd.answers import Refusal, reason, word
from oms.channels.jd.routerjson import Routerjson
from oms.domain.errors import Misused, Unavailable
from oms.domain.receiver import Receiver

DECRYPT = "jingdong.jos.order.oaid.decrypt"


async def reveal(router: Routerjson, number: str, masked: Receiver) -> Receiver:
    """Return the receiver plain; the phone may be one that JD forwards. Raises Misused when JD refuses."""
    if not masked.token:
        raise Misused(f"order {number}: JD gave no oaid for its receiver")
    wanted = {"orderInfos": [{"orderId": int(number), "oaid": masked.token}]}
    answer = await router.ask(DECRYPT, {"getReceiverInfoListReqVO": wanted})
    if isinstance(answer, Refusal):
        raise Misused(f"order {number}: {answer}")
    result = answer.get("returnType")
    if not isinstance(result, dict):
        raise Unavailable(f"order {number}: {DECRYPT} answered without a result")
    shown = result.get("data")
    for person in shown if isinstance(shown, list) else ():
        if isinstance(person, dict) and str(person.get("orderId")) == number:
            return _plain(person, masked)
    raise Misused(f"order {number}: {Refusal(word(result.get('code')), reason(result))}")


def _plain(person: Mapping[str, Any], masked: Receiver) -> Receiver:
    address = str(person.get("address") or "")
    for part in (masked.province, masked.city, masked.district):
        address = address.removeprefix(part)
    return masked.model_copy(
        update={
            "name": str(person.get("customerName") or ""),
            "phone": str(person.get("consMobilePhone") or person.get("customerPhone") or ""),
            "address": address,
        }
    )

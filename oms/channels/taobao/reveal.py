"""Reveal a masked receiver when a parcel is about to leave: the platform counts and audits each time."""

import json
from collections.abc import Mapping

from pydantic import Field, ValidationError

from oms.channels.taobao.gateway import Shop, nested
from oms.channels.taobao.wire import Text
from oms.domain.errors import Misused, Unavailable
from oms.domain.receiver import Receiver
from oms.reading import Wire

METHOD = "taobao.top.oaid.decrypt"


class _Plain(Wire):
    """A receiver as a carrier needs it."""

    matched: bool | None = None
    name: Text = Field(min_length=1)
    mobile: Text = ""
    phone: Text = ""
    state: Text = ""
    city: Text = ""
    district: Text = ""
    town: Text = ""
    address_detail: Text = Field(min_length=1)


async def reveal(shop: Shop, number: str, receiver: Receiver, scene: str) -> Receiver:
    """Decrypt the receiver's token; a virtual phone number comes with its extension, as carriers take it.

    Raises Misused when there is no token or it belongs to an address that was changed since.
    """
    if not receiver.token:
        raise Misused(f"order {number}: its receiver has no oaid to be revealed by")
    query = [{"oaid": receiver.token, "tid": number, "scene": scene}]
    content = await shop.get(METHOD, {"query_list": json.dumps(query)})
    rows = nested(content, "receiver_list", "receiver")
    if not rows:
        raise Misused(f"order {number}: the platform reveals no receiver for its oaid")
    if isinstance(rows[0], Mapping) and rows[0].get("matched") is False:
        raise Misused(f"order {number}: its address was changed; fetch the order anew")
    try:
        plain = _Plain.model_validate(rows[0])
    except ValidationError:
        raise Unavailable(f"order {number}: the platform answered something that is no receiver") from None
    return receiver.model_copy(
        update={
            "name": plain.name,
            "phone": plain.mobile or plain.phone,
            "province": plain.state or receiver.province,
            "city": plain.city or receiver.city,
            "district": plain.district or receiver.district,
            "address": f"{plain.town}{plain.address_detail}",
        }
    )

"""Turn a masked receiver into one a carrier can find, when a parcel is about to leave."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from oms.channels.pdd.gateway import Gateway, text_of
from oms.channels.pdd.interfaces import DECRYPT, ORDER
from oms.channels.pdd.people import is_cipher
from oms.channels.pdd.wire import Code, Text, whole
from oms.domain.errors import Misused
from oms.domain.receiver import Receiver
from oms.reading import Wire

PARTS = ("receiver_name", "receiver_phone", "receiver_address")


class Place(Wire):
    """Where an order goes, encrypted."""

    receiver_name: Text = ""
    receiver_phone: Text = ""
    receiver_address: Text = ""
    province: Text = ""
    city: Text = ""
    town: Text = ""
    open_address_id: Code = ""


async def reveal(gateway: Gateway, number: str, receiver: Receiver) -> Receiver:
    """Fetch the order's ciphers and have the platform decrypt them; each counts against the app's quota.

    The address is the one that the order has now. Raises Misused once the order has left or is under
    review, for then the platform shows nobody, and RateLimited when the quota is used up.
    """
    place = await _place(gateway, number)
    ciphers = {name: getattr(place, name) for name in PARTS}
    if not all(ciphers.values()):
        raise Misused(f"order {number}: Pinduoduo shows its receiver only while it waits to be shipped")
    wanted = [{"data_tag": number, "encrypted_data": text} for text in ciphers.values() if is_cipher(text)]
    plain: dict[str, str] = {}
    if wanted:
        content = (await gateway.ask(DECRYPT, {"data_list": text_of(wanted)})).expect(DECRYPT.type)
        plain = _plain(content)
    if any(is_cipher(text) and text not in plain for text in ciphers.values()):
        raise Misused(f"order {number}: Pinduoduo did not decrypt its receiver: look at the app's quota")
    name, phone, address = (plain.get(text, text) for text in ciphers.values())
    return receiver.model_copy(
        update={
            "name": name, "phone": phone, "address": address, "token": place.open_address_id,
            "province": place.province, "city": place.city, "district": place.town,
        }
    )  # fmt: skip


async def _place(gateway: Gateway, number: str) -> Place:
    content = (await gateway.ask(ORDER, {"order_sn": number})).expect(f"order {number}")
    if not content.get("order_info"):
        raise Misused(f"Pinduoduo knows no order {number}")
    try:
        return Place.model_validate(content["order_info"])
    except ValidationError:
        raise Misused(f"order {number}: Pinduoduo's answer holds no receiver") from None


def _plain(content: Mapping[str, Any]) -> dict[str, str]:
    """Return cipher to text; a virtual number comes with an extension that the courier must dial."""
    rows = content.get("data_decrypt_list")
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else ():
        text = row.get("decrypted_data") if isinstance(row, dict) else None
        if isinstance(text, str) and text and whole(row.get("error_code") or 0) == 0:
            extension = str(row.get("virtual_identify_number") or "")
            found[str(row.get("encrypted_data"))] = f"{text}-{extension}" if extension else text
    return found

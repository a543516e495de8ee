"""The person behind an order, as Pinduoduo shows them: masked text, and an opaque mark of the address."""

from oms.channels.pdd.wire import Order
from oms.domain.receiver import Receiver

CIPHER_MARKS = ("~", "$")


def receiver_of(theirs: Order) -> Receiver | None:
    """Return whom the goods go to as far as the platform shows it; None where it shows nothing.

    Built from what list and detail both have and what stays when the order is shipped: the ciphers do neither.
    """
    name = _shown(theirs.receiver_name_mask, theirs.receiver_name)
    phone = _shown(theirs.receiver_phone_mask, theirs.receiver_phone)
    address = _shown(theirs.receiver_address_mask, theirs.receiver_address)
    if not any((name, phone, address, theirs.open_address_id)):
        return None
    return Receiver(
        name=name, phone=phone, province=theirs.province.strip(), city=theirs.city.strip(),
        district=theirs.town.strip(), address=address, token=theirs.open_address_id,
    )  # fmt: skip


def is_cipher(text: str) -> bool:
    """Tell an encrypted text from a plain one."""
    return text.startswith(CIPHER_MARKS) and text.endswith(CIPHER_MARKS)


def _shown(mask: str, given: str) -> str:
    return (mask or ("" if is_cipher(given) else given)).strip()

"""The person a parcel goes to: personal data, which never enters a workflow, a log or an error text.

Masks follow GB/T 41833-2022: at least one character of the name, six digits of the phone, the unit
and room of the address.
"""

import re

from pydantic import ConfigDict

from oms.domain.model import Fact

SHOWN_PHONE_DIGITS = 5
HOUSE = re.compile(r"(?:\d|[零〇一二两三四五六七八九十百]+(?=[号弄幢栋座单层楼室])).*", re.DOTALL)
"""From the house number on, in figures or in words, to the very end."""


class Receiver(Fact):
    """Name, phone and address as the platform gave them, plain, or masked with an opaque token beside them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str
    phone: str
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    postcode: str = ""
    token: str = ""
    """The platform's opaque address token (oaid, open_address_id), if it gives one."""

    def masked(self) -> str:
        """One line for people who may see that there is a receiver, not who it is."""
        place, found = HOUSE.subn("***", self.address)
        region = f"{self.province}{self.city}{self.district}"
        return f"{mask_name(self.name)} {mask_phone(self.phone)} {region}{place if found else '***'}"

    def __repr__(self) -> str:
        """Never show the person, whoever prints this."""
        return "Receiver(***)"

    __str__ = __repr__

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """Nor show anything of it to rich tracebacks and pretty printers, which ask for the parts."""
        return []


def mask_name(name: str) -> str:
    """Keep the first character only: 张三丰 is 张**; of a name of one character, nothing."""
    name = name.strip()
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*"


def mask_phone(phone: str) -> str:
    """Keep at most three digits at the front and two at the back: 13812345678 is 138******78."""
    if sum(mark.isdigit() for mark in phone) < SHOWN_PHONE_DIGITS + 6:
        return "*" * 6
    return f"{phone[:3]}{'*' * (len(phone) - SHOWN_PHONE_DIGITS)}{phone[-2:]}"

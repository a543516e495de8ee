"""Who an order is: its key on the platform, its workflow id, and the merchant's own business id."""

import base64
import hashlib
import re
from datetime import datetime
from typing import Annotated, NewType, Self

from pydantic import StringConstraints

from oms.domain.model import Fact

Sku = NewType("Sku", str)
"""The merchant's own code of a sellable piece."""

MARK = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$")
Mark = Annotated[str, StringConstraints(pattern=MARK.pattern)]
"""A short plain mark, safe in ids and URLs: 1 to 64 letters, digits, `_`, `.` or `-`."""


class ShopKey(Fact):
    """One merchant account on one sales platform."""

    channel: Mark
    shop: Mark

    def __str__(self) -> str:
        """Read as `channel:shop`, as in schedule and queue names."""
        return f"{self.channel}:{self.shop}"


class OrderKey(Fact):
    """What identifies an order for ever: channel, shop, and the platform's own order id."""

    channel: Mark
    shop: Mark
    number: Mark

    @property
    def shop_key(self) -> ShopKey:
        """The shop that the order belongs to."""
        return ShopKey(channel=self.channel, shop=self.shop)

    @property
    def workflow_id(self) -> str:
        """The id of the order's one workflow."""
        return f"order:{self.channel}:{self.shop}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `order:{channel}:{shop}:{number}`, with or without the leading `order:`.

        Raises ValueError when the text has another shape.
        """
        parts = text.split(":")
        if len(parts) == 4 and parts[0] == "order":  # noqa: PLR2004 - as in workflow ids
            del parts[0]
        if len(parts) != 3:  # noqa: PLR2004 - channel, shop, number
            raise ValueError(f"{text!r} is not channel:shop:number")
        return cls(channel=parts[0], shop=parts[1], number=parts[2])

    def __str__(self) -> str:
        """Read as `channel:shop:number`."""
        return f"{self.channel}:{self.shop}:{self.number}"


def business_id(key: OrderKey, created_at: datetime) -> str:
    """Return the merchant's unique id of an order (R4): `OL` and 13 characters.

    A hash over the channel mark, the platform's order id and the platform's creation time in whole
    seconds; none of them ever changes, so every way of learning of the order gives the same id.
    """
    text = f"{key.channel}|{key.shop}|{key.number}|{int(created_at.timestamp())}"
    digest = hashlib.sha256(text.encode()).digest()
    return "OL" + base64.b32encode(digest)[:13].decode()

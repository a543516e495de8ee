"""E-waybills, as Protocols: a waybill number drawn from a carrier before the parcel is packed (R17)."""

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

from oms.domain.ids import OrderKey
from oms.domain.model import Fact
from oms.domain.receiver import Receiver
from oms.domain.stock import Piece


class WaybillWish(Fact):
    """What a waybill is needed for; `code`, the delivery order's, makes asking twice drawing once."""

    code: str
    order: OrderKey
    warehouse: str
    """Where the parcel leaves: names the sender's address in the configuration."""
    pieces: tuple[Piece, ...]
    titles: Mapping[str, str] = {}
    """SKU to title."""
    carrier: str = ""
    """In our words; empty: the shop's usual one."""


class Drawn(Fact):
    """The number, and the carrier whose it is in our words."""

    outcome: Literal["drawn"] = "drawn"
    waybill: str
    carrier: str


class DrawRefused(Fact):
    """The carrier or platform gives no number, and says why; nothing of the receiver."""

    outcome: Literal["refused"] = "refused"
    reason: str


class Waybills(Protocol):
    """Whoever gives out waybill numbers for a shop. Raises only the errors of `oms.domain.errors`."""

    async def draw(self, wish: WaybillWish, receiver: Receiver) -> Drawn | DrawRefused:
        """Draw a number; asked twice with one code, the same number comes back."""

    async def give_back(self, order: OrderKey, waybill: str, carrier: str) -> None:
        """Give an unused number back; harmless when it was given back before."""


@runtime_checkable
class DrawsWaybills(Protocol):
    """A channel with e-waybills of its own (Cainiao, Doudian, Pinduoduo, WeChat)."""

    async def draw_waybill(self, wish: WaybillWish, receiver: Receiver) -> Drawn | DrawRefused:
        """Draw a number on the platform; asked twice with one code, the same number comes back."""

    async def give_back_waybill(self, waybill: str, carrier: str) -> None:
        """Give it back; harmless when it was given back before."""

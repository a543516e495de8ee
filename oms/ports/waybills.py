"""E-waybills, as Protocols: a waybill number drawn from a carrier before the parcel is packed (R17)."""

from typing import Literal, Protocol, runtime_checkable

from oms.domain.handover import WaybillWish
from oms.domain.ids import OrderKey
from oms.domain.model import Fact
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender


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
    """A channel with e-waybills of its own (Cainiao, Doudian, Pinduoduo, WeChat).

    `wish.carrier` is always named. The receiver is as the platform gave it: masked, with its token where it has
    one. It is handed back to the platform so, for nothing of a person is decrypted to draw a number.
    """

    async def draw_waybill(
        self, wish: WaybillWish, sender: Sender, receiver: Receiver
    ) -> Drawn | DrawRefused:
        """Draw a number on the platform; asked twice with one code, the same number comes back."""

    async def give_back_waybill(self, code: str, waybill: str, carrier: str) -> None:
        """Give back what was drawn with this code; harmless when it was given back before.

        Raises Misused when the platform keeps it because it was used.
        """

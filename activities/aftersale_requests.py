"""What a case's workflow asks of activities."""

from oms.domain.aftersale import AfterSale
from oms.domain.aftersales.parcel_back import ParcelBack
from oms.domain.model import Fact
from oms.ports import ReturnOrder


class LookUpCase(Fact):
    """Ask for the rule, the order's facts and what the channel can do."""

    case: AfterSale


class OpenForParcel(Fact):
    """Open the case of a parcel that comes back unasked."""

    parcel: ParcelBack


class AnswerCase(Fact):
    """Say yes or no to a buyer through the platform, or say yes once more when the goods are back."""

    case: AfterSale
    accept: bool
    why: str


class RefundCase(Fact):
    """Give money back in a shop that has no platform to do it."""

    case: AfterSale
    amount_fen: int
    key: str
    """Stable: asked twice, it goes back once."""
    why: str


class TellNewParcel(Fact):
    """Tell the platform of goods that were sent once more."""

    case: AfterSale
    waybill: str
    carrier: str
    unknown_there: bool = False
    """The case is our own: the platform has nothing that the waybill could belong to."""


class ExpectReturn(Fact):
    """Announce goods that come back."""

    order: ReturnOrder

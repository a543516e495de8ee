"""What a case's workflow asks of activities."""

from oms.domain.aftersale import AfterSale
from oms.domain.model import Fact
from oms.ports import ReturnOrder


class LookUpCase(Fact):
    """Ask for the rule, the order's facts and what the channel can do."""

    case: AfterSale


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


class ExpectReturn(Fact):
    """Announce goods that come back."""

    order: ReturnOrder

"""A buyer's wish after the order: money back, goods back, another piece; as its platform tells it."""

from enum import StrEnum

from pydantic import Field, NonNegativeInt, PositiveInt

from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment


class AfterSaleKind(StrEnum):
    """What is wished for."""

    REFUND_ONLY = "refund_only"
    RETURN = "return"
    EXCHANGE = "exchange"
    RESEND = "resend"
    INTERCEPT = "intercept"
    """Bring back what is on its way, then give the money back."""
    OTHER = "other"


class AfterSaleStatus(StrEnum):
    """How far it is; `UNKNOWN` keeps the raw word beside it."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RETURNING = "returning"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REJECTED = "rejected"
    CLOSED = "closed"
    UNKNOWN = "unknown"


OPEN_CASES = frozenset(
    {
        AfterSaleStatus.REQUESTED,
        AfterSaleStatus.APPROVED,
        AfterSaleStatus.RETURNING,
        AfterSaleStatus.RECEIVED,
        AfterSaleStatus.UNKNOWN,
    }
)
"""Something is still to come of these: the order is not completed over them."""


PARCEL_MARK = "parcel-"
"""How the id of a case begins that we opened ourselves, for a parcel that comes back unasked; no platform knows it."""


RUN_MARK = "~"
"""Between the id of a case and which run of it this is; no platform's ids have it."""


class AfterSale(Fact):
    """A case in our words; amounts are fen."""

    id: str = Field(min_length=1, max_length=64)
    order: OrderKey
    kind: AfterSaleKind
    status: AfterSaleStatus
    raw_status: str
    line: str = ""
    """The platform's line id; empty when it concerns the whole order."""
    quantity: PositiveInt | None = None
    refund_fen: NonNegativeInt = 0
    version: str = ""
    """What the platform wants back with an answer, so that we answer what we have seen."""
    waybill: str = ""
    """Of the returned parcel."""
    carrier: str = ""
    """Of the returned parcel, in our words; empty when the platform does not tell."""
    answer_by: Moment | None = None
    """When the platform decides by itself, where it says so."""
    modified_at: Moment
    run: PositiveInt = 1
    """How often its platform has opened it under this id; each time is a case of its own here."""

    @property
    def name(self) -> str:
        """Its id, told from those of its earlier runs."""
        return self.id if self.run == 1 else f"{self.id}{RUN_MARK}{self.run}"


class CaseSeen(Fact):
    """What an order remembers of one of its cases; the case has a workflow of its own."""

    id: str
    kind: AfterSaleKind
    status: AfterSaleStatus
    line: str = ""
    quantity: int | None = None
    refund_fen: int = 0
    at: Moment

    @property
    def open(self) -> bool:
        """Something is still to come of it."""
        return self.status in OPEN_CASES

    @property
    def of_parcel(self) -> bool:
        """It is about a parcel that comes back, and nothing that has not left is concerned."""
        return self.id.startswith(PARCEL_MARK)

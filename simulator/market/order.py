"""An order of a marketplace, before the platform puts it into its own words."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from simulator.demand import Demand
from simulator.draft import Draft, DraftLine
from simulator.people import Person
from simulator.wire import Json

Status = Literal["unpaid", "paid", "part_shipped", "shipped", "received", "cancelled", "refunded"]
CaseStatus = Literal["requested", "agreed", "returning", "refused", "refunded", "closed"]
CaseKind = Literal["refund_only", "return", "exchange", "resend"]


@dataclass
class MarketLine:
    """One line, under the platform's own id of it."""

    id: str
    draft: DraftLine
    shipped: int = 0
    given_up: int = 0
    """Pieces whose money went back before they were sent: they are not to be sent any more."""

    @property
    def left(self) -> int:
        """Count the pieces that are still to be sent."""
        return max(self.draft.quantity - self.shipped - self.given_up, 0)


@dataclass
class MarketParcel:
    """A parcel that the order centre told the platform of: line id to pieces."""

    waybill: str
    company: str
    pieces: dict[str, int]
    shipped_at: datetime


@dataclass
class MarketCase:
    """An after-sale of an order; an empty line means the whole order."""

    id: str
    number: str
    kind: CaseKind
    amount_fen: int
    reason: str
    created: datetime
    modified: datetime
    line: str = ""
    pieces: int = 0
    """0 means the whole line, or all lines."""
    status: CaseStatus = "requested"
    version: int = 1
    waybill: str = ""
    company: str = ""
    """The Qimen code of the carrier that brings the goods back."""
    answer_by: datetime | None = None
    """When the platform decides by itself."""


@dataclass
class MarketOrder:
    """One order: what the platform shows of it, and what the oracle remembers about it."""

    market: str
    number: str
    draft: Draft
    lines: list[MarketLine]
    created: datetime
    modified: datetime
    buyer: Person
    """Where the goods go at present."""
    token: str
    """The opaque token of the present address."""
    status: Status = "unpaid"
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    finished_at: datetime | None = None
    cancelled_at: datetime | None = None
    parcels: list[MarketParcel] = field(default_factory=list)
    cases: list[MarketCase] = field(default_factory=list)
    wanted_address: Person | None = None
    """An address change that the buyer asked for and nobody has answered."""
    wished_at: datetime | None = None
    """When the buyer asked for it."""
    memo: str = ""
    raw: Json = field(default_factory=dict)
    """Laid over what the platform shows, to make it malformed."""
    waybills: set[str] = field(default_factory=set)
    """Every waybill ever accepted, corrected ones included."""
    write_back_calls: int = 0

    @property
    def paid(self) -> bool:
        """Whether the buyer has paid at some time."""
        return self.paid_at is not None

    @property
    def ordered(self) -> Counter[str]:
        """The pieces ordered, by SKU."""
        pieces: Counter[str] = Counter()
        for line in self.draft.lines:
            pieces[line.sku] += line.quantity
        return pieces

    @property
    def wanted(self) -> Counter[str]:
        """The pieces that are to be sent, or were: without those given up."""
        pieces: Counter[str] = Counter()
        for line in self.lines:
            pieces[line.draft.sku] += line.draft.quantity - line.given_up
        return +pieces

    @property
    def platform_status(self) -> str:
        """The status in a word, for the oracle."""
        return self.status

    @property
    def phone(self) -> str:
        """Whom the carrier must be able to call; the platform shows it masked until it is asked."""
        return self.buyer.phone

    @property
    def fulfilled(self) -> bool:
        """Whether the platform thinks that everything left, or gave all the money back."""
        return self.status in {"shipped", "received", "refunded"}

    @property
    def called_off(self) -> bool:
        """Whether nothing is to be sent any more."""
        return self.status in {"cancelled", "refunded"}

    @property
    def refunded_fen(self) -> int:
        """What has been given back."""
        return sum(case.amount_fen for case in self.cases if case.status == "refunded")

    @property
    def demand(self) -> Demand:
        """What the platform demands of the shipping."""
        return self.draft.demand

    @property
    def ship_by(self) -> datetime | None:
        """When the goods must have left, if the platform promised a time of its own."""
        promised = self.draft.meta.get("_ship_by")
        return datetime.fromisoformat(promised) if promised else self.demand.ship_by

    def line(self, line_id: str) -> MarketLine | None:
        """Find a line."""
        return next((line for line in self.lines if line.id == line_id), None)

    def pieces_of(self, case: MarketCase) -> int:
        """Count the pieces an after-sale is about; of a whole order, those of the line that stands for it."""
        line = self.line(case.line) or self.lines[0]
        return case.pieces or line.draft.quantity

    def give_up(self, case: MarketCase) -> None:
        """Strike the pieces that were paid back and have not left; the order is whole when nothing else is missing."""
        if case.kind != "refund_only":
            return
        line = self.line(case.line) or (self.lines[0] if len(self.lines) == 1 else None)
        if line is None or case.amount_fen < self.pieces_of(case) * line.draft.price_fen:
            return
        line.given_up += min(self.pieces_of(case), line.left)
        if self.status == "part_shipped" and not any(each.left for each in self.lines):
            self.status = "shipped"

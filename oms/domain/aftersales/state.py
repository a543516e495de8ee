"""Everything an after-sale remembers, in one model that survives continue-as-new."""

import base64
import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from oms.domain.aftersale import AfterSale, AfterSaleKind, AfterSaleStatus
from oms.domain.aftersales.book import (
    RESEND_MARK,
    RETURN_MARK,
    AfterSaleBook,
    AfterSaleRow,
    CaseParcel,
    GoodsMove,
    case_key,
)
from oms.domain.aftersales.deadlines import WHAT_HAPPENS, CaseDeadline
from oms.domain.aftersales.grounds import Grounds
from oms.domain.aftersales.messages import InspectedPiece
from oms.domain.aftersales.moves import ENDED, check_move
from oms.domain.aftersales.parcel_back import ParcelBack
from oms.domain.book import Change
from oms.domain.deadlines import SlaState
from oms.domain.model import Fact, Moment
from oms.domain.parcels import ParcelState

REMEMBERED_EVENTS = 200
REMEMBERED_CHANGES = 200
CASE_EDITION = 2
"""The way that new cases go; a case keeps the one it was begun with, so that it replays."""
FOLLOWING = 2
"""From this edition on a case has what it sends once more followed, and tells the channel of it."""


class Trouble(StrEnum):
    """Where a case waits for a person."""

    CHECK = "check"
    """What the buyer wishes does not fit what was paid or sent."""
    ANSWER = "answer"
    """The platform does not take our answer."""
    RETURN = "return"
    """The warehouse will not take the goods back."""
    PIECES = "pieces"
    """Fewer pieces came back than were to."""
    REFUND = "refund"
    """The shop does not give the money back."""
    DELIVERY = "delivery"
    """The warehouse will not send again."""
    DECISION = "decision"
    """Nobody has said yet what is to become of a parcel that came back: money, new goods, or neither."""


class CaseHold(Fact):
    """Why a case stands still until somebody acts."""

    trouble: Trouble
    note: str
    since: Moment


class Decision(Fact):
    """Yes or no, by whom and why."""

    agree: bool
    by: str
    why: str
    at: Moment


class CaseEnded(Fact):
    """What a case's workflow answers at its end; all the rest is in the book."""

    key: str
    status: AfterSaleStatus
    at: Moment


class OpenCase(BaseModel):
    """A case's input: its first word, the pace of a demonstration, and the state carried on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first: AfterSale
    pace: int = Field(default=1, ge=1)
    edition: int = 1
    limited: bool = False
    """The platform has a quota: what it is told waits its turn in the channel's own queue."""
    ours: ParcelBack | None = None
    """We opened it ourselves, for this parcel."""
    state: "CaseState | None" = None


class CaseState(BaseModel):
    """A case's memory. Mutable, and changed only by the functions of the domain."""

    model_config = ConfigDict(extra="ignore")

    case: AfterSale
    """The newest word of its platform."""
    spoken: AfterSale | None = None
    """The newest one whose status we understand."""
    ours: ParcelBack | None = None
    """The parcel that it is about, where we opened it ourselves: then no platform knows of it, nor is told anything."""
    ours_told: bool = False
    """Service has heard that the parcel comes back."""
    pace: int
    kind: AfterSaleKind
    """What it is by now: what no carrier turns round becomes a return."""
    status: AfterSaleStatus = AfterSaleStatus.REQUESTED
    opened_at: Moment
    stepped_at: Moment
    """When it last came further; who is waited for since then."""
    grounds: Grounds | None = None
    look_again: bool = False
    decision: Decision | None = None
    refund_fen: int
    """What is to go back; a person may set another sum where we pay it ourselves."""
    hold: CaseHold | None = None
    waived: tuple[Trouble, ...] = ()
    """Troubles that a person has seen and lets pass."""
    waybill: str = ""
    carrier: str = ""
    parcel: ParcelState | None = None
    turned: Literal["", "turned", "refused"] = ""
    """Whether the carrier brings the parcel back."""
    expected: bool = False
    """The warehouse has been told what comes back."""
    inspected: tuple[InspectedPiece, ...] = ()
    inspected_at: Moment | None = None
    inspected_in: str = ""
    """The warehouse that looked at it."""
    confirmed: bool = False
    """The platform was told that the goods are back."""
    damage_told: bool = False
    """Service has heard that damaged pieces came back."""
    sent: Literal["", "asked", "accepted", "shipped"] = ""
    """The new delivery of an exchange or a re-sending."""
    new_waybill: str = ""
    edition: int = 1
    """The way it goes."""
    to_follow: tuple[CaseParcel, ...] = ()
    """Sent once more, and neither the carrier nor the platform was told yet."""
    deadlines: tuple[CaseDeadline, ...] = ()
    steps_done: tuple[str, ...] = ()
    sla: SlaState = SlaState.OK
    told: str = ""
    """The last status that the order was told."""
    told_hold: str = ""
    """What people were told of last."""
    ended_at: Moment | None = None
    seen: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    seq: int = 0
    timeline: tuple[Change, ...] = ()
    unsaved: tuple[Change, ...] = ()
    unsaved_goods: tuple[GoodsMove, ...] = ()
    unsaved_parcels: tuple[CaseParcel, ...] = ()
    must_save: bool = False

    @property
    def key(self) -> str:
        """Name the case for ever."""
        return case_key(self.case)

    @property
    def ended(self) -> bool:
        """Nothing happens to it any more."""
        return self.status in ENDED

    @property
    def platform_decides(self) -> bool:
        """Tell whether its platform pays back, and waits for our answer."""
        return self.ours is None and self.grounds is not None and self.grounds.answers

    @property
    def return_code(self) -> str:
        """Name what comes back, for the warehouse; the same case always has the same code."""
        return f"{RETURN_MARK}{_short(self.key)}"

    @property
    def delivery_code(self) -> str:
        """Name what goes out once more, for the warehouse: the order's business id and a mark of the case."""
        order = self.grounds.order if self.grounds else None
        return f"{order.business_id}-{RESEND_MARK}{_short(self.key)[:8]}" if order else ""

    def note(  # noqa: PLR0913 - one audit event has this many columns
        self, at: datetime, what: str, *, actor: str = "orderloom", before: str = "", after: str = "",
        why: str = "", rule_version: str = "", topic: str = "",
    ) -> None:  # fmt: skip
        """Write one line of the case's history."""
        self.seq += 1
        self.must_save = True
        change = Change(
            id=f"aftersale:{self.key}#{self.seq}", seq=self.seq, at=at, actor=actor, what=what, before=before,
            after=after, why=why, rule_version=rule_version, topic=topic,
        )  # fmt: skip
        self.timeline = (*self.timeline, change)[-REMEMBERED_CHANGES:]
        self.unsaved = (*self.unsaved, change)

    def move(self, to: AfterSaleStatus, at: datetime, *, actor: str = "orderloom", why: str = "") -> None:
        """Go one step on. Raises IllegalMove when the table does not list it."""
        check_move(self.status, to)
        self.go(to, at, actor=actor, why=why)

    def go(self, to: AfterSaleStatus, at: datetime, *, actor: str, why: str = "") -> None:
        """Be where the platform says, or where `move` has checked that we may go."""
        before, self.status = self.status, to
        self.stepped_at, self.deadlines, self.hold = at, (), None
        if to in ENDED:
            self.ended_at = at
        topic = f"aftersale.{to}"
        self.note(at, "after_sale.moved", actor=actor, before=before, after=to, why=why, topic=topic)

    def stop(self, trouble: Trouble, note: str, at: datetime) -> None:
        """Stand still until a person acts; said again with the same words, it is said once."""
        if self.hold is not None and (self.hold.trouble, self.hold.note) == (trouble, note):
            return
        self.hold = CaseHold(trouble=trouble, note=note, since=at)
        self.note(at, "after_sale.held", after=trouble, why=note)

    def first_time(self, event_id: str) -> bool:
        """Remember an event; False when it was remembered before."""
        if event_id in self.seen:
            return False
        self.seen = (*self.seen, event_id)[-REMEMBERED_EVENTS:]
        return True

    def next_deadline(self) -> CaseDeadline | None:
        """Return what is due next."""
        open_ones = [deadline for deadline in self.deadlines if deadline.id not in self.steps_done]
        return None if self.ended else min(open_ones, key=lambda deadline: deadline.due, default=None)

    def book_goods(self, moves: tuple[GoodsMove, ...]) -> None:
        """Let goods move with the next book."""
        self.must_save = True
        self.unsaved_goods = (*self.unsaved_goods, *moves)

    def book_parcel(self, parcel: CaseParcel) -> None:
        """Have a parcel of the case watched from the next book on."""
        self.must_save = True
        self.unsaved_parcels = (*self.unsaved_parcels, parcel)

    def take_book(self, why_here: str) -> AfterSaleBook | None:
        """Hand out what is not yet written down; None when there is nothing."""
        if not self.must_save:
            return None
        book = AfterSaleBook(
            row=self._row(why_here), changes=self.unsaved, goods=self.unsaved_goods, parcels=self.unsaved_parcels
        )  # fmt: skip
        self.unsaved, self.unsaved_goods, self.unsaved_parcels, self.must_save = (), (), (), False
        return book

    def _row(self, why_here: str) -> AfterSaleRow:
        case, deadline = self.case, self.next_deadline()
        order = self.grounds.order if self.grounds else None
        return AfterSaleRow(
            key=self.key, case_id=case.id, order=case.order, business_id=order.business_id if order else "",
            seq=self.seq, kind=self.kind, status=self.status, raw_status=case.raw_status, line=case.line,
            quantity=case.quantity, refund_fen=self.refund_fen, held=self.hold.note if self.hold else "",
            why_here=why_here, sla_state=self.sla, answer_by=case.answer_by,
            next_deadline=deadline.due if deadline else None,
            next_deadline_text=WHAT_HAPPENS[deadline.step] if deadline else "",
            waybill=self.waybill, carrier=self.carrier, return_code=self.return_code,
            delivery_code=self.delivery_code, opened_at=self.opened_at,
            modified_at=case.modified_at, ended_at=self.ended_at,
        )  # fmt: skip


def _short(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest())[:13].decode()


OpenCase.model_rebuild()

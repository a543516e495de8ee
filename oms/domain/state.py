"""Everything an order remembers, in one model that survives continue-as-new."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from oms.domain.aftersale import CaseSeen
from oms.domain.alarms import Alarm
from oms.domain.book import Change, OrderBook, OrderRow, Sold, StockMove
from oms.domain.deadlines import Assessment, Deadline, SlaState, Step, nearest
from oms.domain.deliveries import DeliveryOrder
from oms.domain.holds import Gate, Hold, HoldReason, stopping
from oms.domain.ids import OrderKey, business_id
from oms.domain.messages import SnapshotArrived
from oms.domain.model import Fact, Moment
from oms.domain.order import Snapshot
from oms.domain.parcels import Parcel
from oms.domain.stages import ENDED, Outcome, Stage, check_move
from oms.domain.stock import Allocation

REMEMBERED_EVENTS = REMEMBERED_CHANGES = 200


class Payment(StrEnum):
    """Where the money is."""

    UNPAID = "unpaid"
    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"


class Withdrawal(Fact):
    """Somebody does not want the order any more: who, why, and how the undoing went."""

    actor: str
    why: str
    at: Moment
    verdict: str = ""
    """In words, once it is known: cancelled, intercepted at the carrier, or to become a return."""


class Ended(Fact):
    """What an order's workflow answers at its end; all the rest is in the book."""

    business_id: str
    stage: Stage
    outcome: Outcome
    at: Moment
    why: str = ""


CORRECTING = 3
RULED = EDITION = 4
"""The way that new orders go, see docs/decisions/0013; an order keeps the one it was begun with, so that it replays.

1: rules and stock are asked one after the other, and a written-back waybill is written down at once.
2: they are asked in one local activity, and the activity that wrote the waybill back notes it; an order that was
partly refunded before its first snapshot waits for a person.
3: a corrected waybill is told to the channel as a correction, and a parcel that is refused or turned round is told of.
4: the compliance gate asks the rules, and they are asked once more immediately before the warehouse is.
"""


class Begin(BaseModel):
    """An order's input: the first snapshot, the pace of a demonstration, and the state carried on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first: SnapshotArrived
    pace: int = Field(default=1, ge=1)
    state: "OrderState | None" = None
    edition: int = 1
    limited: bool = False
    """The platform has a quota: what it is asked waits its turn in the channel's own queue."""


class OrderState(BaseModel):
    """An order's memory. Mutable, and changed only by the functions of the domain."""

    model_config = ConfigDict(extra="ignore")

    key: OrderKey
    business_id: str
    pace: int
    edition: int = 1
    snapshot: Snapshot
    receiver_digest: str
    stage: Stage = Stage.RECEIVED
    outcome: Outcome | None = None
    payment: Payment = Payment.UNPAID
    paid_at: Moment | None = None
    paid_by: tuple[str, ...] = ()
    holds: tuple[Hold, ...] = ()
    assessment: Assessment | None = None
    assess_again: bool = False
    rules_wanted: str = ""
    """The version of the table to live by from the next assessment on; empty: the one it lives by."""
    approved: tuple[str, ...] = ()
    """Reviews that a person has given; no table asks for them again."""
    lock_lifted: bool = False
    address_changes: int = 0
    waybill_changes: int = 0
    alarms: tuple[Alarm, ...] = ()
    wrong_couriers: tuple[str, ...] = ()
    """Waybills that left with a courier whom the platform forbids, of which nobody was told yet."""
    tags: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    steps_done: tuple[str, ...] = ()
    sla: SlaState = SlaState.OK
    allocations: tuple[Allocation, ...] = ()
    reserve_again: bool = False
    waiting_for: tuple[str, ...] = ()
    deliveries: tuple[DeliveryOrder, ...] = ()
    deliveries_asked: int = 0
    readdress: bool = False
    take_back: str = ""
    """Why the warehouse is to be asked for the goods back, which are then reserved and sent anew."""
    send_rest: bool = False
    """Pieces that a case had stopped are to follow those that have left."""
    parcels: tuple[Parcel, ...] = ()
    announced: tuple[str, ...] = ()
    """Waybills that are being, or were, told to the channel and the carrier's tracking."""
    told: tuple[str, ...] = ()
    """Drawn waybills that the channel was told of before their parcel left."""
    given_back: tuple[str, ...] = ()
    """Drawn waybills that were not used."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Waybill that is right, waybill that the channel was told before; removed once the channel knows."""
    untold: tuple[tuple[str, int], ...] = ()
    """Waybills that the channel refused, and how many cases were over by then; told again when another is."""
    troubles_told: tuple[str, ...] = ()
    """Waybills of parcels that were refused or turned round, of which people were told."""
    cases: tuple[CaseSeen, ...] = ()
    ask_about_payment: Literal["", "gateway", "platform"] = ""
    """Which side has not told us of the payment in time and is now asked."""
    address_wish: Literal["", "open", "at_the_warehouse", "being_answered"] = ""
    """The buyer has asked the platform for another address and waits for an answer."""
    withdrawal: Withdrawal | None = None
    interceptions: tuple[str, ...] = ()
    """Waybills whose carrier was asked to turn round."""
    confirmed_at: Moment | None = None
    completion_due: bool = False
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    ended_at: Moment | None = None
    seen: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    seq: int = 0
    timeline: tuple[Change, ...] = ()
    unsaved: tuple[Change, ...] = ()
    must_save: bool = False
    unsaved_stock: tuple[StockMove, ...] = ()

    @classmethod
    def begin(cls, first: SnapshotArrived, pace: int) -> "OrderState":
        """Open the memory of a new order."""
        snapshot = first.snapshot
        return cls(
            key=snapshot.key,
            business_id=business_id(snapshot.key, snapshot.created_at),
            pace=pace,
            snapshot=snapshot,
            receiver_digest=snapshot.receiver_digest,
        )

    @property
    def ended(self) -> bool:
        """Nothing happens to it any more."""
        return self.stage in ENDED

    def note(  # noqa: PLR0913 - one audit event has this many columns
        self,
        at: datetime,
        what: str,
        *,
        actor: str = "orderloom",
        before: str = "",
        after: str = "",
        why: str = "",
        rule_version: str = "",
        rule: str = "",
        topic: str = "",
        can_wait: bool = False,
    ) -> None:
        """Write one line of the order's history; one that can wait is saved with the next that cannot."""
        self.seq += 1
        self.must_save = self.must_save or not can_wait
        change = Change(
            id=f"{self.key}#{self.seq}", seq=self.seq, at=at, actor=actor, what=what, before=before,
            after=after, why=why, rule_version=rule_version, rule=rule, topic=topic,
        )  # fmt: skip
        self.timeline = (*self.timeline, change)[-REMEMBERED_CHANGES:]
        self.unsaved = (*self.unsaved, change)

    def move(self, to: Stage, at: datetime, *, actor: str = "orderloom", why: str = "") -> None:
        """Go to another stage. Raises IllegalMove when the table does not list it."""
        check_move(self.stage, to)
        before, self.stage = self.stage, to
        topic = f"order.{to}"
        self.note(at, "stage.moved", actor=actor, before=before, after=to, why=why, topic=topic)

    def place(self, hold: Hold, at: datetime, *, rule: str = "", rule_version: str = "") -> None:
        """Add a hold; an ended order takes none. One of the same reason is replaced when its note or end differs."""
        present = self.held(hold.reason)
        if self.ended:
            self.note(at, "hold.not_placed", actor=hold.actor, after=hold.reason, why=hold.note)
            return
        if present is not None and (present.note, present.until) == (hold.note, hold.until):
            return
        self.holds = (*(h for h in self.holds if h.reason != hold.reason), hold)
        self.note(
            at, "hold.placed", actor=hold.actor, before=self.stage if rule else "", after=hold.reason, why=hold.note,
            rule=rule, rule_version=rule_version,
        )  # fmt: skip

    def hold_until(self, hold: Hold, at: datetime, text: str = "the hold ends by itself") -> None:
        """Add a hold that ends by itself at its `until`."""
        assert hold.until is not None  # noqa: S101 - what this is for; for the type checker
        self.place(hold, at)
        end = Deadline(
            step=Step.EXPIRE_HOLD,
            due=hold.until,
            source="estimate",
            rule="hold.until",
            version="-",
            text=text,
        )
        self.deadlines = (*self.deadlines, end)

    def lift(self, reason: HoldReason, at: datetime, *, actor: str, why: str) -> None:
        """Take a hold away; nothing happens when there is none."""
        if self.held(reason) is None:
            return
        self.holds = tuple(hold for hold in self.holds if hold.reason != reason)
        self.note(at, "hold.lifted", actor=actor, before=reason, why=why)

    def held(self, reason: HoldReason) -> Hold | None:
        """Return the hold of this reason, if there is one."""
        return next((hold for hold in self.holds if hold.reason == reason), None)

    def stopped_at(self, gate: Gate) -> tuple[Hold, ...]:
        """Return the holds that stop the order at this gate."""
        return stopping(self.holds, gate)

    def first_time(self, event_id: str) -> bool:
        """Remember an event; False when it was remembered before."""
        if event_id in self.seen:
            return False
        self.seen = (*self.seen, event_id)[-REMEMBERED_EVENTS:]
        return True

    def promise(self, deadlines: tuple[Deadline, ...]) -> None:
        """Live by other deadlines from now on; the ends of timed holds stay."""
        ends = tuple(deadline for deadline in self.deadlines if deadline.step is Step.EXPIRE_HOLD)
        self.deadlines = (*deadlines, *ends)

    def next_deadline(self) -> Deadline | None:
        """Return what is due next."""
        return None if self.ended else nearest(self.deadlines, self.steps_done)

    def release_stock(self, move: StockMove) -> None:
        """Let reserved pieces go with the next book."""
        self.must_save = True
        self.unsaved_stock = (*self.unsaved_stock, move)

    def take_book(self, why_here: str) -> OrderBook | None:
        """Hand out what is not yet written down; None when there is nothing."""
        if not self.unsaved and not self.unsaved_stock:
            return None
        book = OrderBook(
            row=self._row(why_here), changes=self.unsaved, parcels=self.parcels, stock=self.unsaved_stock
        )
        self.unsaved, self.unsaved_stock, self.must_save = (), (), False
        return book

    def _row(self, why_here: str) -> OrderRow:
        deadline = self.next_deadline()
        return OrderRow(
            key=self.key, business_id=self.business_id, seq=self.seq, stage=self.stage, outcome=self.outcome or "",
            holds=tuple(hold.reason for hold in self.holds), payment=self.payment, sla_state=self.sla,
            next_deadline=deadline.due if deadline else None, next_deadline_text=deadline.text if deadline else "",
            why_here=why_here, tags=self.tags, total_fen=self.snapshot.total_fen, currency=self.snapshot.currency,
            platform_status=self.snapshot.status, platform_fingerprint=self.snapshot.fingerprint,
            platform_modified_at=self.snapshot.modified_at, created_at=self.snapshot.created_at, paid_at=self.paid_at,
            ship_by=self.assessment.ship_by if self.assessment else self.snapshot.ship_by, shipped_at=self.shipped_at,
            delivered_at=self.delivered_at, ended_at=self.ended_at, waiting_for=self.waiting_for,
            sold=Sold.of(self.snapshot),
        )  # fmt: skip


Begin.model_rebuild()

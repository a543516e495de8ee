"""A platform's row with everything filled in: the blocks of figures that an order, a parcel or a case lives by."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.deadlines import AddressTerms, WaybillTerms
from oms.domain.model import Fact

Fen = Annotated[int, "fen"]
Text = Annotated[str, "text"]
UNSURE = frozenset({"C", "D"})
"""Evidence grades whose figures are shown as 待确认: one or undated secondary source, assumption."""


class Words(Fact):
    """The same in both languages."""

    zh: str
    en: str


class ShipRules(Fact):
    """By when it must ship, and who hears of it before."""

    within: timedelta
    """From the payment; of a presale from its first day of shipping."""
    calendar: Literal["every_day", "workdays"]
    """Which days the durations of this block count on that run forward: all, or Chinese workdays only."""
    ahead: timedelta
    """Our own red line is so long before the time that the platform gave the order."""
    combine: Literal["strictest_for_spot", "strictest", "platform_only"]
    """Which of both times counts, the platform's own for this order or the table's."""
    remind_before: timedelta
    warn_before: timedelta
    escalate_after: timedelta
    further_after: timedelta
    """Since the escalation, if nobody acknowledges it."""
    waybill_within: timedelta | None
    """The red line without a waybill (R27); null: none."""


class PaymentRules(Fact):
    """How long one way of learning of a payment may be alone with it (R16)."""

    confirm_within: timedelta


class CompleteRules(Fact):
    """When an order that was signed for is over."""

    after: timedelta


class ParcelRules(Fact):
    """How long a parcel may say nothing."""

    first_scan_within: timedelta
    """Since it left the warehouse; without a scan by then the platform may call it a false shipment."""
    silent_after: timedelta
    """Since its last scan; then the carrier is asked."""
    query_again_after: timedelta
    """At least half an hour: carriers lock a number that is asked for more often."""


class CourierRules(Fact):
    """Who may carry it, in our words for couriers."""

    mode: CourierMode
    names: tuple[str, ...]

    @property
    def terms(self) -> CourierTerms:
        """The same as a demand on the courier."""
        return CourierTerms(mode=self.mode, names=self.names)


class AddressRules(Fact):
    """Whether and until when an order may go to another address."""

    policy: Literal["free", "approval", "forbidden"]
    until: Literal["before_release", "before_waybill", "before_ship"]
    max_changes: int | None

    @property
    def terms(self) -> AddressTerms:
        """The same as the order carries it."""
        return AddressTerms(policy=self.policy, until=self.until, max_changes=self.max_changes)


class WaybillRules(Fact):
    """Whether and until when a parcel may go under another waybill."""

    allowed: bool
    within: timedelta | None
    until: Literal["before_first_scan", "before_sign", "before_complete"]
    max_changes: int | None

    @property
    def terms(self) -> WaybillTerms:
        """The same as the order carries it."""
        return WaybillTerms(
            allowed=self.allowed, within=self.within, until=self.until, max_changes=self.max_changes
        )


class ReviewRules(Fact):
    """Which orders wait for customer service."""

    high_value: Fen
    first_buyer: bool
    remark: bool


class TagRules(Fact):
    """Which orders carry a mark."""

    key_order_over: Fen
    key_order: Text


class AfterSaleRules(Fact):
    """By when a buyer is answered, and when nobody needs to be asked."""

    answer_within: timedelta
    remind_before: timedelta
    auto_agree_before_shipping: bool
    auto_agree_below: Fen
    chase_after: timedelta
    reopens_within: timedelta


class PenaltyRules(Fact):
    """What a violation may cost an order: estimates for reports, never money to book."""

    late_ship: Fen | None
    false_ship: Fen | None


class GuideRules(Fact):
    """What only people read."""

    auto_confirm_after: timedelta | None
    """So long after shipping the platform confirms the receipt for the buyer."""
    auto_confirm_unsigned_after: timedelta | None
    sign_lag_max: timedelta | None
    """So long the platform may say "on its way" after the signature."""
    deadline_field: Text | None
    """The platform's field with an order's own ship-by time."""
    counts_as_shipped: Literal["waybill_uploaded", "first_scan"]
    presale_min: timedelta | None
    presale_max: timedelta | None
    no_reason_days: int
    delay_negotiation_max: int | None
    delay_negotiation_before: timedelta | None
    address_self_service_within: timedelta | None
    """So long the buyer changes the address without asking."""
    address_answer_within: timedelta | None
    """A merchant who says nothing for so long has agreed."""
    note_zh: Text | None
    note_en: Text | None


class PlatformRules(Fact):
    """One platform's whole row, defaults, overlays and campaigns filled in."""

    name: Words
    ship: ShipRules
    payment: PaymentRules
    complete: CompleteRules
    parcel: ParcelRules
    couriers: CourierRules
    address_change: AddressRules
    waybill_change: WaybillRules
    review: ReviewRules
    tag: TagRules
    after_sale: AfterSaleRules
    in_flight: Literal["reevaluate", "keep"]
    """What a newly activated table does to orders under way."""
    penalty: PenaltyRules
    guide: GuideRules
    evidence: Mapping[str, str]
    """The grade of every figure: S, A, B, C or D."""
    sources: Mapping[str, str]
    """Which row of the table each figure comes from: `defaults`, `platforms.douyin`, `campaigns.double-11`."""

    def unsure(self, figure: str) -> bool:
        """Tell whether a figure has yet to be confirmed (待确认)."""
        return self.evidence.get(figure) in UNSURE

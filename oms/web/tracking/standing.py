"""Where an order is and what happens next, in the words that its buyer reads; nothing of what holds it up inside."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from oms.domain.book import OrderRow
from oms.domain.holds import HoldReason
from oms.domain.parcels import ENDED, Parcel, ParcelState
from oms.domain.stages import Stage
from oms.domain.state import Payment
from oms.languages.marks import N_


class Standing(NamedTuple):
    """One heading, what comes next, and how it looks: `going`, `good`, `heed` (do or know something), `over`."""

    heading: str
    then: str
    tone: str = "going"


PREPARING: Final = Standing(
    N_("We are getting your order ready"), N_("Next, the warehouse picks and packs it.")
)
CHECKED: Final = Standing(
    N_("We are checking your order"),
    N_(
        "Somebody of ours is looking at it. You need not do anything; if we need to know something, we ask you "
        "where you ordered."
    ),
)
STAGES: Final[Mapping[str, Standing]] = {
    Stage.RECEIVED: Standing(N_("We have your order"), N_("Next, it is made ready for the warehouse.")),
    Stage.AWAITING_PAYMENT: Standing(
        N_("Waiting for your payment"), N_("Pay where you ordered; then we get it ready."), "heed"
    ),
    Stage.ACCEPTED: PREPARING,
    Stage.ALLOCATED: PREPARING,
    Stage.CLEARED: PREPARING,
    Stage.RELEASED: Standing(
        N_("The warehouse is packing your order"), N_("Next, it is handed to the carrier.")
    ),
    Stage.SHIPPED: Standing(N_("Shipped"), N_("Next, the carrier collects it.")),
    Stage.IN_TRANSIT: Standing(N_("On its way"), N_("Next, it reaches the delivery station near you.")),
    Stage.DELIVERED: Standing(
        N_("Delivered"), N_("If something is not right, see below how to return it."), "good"
    ),
    Stage.CLOSED: Standing(
        N_("The parcel came back to us"), N_("Your refund goes back the way you paid."), "over"
    ),
}
WAITS_FOR_GOODS: Final = Standing(
    N_("We are waiting for goods"), N_("A piece of your order has to arrive at our warehouse first.")
)
PARCELS: Final[Mapping[ParcelState, Standing]] = {
    ParcelState.EXCEPTION: Standing(
        N_("Delayed"),
        N_("The carrier reports a problem and is looking into it. You need not do anything; we keep asking."),
        "heed",
    ),
    ParcelState.AT_PICKUP_POINT: Standing(
        N_("Ready to be picked up"),
        N_("It waits for you at a pick-up point or in a locker; the carrier's message to you has the code."),
        "heed",
    ),
    ParcelState.REJECTED: Standing(
        N_("Not accepted"), N_("It goes back to us. Once it is here, your refund follows."), "over"
    ),
    ParcelState.RETURNING: Standing(
        N_("On its way back to us"), N_("Once it is here, your refund follows."), "over"
    ),
    ParcelState.OUT_FOR_DELIVERY: Standing(
        N_("Out for delivery"), N_("A courier is bringing it. Please keep your phone at hand.")
    ),
    ParcelState.IN_TRANSIT: STAGES[Stage.IN_TRANSIT],
    ParcelState.PICKED_UP: Standing(N_("With the carrier"), N_("Next, it leaves for your city.")),
    ParcelState.CREATED: Standing(
        N_("Shipped"), N_("Next, the carrier collects it; its first scan appears here.")
    ),
    ParcelState.UNKNOWN: Standing(N_("Shipped"), N_("The carrier has not reported yet; we keep asking.")),
    ParcelState.DELIVERED: STAGES[Stage.DELIVERED],
    ParcelState.RETURNED: Standing(N_("Back with us"), N_("Your refund goes back the way you paid."), "over"),
    ParcelState.CANCELLED: Standing(N_("Not sent"), N_("The carrier's job was cancelled."), "over"),
}
"""In the order in which a buyer wants to hear of them, of several parcels."""
ONE_OF_SEVERAL: Final[Mapping[ParcelState, str]] = {
    ParcelState.EXCEPTION: N_("A parcel is delayed"),
    ParcelState.AT_PICKUP_POINT: N_("A parcel is ready to be picked up"),
    ParcelState.REJECTED: N_("A parcel was not accepted"),
    ParcelState.RETURNING: N_("A parcel is on its way back to us"),
    ParcelState.OUT_FOR_DELIVERY: N_("A parcel is out for delivery"),
}
_MONEY: Final[Mapping[str, str]] = {
    Payment.UNPAID: N_("Nothing was paid, and there is nothing to do."),
    Payment.REFUNDED: N_("Your money has gone back the way you paid."),
}
_MONEY_COMES: Final = N_("What you paid goes back the way you paid.")


def of_parcel(parcel: Parcel) -> Standing:
    """Say where a parcel is; one that was signed for has arrived, whatever became of it afterwards."""
    if parcel.delivered_at and parcel.state not in {ParcelState.RETURNING, ParcelState.RETURNED}:
        return PARCELS[ParcelState.DELIVERED]
    return PARCELS[parcel.state]


def of_order(order: OrderRow, parcels: Sequence[Parcel]) -> Standing:
    """Say where an order is: what a buyer most wants to know of its parcels, before that what we are doing."""
    if order.stage == Stage.CANCELLED:
        return Standing(N_("Cancelled"), _MONEY.get(order.payment, _MONEY_COMES), "over")
    if order.stage == Stage.CLOSED:
        return STAGES[Stage.CLOSED]
    under_way = {p.state for p in parcels if not p.delivered_at and p.state not in ENDED}
    for state in PARCELS:
        if state in under_way and len(parcels) > 1:
            return PARCELS[state]._replace(heading=ONE_OF_SEVERAL.get(state, PARCELS[state].heading))
        if state in under_way:
            return PARCELS[state]
    if order.stage in {Stage.DELIVERED, Stage.COMPLETED}:
        return STAGES[Stage.DELIVERED]
    return _inside(order)


def _inside(order: OrderRow) -> Standing:
    if HoldReason.OUT_OF_STOCK in order.holds:
        return WAITS_FOR_GOODS
    return CHECKED if order.holds else STAGES.get(order.stage, PREPARING)

"""A buyer asks the platform for another address and waits for an answer: yes for as long as nothing has left."""

from datetime import datetime, timedelta

from oms.domain import terms
from oms.domain.fulfilment import open_deliveries
from oms.domain.holds import Hold, HoldReason
from oms.domain.messages import AddressWanted
from oms.domain.stages import LEFT, Stage
from oms.domain.state import OrderState

ACTOR = "buyer"
NEW_ADDRESS_WITHIN = timedelta(hours=2)
"""How long the goods wait, at this order's pace, for the address that was agreed to."""


def wished(order: OrderState, message: AddressWanted, at: datetime) -> None:
    """Take the wish in; what has not left waits until it is answered."""
    if not order.first_time(message.event_id) or order.ended:
        return
    order.address_wish = "open"
    order.note(at, "address.wanted", actor=ACTOR)
    if order.stage not in LEFT:
        note = "the buyer asks for another address"
        order.place(Hold(reason=HoldReason.ADDRESS_CHANGE, actor=ACTOR, since=at, note=note), at)
    if order.stage is Stage.RELEASED and open_deliveries(order) and not order.parcels:
        order.take_back, order.address_wish = "the buyer asks for another address", "at_the_warehouse"


def may_be_answered(order: OrderState) -> bool:
    """Tell whether a wish is open and the warehouse, if it had the goods, has said whether it gives them back."""
    return order.address_wish == "open" or (order.address_wish == "at_the_warehouse" and not order.take_back)


def refusal(order: OrderState) -> str:
    """Say why the goods cannot go elsewhere any more; empty when they can."""
    if order.stage in LEFT or order.parcels:
        return "the parcel has left"
    if order.stage is Stage.RELEASED:
        return "the warehouse is sending it already"
    if order.withdrawal is not None:
        return "the order is being cancelled"
    return terms.address(order)


def answered(order: OrderState, why_not: str, at: datetime) -> None:
    """The platform has our answer: after a yes the goods wait for the new address, and not for ever."""
    order.address_wish = ""
    if why_not and why_not == terms.address(order):
        version = order.assessment.policy.version if order.assessment else ""
        order.note(
            at, "address.refused", before=order.stage, after="no", why=why_not, rule="address_change",
            rule_version=version,
        )  # fmt: skip
    else:
        order.note(at, "address.answered", after="no" if why_not else "yes", why=why_not)
    hold = order.held(HoldReason.ADDRESS_CHANGE)
    if hold is None or hold.actor != ACTOR:
        return
    if why_not:
        order.lift(HoldReason.ADDRESS_CHANGE, at, actor=ACTOR, why=why_not)
        return
    until = at + NEW_ADDRESS_WITHIN / order.pace
    waiting = hold.model_copy(update={"note": "the new address is on its way", "until": until})
    order.hold_until(waiting, at, "the new address has not come")

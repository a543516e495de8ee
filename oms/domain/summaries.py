"""What each step says of itself in the timeline of the Temporal UI: an order's logbook, in plain words."""

from oms.domain.card import clock, pieces, place, what_happens
from oms.domain.deadlines import Deadline
from oms.domain.deliveries import DeliveryOrder
from oms.domain.errands import InterfacesWatched
from oms.domain.handover import Notice
from oms.domain.ids import ShopKey
from oms.domain.money import fen_to_yuan
from oms.domain.parcels import Parcel
from oms.domain.relaying import TurnFailed, TurnStopped
from oms.domain.state import OrderState
from oms.domain.stock import Piece

CARD_ROWS = 30


class Words(str):
    """Words for people. They stay readable when payloads are encrypted: never a name, a phone, an address.

    Whatever a person typed (notes, reasons, remarks) stays out of them.
    """

    __slots__ = ()


def title(order: OrderState) -> Words:
    """One line that says which order this is."""
    lines = order.snapshot.lines
    count = sum(line.quantity for line in lines)
    things = f"{count} piece{'' if count == 1 else 's'}"
    return Words(
        f"{order.key} · {things} · {fen_to_yuan(order.snapshot.total_fen)} {order.snapshot.currency}"
    )


def assess() -> Words:
    """Ask the rules what was promised."""
    return Words("look up the rules: deadlines, reviews, tags")


def admit(wanted: tuple[Piece, ...]) -> Words:
    """Ask the rules and reserve stock."""
    if not wanted:
        return assess()
    return Words(f"look up the rules, and reserve {pieces(wanted)}")


def judge() -> Words:
    """Ask the compliance gate."""
    return Words("ask the compliance gate")


def reserve(wanted: tuple[Piece, ...]) -> Words:
    """Reserve stock."""
    return Words(f"reserve {pieces(wanted) or 'nothing'}")


def save(order: OrderState) -> Words:
    """Write the book."""
    return Words(f"write down: {place(order)}")


def release(delivery: DeliveryOrder) -> Words:
    """Push to a warehouse."""
    return Words(f"ask {delivery.warehouse} to ship {pieces(delivery.pieces)} as {delivery.code}")


def recall(delivery: DeliveryOrder) -> Words:
    """Stop a warehouse."""
    return Words(f"ask {delivery.warehouse} not to ship {delivery.code}")


def recycle(waybill: str) -> Words:
    """Give back a waybill that was drawn and not used."""
    return Words(f"give back unused waybill {waybill}")


def intercept(parcel: Parcel) -> Words:
    """Stop a parcel on its way."""
    return Words(f"ask {parcel.carrier.upper()} to stop parcel {parcel.waybill}")


def write_back(shop: ShopKey, parcel: Parcel) -> Words:
    """Tell the channel of a parcel."""
    return Words(f"tell {shop} that parcel {parcel.waybill} is on its way")


def correct(wrong: str, parcel: Parcel) -> Words:
    """Tell the channel of another waybill."""
    return Words(f"tell the channel that the parcel goes under {parcel.waybill}, not {wrong}")


def draw(delivery: DeliveryOrder) -> Words:
    """Draw a waybill."""
    return Words(f"draw a waybill for {delivery.code}")


def answer_address(shop: ShopKey, *, accept: bool) -> Words:
    """Answer a wish for another address."""
    return Words(f"tell {shop}: {'yes' if accept else 'no'} to the new address")


def confirm_payment(side: str) -> Words:
    """Ask who has not told of the payment."""
    return Words(f"ask the {side} whether it was paid")


def open_case(parcel: Parcel) -> Words:
    """Open an after-sale for a parcel that comes back unasked."""
    return Words(f"open an after-sale for parcel {parcel.waybill}, which is {parcel.state}")


def track(parcel: Parcel) -> Words:
    """Subscribe to a parcel's trace."""
    return Words(f"follow parcel {parcel.waybill} at {parcel.carrier.upper()}")


def tell(notice: Notice) -> Words:
    """Send people a notice."""
    return Words(f"tell {notice.to}: {notice.title}")


def timer(deadline: Deadline) -> Words:
    """Wait for a deadline: until when, what happens then, and which rule says so."""
    rule = f"{deadline.rule}, {deadline.version}"
    return Words(f"wait until {clock(deadline.due)}, then {what_happens(deadline)} ({rule})")


def poll(shop: ShopKey) -> Words:
    """Fetch what changed."""
    return Words(f"ask {shop} what changed")


def sweep(shop: ShopKey) -> Words:
    """Compare a day."""
    return Words(f"compare {shop} with ours")


def relay(subscriber: str) -> Words:
    """Bring events to a subscriber."""
    return Words(f"tell {subscriber} what happens, for a while")


def try_again(subscriber: str, turn: TurnFailed) -> Words:
    """Wait before an event is sent again."""
    return Words(
        f"{subscriber} failed {turn.failures} times in a row ({turn.answer}); wait before the next try"
    )


def stopped(subscriber: str, turn: TurnStopped) -> Words:
    """Wait for a person."""
    return Words(f"{subscriber} is {turn.state}: wait until somebody resumes it")


def clear_events() -> Words:
    """Clear away what everybody has."""
    return Words("clear away old events that every subscriber has")


def watch_parcels() -> Words:
    """Look after silent parcels."""
    return Words("ask carriers for the parcels that say nothing")


def rules_begin(version: str) -> Words:
    """Wait until a version of the table is in force."""
    return Words(f"wait until rules {version} are in force")


def spread_rules(version: str) -> Words:
    """Tell the orders in flight."""
    return Words(f"tell orders in flight of rules {version}")


def write_report(period: str) -> Words:
    """Write a report's files."""
    return Words(f"write the violation report of {period}")


def watch_interfaces() -> Words:
    """Look after the outside world."""
    return Words("ask every outside interface how it is, and judge its calls")


def remind() -> Words:
    """Remind people of what ends."""
    return Words("remind people of interfaces, tokens and certificates that end")


def prune_calls() -> Words:
    """Forget old calls."""
    return Words("clear old calls out of the log")


def interfaces_card(found: InterfacesWatched) -> Words:
    """Show how the interfaces stand, the ill ones by name; Markdown."""
    rows = [f"| {name} | {health.value.replace('_', ' ')} |" for name, health in found.states.items()]
    table = ["| interface | state |", "|---|---|", *rows[:CARD_ROWS]] if rows else []
    more = [f"and {len(rows) - CARD_ROWS} more"] if len(rows) > CARD_ROWS else []
    return Words("\n".join([f"{found.healthy} healthy, {len(rows)} not", "", *table, *more]).strip())

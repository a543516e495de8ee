"""What a case makes of what it hears: its platform's newest word, the warehouse's inspection, the carrier's scans."""

from collections import Counter
from datetime import datetime

from oms.domain.aftersale import AfterSale
from oms.domain.aftersale import AfterSaleStatus as Status
from oms.domain.aftersales.book import CaseParcel, GoodsMove
from oms.domain.aftersales.flow import pieces_of_case
from oms.domain.aftersales.grounds import GOODS_GO_OUT
from oms.domain.aftersales.messages import InspectedPiece, ReturnArrived
from oms.domain.aftersales.moves import ENDED, is_newer, reachable
from oms.domain.aftersales.parcel_back import ParcelBack
from oms.domain.aftersales.promises import promise
from oms.domain.aftersales.state import FOLLOWING, CaseState, OpenCase, Trouble
from oms.domain.ids import Sku
from oms.domain.messages import ParcelEvent, WarehouseEvent, WarehouseSays
from oms.domain.parcels import RANK, ParcelState
from oms.domain.stock import demand_of

PLATFORM = "platform"


def open_memory(opening: OpenCase) -> CaseState:
    """Open the memory of a new case: a buyer's, or our own for a parcel."""
    first, pace, ours = opening.first, opening.pace, opening.ours
    state = begin(first, pace) if ours is None else begin_parcel(first, pace, ours)
    state.edition = opening.edition
    return state


def begin(first: AfterSale, pace: int) -> CaseState:
    """Open the memory of a new case, as far as its platform says it is."""
    known = first.status not in (Status.UNKNOWN, Status.REQUESTED)
    state = CaseState(
        case=first, pace=pace, kind=first.kind, opened_at=first.modified_at, stepped_at=first.modified_at,
        refund_fen=first.refund_fen, waybill=first.waybill, carrier=first.carrier,
        spoken=None if first.status is Status.UNKNOWN else first,
    )  # fmt: skip
    state.note(
        first.modified_at, "after_sale.opened", actor="buyer", after=Status.REQUESTED,
        why=f"{first.kind}: {first.raw_status}", topic=f"aftersale.{Status.REQUESTED}",
    )  # fmt: skip
    if known:
        state.go(first.status, first.modified_at, actor=PLATFORM, why=first.raw_status)
    return state


def begin_parcel(first: AfterSale, pace: int, ours: ParcelBack) -> CaseState:
    """Open the memory of a case of our own: the goods are on their way back already, and nothing is decided."""
    state = CaseState(
        case=first, pace=pace, kind=first.kind, status=first.status, opened_at=first.modified_at,
        stepped_at=first.modified_at, refund_fen=0, waybill=ours.waybill, carrier=ours.carrier, ours=ours,
        parcel=ours.state, turned="turned",
    )  # fmt: skip
    state.book_parcel(
        CaseParcel(
            waybill=ours.waybill, carrier=ours.carrier, way="back", shipped_at=ours.at, state=ours.state
        )
    )
    state.note(
        first.modified_at, "after_sale.opened", actor=ours.carrier or "carrier", after=first.status,
        why=f"parcel {ours.waybill} is {ours.state}", topic=f"aftersale.{first.status}",
    )  # fmt: skip
    return state


def absorb(state: CaseState, case: AfterSale, at: datetime) -> None:
    """Take in a word of the platform; the newest one counts, in whatever order they come.

    A word from before our own last step that stands behind it does not take the step back.
    """
    if state.ended:
        return
    if is_newer(case, state.case):
        _take_content(state, case, at)
    if case.status is Status.UNKNOWN or (state.spoken is not None and not is_newer(case, state.spoken)):
        return
    state.spoken = case
    if _follows(state, case):
        _go_where_they_say(state, case, at)


def _take_content(state: CaseState, case: AfterSale, at: datetime) -> None:
    before, state.case = state.case, case
    state.must_save = True
    if _wish(case) != _wish(before):
        _wished_anew(state, case, at)
    if case.waybill and case.waybill != state.waybill:
        state.waybill, state.carrier = case.waybill, case.carrier
        state.note(at, "return.waybill_set", actor=PLATFORM, after=case.waybill)
    if case.status is Status.UNKNOWN and case.raw_status != before.raw_status:
        state.note(at, "after_sale.unknown_word", actor=PLATFORM, after=case.raw_status)


def _follows(state: CaseState, case: AfterSale) -> bool:
    if not reachable(state.status, case.status) or _closes_too_early(state, case):
        return False
    words = list(Status)
    further = words.index(case.status) > words.index(state.status)
    return further or case.modified_at > state.stepped_at


def _closes_too_early(state: CaseState, case: AfterSale) -> bool:
    """A platform is done with an exchange when the goods are back; we are when the new ones have left."""
    sending = state.kind in GOODS_GO_OUT and state.confirmed and state.sent != "shipped"
    return sending and case.status in ENDED


def _go_where_they_say(state: CaseState, case: AfterSale, at: datetime) -> None:
    state.go(case.status, at, actor=PLATFORM, why=case.raw_status)
    # What a platform says is true since then; our own steps carry our own time.
    state.stepped_at = min(case.modified_at, at)
    promise(state, at)
    if case.status is Status.REQUESTED:
        state.decision, state.look_again, state.waived = None, True, ()


def _wish(case: AfterSale) -> tuple[object, ...]:
    return (case.kind, case.line, case.quantity, case.refund_fen)


def _wished_anew(state: CaseState, case: AfterSale, at: datetime) -> None:
    """The buyer wishes something else: what was decided about the old wish does not count."""
    state.kind = case.kind
    state.refund_fen = case.refund_fen
    state.note(at, "after_sale.wish_changed", actor="buyer", after=case.kind)
    if state.status is Status.REQUESTED:
        state.decision, state.hold, state.look_again = None, None, True


def parcel_event(state: CaseState, event: ParcelEvent, at: datetime) -> None:
    """Take in a carrier's word on the parcel that comes back; never backwards."""
    if not state.first_time(event.event_id) or event.waybill != state.waybill:
        return
    known = RANK[state.parcel] if state.parcel else -1
    if event.state is ParcelState.UNKNOWN or RANK[event.state] <= known:
        return
    state.parcel = event.state
    state.note(
        at,
        f"return.{event.state}",
        actor=state.carrier or "carrier",
        after=event.waybill,
        why=event.raw_state,
    )
    if state.ours is not None and event.state is ParcelState.DELIVERED and not state.ended:
        _signed_after_all(state, at)


def _signed_after_all(state: CaseState, at: datetime) -> None:
    """The buyer may have it now, or our own warehouse: only a person can find out."""
    if state.status is Status.RETURNING:
        state.decision = None
        state.stop(Trouble.DECISION, f"parcel {state.waybill} was signed for after all: ask by whom", at)


def returned(state: CaseState, event: ReturnArrived, at: datetime) -> None:
    """Take in what the warehouse found: pieces are counted once a message, good and damaged apart.

    Goods that come in after the case has ended are counted all the same: they lie there.
    """
    if not state.first_time(event.event_id):
        return
    state.inspected = (*state.inspected, *event.pieces)
    state.inspected_in = event.warehouse
    found = ", ".join(f"{p.good} good and {p.damaged} damaged of {p.sku}" for p in event.pieces) or "nothing"
    state.note(at, "return.inspected", actor=event.warehouse, after=event.code, why=found)
    state.book_goods(goods_of(event))
    if not event.final:
        return
    state.inspected_at = min(event.at, at)
    if state.status not in ENDED | {Status.RECEIVED} and reachable(state.status, Status.RECEIVED):
        state.go(Status.RECEIVED, at, actor=event.warehouse, why=found)
        promise(state, at)
    lacking = "" if state.ended else missing_pieces(state)
    if lacking:
        state.stop(Trouble.PIECES, lacking, at)
    elif state.ours is not None and state.status is Status.RECEIVED:
        _ask_for_a_decision(state, found, at)


def _ask_for_a_decision(state: CaseState, found: str, at: datetime) -> None:
    """The goods of a parcel of our own are back: the money, or new goods, go when a person has said so.

    What was decided before is compared once more with what was paid back meanwhile.
    """
    if state.decision is None:
        state.stop(Trouble.DECISION, f"parcel {state.waybill} is back ({found}), and nothing is decided", at)
    else:
        state.look_again = True


def goods_of(event: ReturnArrived) -> tuple[GoodsMove, ...]:
    """List what is to be counted of a warehouse's word, each under an id of its own."""
    counted = [
        (piece, condition, pieces)
        for piece in event.pieces
        for condition, pieces in (("good", piece.good), ("damaged", piece.damaged))
        if pieces
    ]
    return tuple(
        GoodsMove(
            id=f"{event.event_id}:{place}", warehouse=event.warehouse, sku=piece.sku, pieces=pieces,
            condition="good" if condition == "good" else "damaged",
        )
        for place, (piece, condition, pieces) in enumerate(counted)
    )  # fmt: skip


def missing_pieces(state: CaseState) -> str:
    """Say with both figures which pieces did not come back; empty when all did, in whatever condition."""
    came: Counter[Sku] = Counter()
    for piece in state.inspected:
        came[piece.sku] += piece.good + piece.damaged
    wanted = demand_of(pieces_of_case(state))
    return "; ".join(
        f"{n} of {sku} were to come back, {came[sku]} came" for sku, n in wanted.items() if came[sku] < n
    )


def damaged_pieces(state: CaseState) -> tuple[InspectedPiece, ...]:
    """List what came back damaged."""
    return tuple(piece for piece in state.inspected if piece.damaged)


def warehouse_event(state: CaseState, event: WarehouseEvent, at: datetime) -> None:
    """Take in a warehouse's word on what was sent once more, or on goods it will not take back."""
    if not state.first_time(event.event_id):
        return
    words = f"{event.raw or event.says}: {event.why or 'no reason given'}"
    refused = event.says in (WarehouseSays.REJECTED, WarehouseSays.EXCEPTION, WarehouseSays.CANCELLED)
    if event.delivery_order == state.return_code:
        if refused and not state.ended:
            state.expected = False
            state.stop(Trouble.RETURN, f"the warehouse says {words}", at)
    elif event.delivery_order != state.delivery_code:
        state.note(at, "event.set_aside", actor="warehouse", why=f"unknown code {event.delivery_order}")
    elif event.says is WarehouseSays.SHIPPED:
        _sent_again(state, event, at)
    elif refused and state.sent != "shipped":
        state.sent = ""
        state.stop(Trouble.DELIVERY, f"the warehouse says {words}", at)


def _sent_again(state: CaseState, event: WarehouseEvent, at: datetime) -> None:
    """Goods of the case have left once more, in one box or several; each is followed."""
    if event.final:
        state.sent = "shipped"
    state.new_waybill = event.boxes[0].waybill if event.boxes else state.new_waybill
    state.note(at, "delivery.shipped", actor="warehouse", after=state.new_waybill)
    if state.edition < FOLLOWING:
        return
    for parcel in parcels_out(event, at):
        state.book_parcel(parcel)
        state.to_follow = (*state.to_follow, parcel)


def parcels_out(event: WarehouseEvent, at: datetime) -> tuple[CaseParcel, ...]:
    """List the boxes that left, as they are followed."""
    return tuple(
        CaseParcel(waybill=box.waybill, carrier=box.carrier, way="out", shipped_at=min(event.at, at))
        for box in event.boxes
    )

"""What after-sales leave of the order they belong to: which pieces are sent, and what waits for a decision."""

from collections import Counter
from collections.abc import Mapping

from oms.domain.aftersale import AfterSaleStatus
from oms.domain.state import OrderState
from oms.domain.stock import Piece, pieces_of


def is_open(order: OrderState) -> bool:
    """Tell whether a case of the order is still undecided or under way; such an order is not completed."""
    return any(case.open for case in order.cases)


def about_unsent(order: OrderState) -> bool:
    """Tell whether an open case may be about goods that have not left."""
    return any(case.open and not case.of_parcel for case in order.cases)


def wanted_pieces(order: OrderState) -> tuple[Piece, ...]:
    """List the pieces that are to be sent or were: the lines without what cases stop or have paid back."""
    off = _taken_off(order)
    return _less(pieces_of(order.snapshot.lines), off)


def pieces_to_reserve(order: OrderState) -> tuple[Piece, ...]:
    """List the wanted pieces that no parcel holds yet."""
    return _less(wanted_pieces(order), _sent(order))


def stopped(order: OrderState) -> bool:
    """Tell whether pieces that have not left wait for the end of a case about their line."""
    unsent = _unsent(order)
    return any(case.open and not case.of_parcel and unsent.get(case.line) for case in order.cases)


def names_lines_only(order: OrderState) -> bool:
    """Tell whether every open case about unsent goods is about one line, and something else is left to send."""
    unsent = _unsent(order)
    lines = [
        case.line for case in order.cases if case.open and not case.of_parcel and unsent.get(case.line, 1)
    ]
    return is_open(order) and all(line in unsent for line in lines) and bool(wanted_pieces(order))


def refunded_fen(order: OrderState) -> int:
    """Add up, in fen, what the cases that are over have paid back."""
    return sum(case.refund_fen for case in order.cases if case.status is AfterSaleStatus.REFUNDED)


def _taken_off(order: OrderState) -> Mapping[str, int]:
    """Count the unsent pieces, by line, that are stopped or paid back; without a quantity a case means its whole line."""
    unsent = _unsent(order)
    off: Counter[str] = Counter()
    for case in order.cases:
        counts = case.open or case.status is AfterSaleStatus.REFUNDED
        if counts and case.line in unsent and not case.of_parcel:
            off[case.line] += case.quantity or unsent[case.line]
    return {line: min(pieces, unsent[line]) for line, pieces in off.items()}


def _unsent(order: OrderState) -> Mapping[str, int]:
    sent = _sent(order)
    return {line.id: max(line.quantity - sent[line.id], 0) for line in order.snapshot.lines}


def _sent(order: OrderState) -> Counter[str]:
    sent: Counter[str] = Counter()
    for parcel in order.parcels:
        for piece in parcel.pieces:
            sent[piece.line] += piece.quantity
    return sent


def _less(pieces: tuple[Piece, ...], off: Mapping[str, int]) -> tuple[Piece, ...]:
    return tuple(
        piece.model_copy(update={"quantity": piece.quantity - off.get(piece.line, 0)})
        for piece in pieces
        if piece.quantity > off.get(piece.line, 0)
    )

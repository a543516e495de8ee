"""What a case has to know of its order, read off the order's own memory."""

from collections import Counter

from oms.domain.aftersales.grounds import OrderFacts, SentParcel, SoldLine
from oms.domain.parcels import ENDED, Parcel
from oms.domain.state import OrderState, Payment


def facts_of(order: OrderState, given_back_fen: int) -> OrderFacts:
    """Return what was paid, sold and sent; `given_back_fen`: what other cases gave back, or promised to."""
    snapshot = order.snapshot
    sent = sent_by_line(order.parcels)
    return OrderFacts(
        stage=order.stage, business_id=order.business_id, receiver_digest=order.receiver_digest,
        created_at=snapshot.created_at, paid_at=order.paid_at,
        paid_fen=0 if order.payment is Payment.UNPAID else snapshot.total_fen,
        given_back_fen=max(snapshot.refunded_fen, given_back_fen),
        lines=tuple(
            SoldLine(
                line=line.id, sku=line.sku, title=line.title, quantity=line.quantity, sent=sent[line.id],
                **_home(order, line.id),
            )
            for line in snapshot.lines
        ),
        parcels=sent_parcels(order.parcels),
    )  # fmt: skip


def sent_by_line(parcels: tuple[Parcel, ...]) -> Counter[str]:
    """Count, by line, the pieces that left."""
    sent: Counter[str] = Counter()
    for parcel in parcels:
        for piece in parcel.pieces:
            sent[piece.line] += piece.quantity
    return sent


def sent_parcels(parcels: tuple[Parcel, ...]) -> tuple[SentParcel, ...]:
    """List the parcels as a case sees them."""
    return tuple(
        SentParcel(
            waybill=parcel.waybill,
            carrier=parcel.carrier,
            lines=tuple(sorted({piece.line for piece in parcel.pieces})),
            over=parcel.state in ENDED,
        )
        for parcel in parcels
    )


def _home(order: OrderState, line: str) -> dict[str, str]:
    """Tell which warehouse sent a line, and under which delivery order."""
    for delivery in reversed(order.deliveries):
        if any(piece.line == line for piece in delivery.pieces):
            return {"warehouse": delivery.warehouse, "delivery_order": delivery.code}
    return {}

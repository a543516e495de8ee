"""Parcels of orders as a channel is told of them."""

from datetime import UTC, datetime

from oms.domain.handover import ShippedParcel
from oms.domain.stock import Piece
from tests.channels.platform_world import PlatformWorld


async def a_parcel(
    place: PlatformWorld, number: str, waybill: str, *, lines: slice = slice(None), last: bool = True,
    carrier: str = "sf",
) -> ShippedParcel:  # fmt: skip
    """A parcel with some lines of an order (all of them, unless said), as the order centre read them."""
    snapshot = (await place.seen(number)).snapshot
    pieces = [Piece(line=line.id, sku=line.sku, quantity=line.quantity) for line in snapshot.lines[lines]]
    return ShippedParcel(
        order=snapshot.key, waybill=waybill, carrier=carrier, pieces=tuple(pieces), shipped_at=datetime.now(UTC),
        last=last, idempotency_key=f"{number}:{waybill}",
    )  # fmt: skip

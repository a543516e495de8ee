"""Out of stock, and back: the hold, whom to tell, and going on by itself (R9)."""

from datetime import datetime

from oms.domain.card import pieces
from oms.domain.handover import Notice
from oms.domain.holds import Hold, HoldReason
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from oms.domain.stock import OutOfStock, Reserved, UnknownSku


def over(order: OrderState, answer: Reserved, at: datetime) -> None:
    """Every piece is promised: whatever was missing has come."""
    order.allocations, order.waiting_for = answer.allocations, ()
    order.lift(HoldReason.OUT_OF_STOCK, at, actor="inventory", why="the goods have come")
    order.lift(HoldReason.UNMAPPED_SKU, at, actor="inventory", why="the SKUs are known now")
    where = "; ".join(f"{pieces(a.pieces)} at {a.warehouse}" for a in answer.allocations)
    order.note(at, "stock.reserved", actor="inventory", after=where)
    order.move(Stage.ALLOCATED, at)


def out_of_stock(order: OrderState, answer: OutOfStock, at: datetime) -> Notice | None:
    """Hold the order and ask purchasing; None when they have been asked for the same pieces before."""
    missing = ", ".join(f"{count} × {sku}" for sku, count in answer.missing)
    asked = order.held(HoldReason.OUT_OF_STOCK)
    order.waiting_for = tuple(sku for sku, _ in answer.missing)
    order.place(
        Hold(reason=HoldReason.OUT_OF_STOCK, actor="inventory", since=at, note=f"missing {missing}"), at
    )
    if asked is not None and asked.note == f"missing {missing}":
        return None
    body = f"Order {order.key} waits for {missing}. It goes on by itself when the goods arrive."
    return Notice(
        id=f"{order.key}:out_of_stock:{missing}", to="purchasing", severity="warning",
        title="out of stock", body=body, order=str(order.key),
    )  # fmt: skip


def unknown(order: OrderState, answer: UnknownSku, at: datetime) -> Notice:
    """Hold the order until somebody says what these SKUs are; an order without lines has nothing to ship."""
    names = ", ".join(answer.skus)
    note = f"no warehouse knows {names}" if names else "it has no lines: nothing to ship"
    order.waiting_for = answer.skus
    order.place(Hold(reason=HoldReason.UNMAPPED_SKU, actor="inventory", since=at, note=note), at)
    body = f"Order {order.key}: {note}. Add the SKUs to stock, then release the hold unmapped_sku."
    return Notice(
        id=f"{order.key}:unmapped:{names}", to="operations", severity="warning", title="unmapped SKU", body=body,
        order=str(order.key),
    )  # fmt: skip

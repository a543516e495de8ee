"""Where Pinduoduo's words end: an order's JSON becomes a snapshot, or a clear reason why it cannot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from oms.channels.pdd.people import receiver_of
from oms.channels.pdd.wire import Item, Order
from oms.domain.errors import Unmappable
from oms.domain.ids import MARK, OrderKey, ShopKey, Sku
from oms.domain.money import share
from oms.domain.order import MAX_LINES, Line, PlatformStatus, Snapshot
from oms.ports import Mapped
from oms.reading import LONGEST_TITLE, refuse, refuse_the_future

WAITS_FOR_GROUP, AGREED, CALLED_OFF = 0, 1, 2
"""`confirm_status`: paid, but the buyers' group is not whole yet; a deal; off."""
TO_SHIP = 1
DELIVERY: Mapping[int, PlatformStatus] = {
    TO_SHIP: PlatformStatus.PAID,
    2: PlatformStatus.SHIPPED,
    3: PlatformStatus.CONFIRMED,
}
"""`order_status`, which only says where the goods are."""
REFUND_UNDER_WAY, REFUNDED = frozenset({2, 3}), 4
MONEY_WENT_BACK = 10
"""`after_sales_status` of an after-sale that ended with a refund."""


def to_mapped(payload: Mapping[str, Any], shop: ShopKey, *, now: datetime) -> Mapped:
    """Translate an order as it stood at `now` on our clock; every amount is in yuan.

    Raises Unmappable naming the field and never its content.
    """
    try:
        theirs = Order.model_validate(dict(payload))
        refuse_the_future(theirs, ("created_time", "updated_at", "pay_time"), now)
        receiver = receiver_of(theirs)
        return Mapped(snapshot=_snapshot(theirs, shop), receiver=receiver, remark=theirs.buyer_memo.strip())
    except ValidationError as error:
        refuse(error)


def _snapshot(theirs: Order, shop: ShopKey) -> Snapshot:
    if MARK.fullmatch(theirs.order_sn) is None:
        raise Unmappable("is not a number of at most 64 letters, digits and dashes", field="order_sn")
    refunded = _refunded_fen(theirs)
    return Snapshot(
        key=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.order_sn),
        created_at=theirs.created_time,
        modified_at=theirs.updated_at,
        status=_status(theirs, refunded),
        raw_status=f"{theirs.confirm_status}/{theirs.order_status}/{theirs.refund_status}",
        paid_at=theirs.pay_time,
        total_fen=theirs.pay_amount,
        refunded_fen=refunded,
        lines=_lines(theirs),
        ship_by=theirs.last_ship_time or (theirs.pre_sale_time if theirs.is_pre_sale else None),
        province=theirs.province.strip(),
        has_remark=bool(theirs.buyer_memo.strip()),
        platform_risk=theirs.risk_control_status != 0,
        refund_open=theirs.refund_status in REFUND_UNDER_WAY,
        sale="presale" if theirs.is_pre_sale or theirs.trade_type else "spot",
    )


def _status(theirs: Order, refunded_fen: int) -> PlatformStatus:
    """Put three of their statuses together: the deal, the money, the goods."""
    if theirs.confirm_status == CALLED_OFF:
        return PlatformStatus.CANCELLED
    if theirs.confirm_status == WAITS_FOR_GROUP:
        return PlatformStatus.AWAITING_PAYMENT
    if theirs.confirm_status != AGREED or theirs.order_status not in DELIVERY:
        return PlatformStatus.UNKNOWN
    if theirs.refund_status == REFUNDED and refunded_fen >= theirs.pay_amount:
        return PlatformStatus.REFUNDED
    return DELIVERY[theirs.order_status]


def _refunded_fen(theirs: Order) -> int:
    """Sum up what went back: the order only says that something did, its after-sales say how much.

    Without them, an order that never left was paid back whole; of one that left we claim nothing.
    """
    if theirs.refund_status != REFUNDED:
        return 0
    if theirs.refund_list is None:
        return theirs.pay_amount if theirs.order_status == TO_SHIP else 0
    back = [row.refund_amount for row in theirs.refund_list if row.after_sales_status == MONEY_WENT_BACK]
    return min(sum(back), theirs.pay_amount)


def _lines(theirs: Order) -> tuple[Line, ...]:
    """Share what the buyer pays for goods over the lines by price; gifts cost nothing but must be sent too."""
    if len(theirs.item_list) + len(theirs.gift_list) > MAX_LINES:
        raise Unmappable(f"holds more than {MAX_LINES} lines with its gifts", field="item_list")
    fees = theirs.postage + sum(fee.service_fee for fee in theirs.service_fee_detail)
    prices = [item.goods_price * item.goods_count for item in theirs.item_list]
    paid = share(max(theirs.pay_amount - fees, 0), prices)
    found: dict[str, Line] = {}
    for item, fen in zip(theirs.item_list, paid, strict=True):
        _add(found, str(item.sku_id), item, fen)
    for gift in theirs.gift_list:
        _add(found, f"gift-{gift.sku_id}", gift, 0)
    return tuple(found.values())


def _add(found: dict[str, Line], line_id: str, item: Item, fen: int) -> None:
    """Name a line by its SKU's number, for Pinduoduo numbers no lines; the second of a SKU gets its place too."""
    free = line_id if line_id not in found else f"{line_id}-{len(found) + 1}"
    title = " ".join(filter(None, (item.goods_name.strip(), item.goods_spec.strip())))
    found[free] = Line(
        id=free,
        sku=Sku(item.outer_id.strip() or f"sku-{item.sku_id}"),
        title=title[:LONGEST_TITLE],
        quantity=item.goods_count,
        total_fen=fen,
    )

"""Where TOP's words end: a trade's JSON becomes a snapshot, or a clear reason why it cannot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from oms.channels.taobao.demands import advice_on, couriers_of, is_presale, promises
from oms.channels.taobao.wire import SubOrder, Trade
from oms.domain.couriers import ANY
from oms.domain.ids import OrderKey, ShopKey, Sku
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.receiver import Receiver
from oms.ports import Mapped
from oms.reading import LONGEST_TITLE, refuse, refuse_the_future

STATUSES: Mapping[str, PlatformStatus] = {
    "TRADE_NO_CREATE_PAY": PlatformStatus.AWAITING_PAYMENT,
    "WAIT_BUYER_PAY": PlatformStatus.AWAITING_PAYMENT,
    "PAY_PENDING": PlatformStatus.AWAITING_PAYMENT,
    "WAIT_PRE_AUTH_CONFIRM": PlatformStatus.AWAITING_PAYMENT,
    "PAID_FORBID_CONSIGN": PlatformStatus.PAID,
    "WAIT_SELLER_SEND_GOODS": PlatformStatus.PAID,
    "SELLER_CONSIGNED_PART": PlatformStatus.PAID,  # the rest is still to be sent
    "WAIT_BUYER_CONFIRM_GOODS": PlatformStatus.SHIPPED,
    "TRADE_BUYER_SIGNED": PlatformStatus.SHIPPED,  # cash on delivery: the parcel is there, the trade is open
    "TRADE_FINISHED": PlatformStatus.CONFIRMED,
    "TRADE_CLOSED": PlatformStatus.REFUNDED,  # closed after payment: all the money went back
    "TRADE_CLOSED_BY_TAOBAO": PlatformStatus.CANCELLED,  # closed before payment
}
FORBIDDEN = "PAID_FORBID_CONSIGN"
"""Paid, and not to be shipped: under review, or a group that is not complete yet."""
DEPOSIT_ONLY = frozenset({"FRONT_NOPAID_FINAL_NOPAID", "FRONT_PAID_FINAL_NOPAID"})
"""A presale of which the rest is not paid."""
UNDER_WAY = frozenset({PlatformStatus.PAID, PlatformStatus.SHIPPED})
"""Only then demands on the shipping are read: only of such trades the list is replaced by the single trade, which has them."""
CLOSED = frozenset({"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"})
REFUND_OVER = frozenset({"", "NO_REFUND", "SUCCESS", "CLOSED", "SELLER_REFUSE_BUYER"})
"""Any other word on a line means that a refund is being asked for."""


def to_mapped(payload: Mapping[str, Any], shop: ShopKey, *, now: datetime) -> Mapped:
    """Translate a trade as it stood at `now` on our clock. Raises Unmappable naming the field, not its content."""
    try:
        theirs = Trade.model_validate(dict(payload))
        refuse_the_future(theirs, ("created", "modified", "pay_time"), now)
        receiver = _receiver(theirs)
        return Mapped(
            snapshot=_snapshot(theirs, shop),
            receiver=receiver,
            buyer_id=theirs.buyer_open_uid,
            remark=theirs.buyer_message.strip(),
        )
    except ValidationError as error:
        refuse(error)


def _snapshot(theirs: Trade, shop: ShopKey) -> Snapshot:
    status = _status(theirs)
    wanted = _wanted(theirs, status)
    under_way = status in UNDER_WAY
    return Snapshot(
        key=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.tid),
        created_at=theirs.created,
        modified_at=theirs.modified,
        status=status,
        raw_status=theirs.status,
        paid_at=theirs.pay_time,
        total_fen=theirs.payment,
        refunded_fen=_refunded(theirs, status),
        lines=tuple(_line(theirs, line) for line in wanted),
        ship_by=_ship_by(theirs, under_way=under_way),
        province=theirs.receiver_state.strip(),
        has_remark=_has_remark(theirs),
        platform_risk=theirs.status == FORBIDDEN,
        refund_open=any(line.refund_status not in REFUND_OVER for line in wanted),
        sale="presale" if under_way and is_presale(theirs) else "spot",
        couriers=couriers_of(advice_on(theirs, wanted)) if under_way else ANY,
    )


def _status(theirs: Trade) -> PlatformStatus:
    status = STATUSES.get(theirs.status, PlatformStatus.UNKNOWN)
    if status is PlatformStatus.PAID and theirs.step_trade_status in DEPOSIT_ONLY:
        return PlatformStatus.AWAITING_PAYMENT
    return status


def _wanted(theirs: Trade, status: PlatformStatus) -> tuple[SubOrder, ...]:
    """Leave out the lines that were refunded before they left: the platform warns not to ship them."""
    if status is not PlatformStatus.PAID:
        return theirs.orders
    return tuple(line for line in theirs.orders if line.status not in CLOSED)


def _refunded(theirs: Trade, status: PlatformStatus) -> int:
    """Count what a trade tells of money given back: whole lines, or everything.

    What was given back of a line that stays open is only in its refund: see the after-sales.
    """
    if status is PlatformStatus.REFUNDED:
        return theirs.payment
    return sum(_amount(theirs, line) for line in theirs.orders if line.status == "TRADE_CLOSED")


def _line(theirs: Trade, line: SubOrder) -> Line:
    fallback = f"item-{line.num_iid or line.oid}{f'-{line.sku_id}' if line.sku_id else ''}"
    return Line(
        id=line.oid,
        sku=Sku(line.outer_sku_id.strip() or line.outer_iid.strip() or fallback),
        title=line.title[:LONGEST_TITLE],
        quantity=line.num,
        total_fen=_amount(theirs, line),
    )


def _amount(theirs: Trade, line: SubOrder) -> int:
    """Say what the buyer pays for a line, its share of the trade's discounts taken off.

    Without that share the line's own payment must do, which holds the postage when it is the only line.
    """
    if line.divide_order_fee is not None:
        return line.divide_order_fee
    postage = theirs.post_fee or 0 if len(theirs.orders) == 1 else 0
    return max((line.payment or 0) - (line.part_mjz_discount or 0) - postage, 0)


def _ship_by(theirs: Trade, *, under_way: bool) -> datetime | None:
    """Return the earliest promise: of the trade, or of a line that is still to be sent."""
    lines = [line for line in theirs.orders if line.status not in CLOSED]
    more = promises(theirs, lines) if under_way else ()
    times = (theirs.delivery_time, *(line.delivery_time for line in lines), *more)
    return min(filter(None, times), default=None)


def _has_remark(theirs: Trade) -> bool:
    if theirs.has_buyer_message is not None:
        return theirs.has_buyer_message
    return bool(theirs.buyer_message.strip())


def _receiver(theirs: Trade) -> Receiver | None:
    """Return whom the goods go to, masked, with the token that reveals them; None for goods nobody carries."""
    place = f"{theirs.receiver_town.strip()}{theirs.receiver_address.strip()}"
    if not (theirs.oaid or theirs.receiver_name or place):
        return None
    return Receiver(
        name=theirs.receiver_name.strip(),
        phone=(theirs.receiver_mobile or theirs.receiver_phone).strip(),
        province=theirs.receiver_state.strip(),
        city=theirs.receiver_city.strip(),
        district=theirs.receiver_district.strip(),
        address=place,
        postcode=theirs.receiver_zip.strip(),
        token=theirs.oaid.strip(),
    )

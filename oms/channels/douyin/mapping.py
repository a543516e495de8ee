"""Where Doudian's words end: an order's JSON becomes a snapshot, or a clear reason why it cannot."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from oms.channels.douyin.wire import Order, Region, SubOrder
from oms.channels.douyin.words import CALLED_OFF, REFUND_TYPES, REFUND_WAITS, UNDER_REVIEW, status_of
from oms.domain.errors import Unmappable
from oms.domain.ids import OrderKey, ShopKey, Sku
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.receiver import Receiver
from oms.ports import Mapped
from oms.reading import LONGEST_TITLE, first_day, refuse, refuse_the_future


def read_order(payload: Mapping[str, Any]) -> Order:
    """Read an order as far as we understand it. Raises Unmappable naming the field."""
    try:
        return Order.model_validate(dict(payload))
    except ValidationError as error:
        refuse(error)


def to_mapped(payload: Mapping[str, Any], shop: ShopKey, *, now: datetime, currency: str = "CNY") -> Mapped:
    """Translate an order as it stood at `now` on our clock.

    Raises Unmappable naming the field and never its content.
    """
    theirs = read_order(payload)
    refuse_the_future(theirs, ("create_time", "update_time", "pay_time"), now)
    _check_currency(theirs, currency)
    receiver = receiver_of(theirs)
    try:
        return Mapped(
            snapshot=_snapshot(theirs, shop, receiver.province if receiver else "", currency),
            receiver=receiver,
            buyer_id=theirs.doudian_open_id,
            remark=theirs.buyer_words.strip(),
        )
    except ValidationError as error:
        refuse(error)


def receiver_of(theirs: Order) -> Receiver | None:
    """Return whom the goods go to, masked, under the platform's token of the address."""
    region = theirs.mask_post_addr if theirs.mask_post_addr.province.name else theirs.post_addr
    detail = theirs.mask_post_addr.detail
    if not any((theirs.mask_post_receiver, theirs.mask_post_tel, detail, theirs.open_address_id)):
        return None
    return Receiver(
        name=theirs.mask_post_receiver,
        phone=theirs.mask_post_tel,
        province=region.province.name,
        city=region.city.name,
        district=region.town.name,
        address=street_address(region, detail),
        token=theirs.open_address_id,
    )


def street_address(region: Region, detail: str) -> str:
    """Join the street and what comes below it."""
    return " ".join(filter(None, (region.street.name.strip(), detail.strip())))


def status_word(theirs: Order) -> PlatformStatus:
    """Return the order's status in our words."""
    return status_of(theirs.order_status, theirs.main_status)


def _snapshot(theirs: Order, shop: ShopKey, province: str, currency: str) -> Snapshot:
    status = status_word(theirs)
    standing = tuple(line for line in theirs.sku_order_list if not _left_before_shipping(line))
    off = status in CALLED_OFF
    ship_by = _ship_by(theirs, standing)
    return Snapshot(
        key=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.order_id),
        created_at=theirs.create_time,
        modified_at=theirs.update_time,
        status=status,
        raw_status="/".join(dict.fromkeys(filter(None, (theirs.order_status, theirs.main_status)))),
        paid_at=theirs.pay_time,
        total_fen=theirs.pay_amount,
        refunded_fen=_refunded(theirs, status),
        currency=currency,
        lines=tuple(map(_line, theirs.sku_order_list if off or not standing else standing)),
        ship_by=ship_by,
        province=province,
        has_remark=bool(theirs.buyer_words.strip()),
        platform_risk=UNDER_REVIEW in {theirs.order_status, theirs.main_status},
        refund_open=not off and any(map(_refund_waits, theirs.sku_order_list)),
        sale="presale" if _is_presale(theirs, standing) else "spot",
        ship_from=first_day(_booked(theirs, standing), ship_by),
    )


def _ship_by(theirs: Order, standing: Iterable[SubOrder]) -> datetime | None:
    """Return the order's own promise, else the earliest of its lines."""
    lines = (line.exp_ship_time for line in standing)
    return theirs.exp_ship_time or min(filter(None, lines), default=None)


def _is_presale(theirs: Order, standing: Iterable[SubOrder]) -> bool:
    return bool(theirs.order_phase_list) or any(line.pre_sale_type for line in standing)


def _booked(theirs: Order, standing: Iterable[SubOrder]) -> datetime | None:
    """Return the moment before which nothing of it may leave: the latest, for the lines travel together."""
    times = (theirs.appointment_ship_time, *(line.appointment_ship_time for line in standing))
    return max(filter(None, times), default=None)


def _line(line: SubOrder) -> Line:
    return Line(
        id=line.order_id,
        sku=Sku(line.code.strip() or line.out_sku_id.strip() or _fallback(line)),
        title=line.product_name[:LONGEST_TITLE],
        quantity=line.item_num,
        total_fen=line.pay_amount,
    )


def _fallback(line: SubOrder) -> str:
    """Name what the merchant gave no code of their own by the platform's ids."""
    return f"product-{line.product_id or 0}-{line.sku_id or 0}"


def _word_of(line: SubOrder) -> PlatformStatus | None:
    return status_of(line.order_status, line.main_status) if line.order_status else None


def _left_before_shipping(line: SubOrder) -> bool:
    """Tell whether a line was called off while the rest of the order goes on: it must not be sent."""
    return line.order_status == "4" or line.main_status == "21"


def _refunded(theirs: Order, status: PlatformStatus) -> int:
    """Sum what was surely given back: whole orders and whole lines; an order's JSON tells no part of a line."""
    if status is PlatformStatus.REFUNDED:
        return theirs.pay_amount
    if theirs.pay_time is None or status in CALLED_OFF:
        return 0
    return sum(line.pay_amount for line in theirs.sku_order_list if _word_of(line) in CALLED_OFF)


def _refund_waits(line: SubOrder) -> bool:
    info = line.after_sale_info
    return info.after_sale_type in REFUND_TYPES and info.after_sale_status in REFUND_WAITS


def _check_currency(theirs: Order, own: str) -> None:
    """Doudian names no currency; should it begin to, an order in another one is none of this shop."""
    named = [("currency", theirs.currency)]
    named += [(f"sku_order_list.{n}.currency", line.currency) for n, line in enumerate(theirs.sku_order_list)]
    for place, currency in named:
        if currency not in {"", own}:
            raise Unmappable(f"is not {own}, the shop's own currency", field=place)

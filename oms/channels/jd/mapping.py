"""Where JD's words end: an order becomes a snapshot, or a clear reason why it cannot."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from oms.channels.jd.wire import Consignee, Item, Order
from oms.channels.jd.words import CANCELLED, CASH_ON_DELIVERY, LOCKED, PAUSED, STATES
from oms.domain.ids import MARK, OrderKey, ShopKey, Sku
from oms.domain.money import share
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.receiver import Receiver
from oms.ports import Mapped
from oms.reading import LONGEST_TITLE, Wire, refuse, refuse_the_future

W = TypeVar("W", bound=Wire)


def to_mapped(payload: Mapping[str, Any], shop: ShopKey, *, now: datetime) -> Mapped:
    """Translate an order of the list or by itself, which look alike, as it stood at `now` on our clock.

    Raises Unmappable naming the field and never its content.
    """
    theirs = read(Order, payload)
    refuse_the_future(theirs, ("orderStartTime", "modified", "paymentConfirmTime"), now)
    receiver = _receiver(theirs.consigneeInfo, theirs.oaid)
    try:
        return Mapped(
            snapshot=_snapshot(theirs, shop, receiver.province if receiver else ""),
            receiver=receiver,
            buyer_id=theirs.open_id_buyer or theirs.pin,
            remark=theirs.orderRemark,
        )
    except ValidationError as error:
        refuse(error)


def read(kind: type[W], payload: object) -> W:
    """Read something of theirs. Raises Unmappable naming the first wrong place."""
    try:
        return kind.model_validate(payload)
    except ValidationError as error:
        refuse(error)


def line_ids(items: tuple[Item, ...]) -> tuple[str, ...]:
    """Name every line: by `skuUuid`, else by SKU, the second line of one SKU with `-2` behind it."""
    seen: Counter[str] = Counter()
    named = []
    for item in items:
        mark = item.skuUuid if MARK.fullmatch(item.skuUuid) else item.skuId
        seen[mark] += 1
        named.append(mark if seen[mark] == 1 else f"{mark[:60]}-{seen[mark]}")
    return tuple(named)


def _snapshot(theirs: Order, shop: ShopKey, province: str) -> Snapshot:
    status = _status(theirs)
    total = theirs.orderPayment + theirs.balanceUsed
    return Snapshot(
        key=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.orderId),
        created_at=theirs.orderStartTime,
        modified_at=theirs.modified,
        status=status,
        raw_status=theirs.orderState,
        paid_at=theirs.paymentConfirmTime,
        total_fen=total,
        refunded_fen=total if status is PlatformStatus.REFUNDED else 0,
        lines=_lines(theirs, total),
        province=province,
        has_remark=bool(theirs.orderRemark),
        platform_risk=theirs.orderState in PAUSED,
        refund_open=theirs.orderState == LOCKED,
    )


def _status(theirs: Order) -> PlatformStatus:
    """A locked or paused order is still paid or not, which its payment tells.

    JD cancels whole orders only, and gives back what was paid [M]: a paid one that is cancelled is refunded.
    """
    if theirs.orderState == CANCELLED:
        return PlatformStatus.REFUNDED if theirs.paymentConfirmTime else PlatformStatus.CANCELLED
    if theirs.orderState == LOCKED or theirs.orderState in PAUSED:
        ships_now = theirs.paymentConfirmTime or theirs.payType.startswith(CASH_ON_DELIVERY)
        return PlatformStatus.PAID if ships_now else PlatformStatus.AWAITING_PAYMENT
    return STATES.get(theirs.orderState, PlatformStatus.UNKNOWN)


def _lines(theirs: Order, total: int) -> tuple[Line, ...]:
    """Share what the goods cost by price less the discounts that name their SKU: the sum is exact."""
    left: Counter[str] = Counter()
    for coupon in theirs.couponDetailList:
        if coupon.skuId:
            left[coupon.skuId] += coupon.couponPrice
    weights = []
    for item in theirs.itemInfoList:
        price = item.jdPrice * item.itemTotal
        discount = min(left[item.skuId], price)
        left[item.skuId] -= discount
        weights.append(price - discount)
    amounts = share(max(total - theirs.freightPrice, 0), weights)
    ids = line_ids(theirs.itemInfoList)
    return tuple(
        Line(
            id=mark,
            sku=Sku(item.outerSkuId or f"jd-{item.skuId}"),
            title=item.skuName[:LONGEST_TITLE],
            quantity=item.itemTotal,
            total_fen=amount,
        )
        for mark, item, amount in zip(ids, theirs.itemInfoList, amounts, strict=True)
    )


def _receiver(theirs: Consignee, oaid: str) -> Receiver | None:
    """Read the masked receiver; the address without the region it begins with."""
    if not (theirs.fullname or theirs.fullAddress):
        return None
    address = theirs.fullAddress
    for part in (theirs.province, theirs.city, theirs.county):
        address = address.removeprefix(part)
    return Receiver(
        name=theirs.fullname,
        phone=theirs.mobile or theirs.telephone,
        province=theirs.province or theirs.city,
        city=theirs.city,
        district=theirs.county,
        address=address,
        token=oaid or theirs.oaid,
    )

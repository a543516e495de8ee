"""Where WeChat's words end: an order's JSON becomes a snapshot, or a clear reason why it cannot."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from oms.channels.wechat.cases import REFUNDED
from oms.channels.wechat.wire import Address, Order, Product
from oms.domain.ids import OrderKey, ShopKey, Sku
from oms.domain.money import share
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.receiver import Receiver
from oms.ports import Mapped
from oms.reading import LONGEST_TITLE, refuse, refuse_the_future

STATUSES: Mapping[str, PlatformStatus] = {
    "10": PlatformStatus.AWAITING_PAYMENT,
    "12": PlatformStatus.PAID,
    "13": PlatformStatus.PAID,
    "20": PlatformStatus.PAID,
    "21": PlatformStatus.PAID,  # a part has left, the rest is still to be sent
    "30": PlatformStatus.SHIPPED,
    "100": PlatformStatus.CONFIRMED,
    "190": PlatformStatus.CANCELLED,  # oversold, called off by the shop; only old orders have it
    "200": PlatformStatus.REFUNDED,  # everything went back through after-sales
    "250": PlatformStatus.CANCELLED,
}
NOT_YET = frozenset({"12", "13"})
"""Paid, but a gift nobody has taken yet, or a group that is not complete: it may not be shipped."""


def to_mapped(payload: Mapping[str, Any], shop: ShopKey, *, now: datetime) -> Mapped:
    """Translate an order as it stood at `now` on our clock.

    Raises Unmappable naming the field and never its content.
    """
    try:
        theirs = Order.model_validate(dict(payload))
        refuse_the_future(theirs, ("create_time", "update_time"), now)
        receiver = receiver_of(theirs.order_detail.delivery_info.address_info)
        return Mapped(
            snapshot=_snapshot(theirs, shop, receiver.province if receiver else ""),
            receiver=receiver,
            buyer_id=theirs.openid,
            remark=theirs.order_detail.ext_info.customer_notes.strip(),
        )
    except ValidationError as error:
        refuse(error)


def receiver_of(address: Address) -> Receiver | None:
    """Return whom the goods go to, masked as long as it is; None for goods that travel by wire."""
    if not any((address.user_name, address.detail_info, address.city_name)):
        return None
    return Receiver(
        name=address.user_name.strip(),
        phone=address.tel_number.strip(),
        province=address.province_name.strip(),
        city=address.city_name.strip(),
        district=address.county_name.strip(),
        address=f"{address.detail_info.strip()}{address.house_number.strip()}",
        postcode=address.postal_code.strip(),
        token=address.hash_code,
    )


def line_id(product_id: str, sku_id: str) -> str:
    """Name a line: WeChat has no id for it, and its shipping interface knows product and SKU only."""
    return f"{product_id}-{sku_id}"


def _snapshot(theirs: Order, shop: ShopKey, province: str) -> Snapshot:
    status = STATUSES.get(theirs.status, PlatformStatus.UNKNOWN)
    total = theirs.order_detail.price_info.order_price
    refunded = sum(case.refund_info.amount for case in theirs.after_sales if case.status in REFUNDED)
    return Snapshot(
        key=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.order_id),
        created_at=theirs.create_time,
        modified_at=theirs.update_time,
        status=status,
        raw_status=theirs.status,
        paid_at=theirs.order_detail.pay_info.pay_time,
        total_fen=total,
        refunded_fen=refunded or (total if status is PlatformStatus.REFUNDED else 0),
        lines=_lines(theirs),
        ship_by=_ship_by(theirs.order_detail.product_infos),
        province=province,
        has_remark=bool(theirs.order_detail.ext_info.customer_notes.strip()),
        platform_risk=theirs.status in NOT_YET,
        refund_open=theirs.aftersale_detail.on_aftersale_order_cnt > 0,
        sale="presale" if _is_presale(theirs.order_detail.product_infos) else "spot",
    )


def _lines(theirs: Order) -> tuple[Line, ...]:
    """Make one line of all entries of the same product and SKU, a paid one and a free gift for instance."""
    products = theirs.order_detail.product_infos
    lines: dict[str, Line] = {}
    for product, total in zip(products, _totals(theirs), strict=True):
        name = line_id(product.product_id, product.sku_id)
        known = lines.get(name)
        lines[name] = Line(
            id=name,
            sku=known.sku if known else Sku(product.sku_code.strip() or f"product-{name}"),
            title=known.title if known else product.title[:LONGEST_TITLE],
            quantity=product.sku_cnt + (known.quantity if known else 0),
            total_fen=total + (known.total_fen if known else 0),
        )
    return tuple(lines.values())


def _totals(theirs: Order) -> Sequence[int]:
    """Say what each entry costs; where the platform does not, share what was paid for the goods."""
    products = theirs.order_detail.product_infos
    paid = [product.real_price for product in products if product.real_price is not None]
    if len(paid) == len(products):
        return paid
    prices = theirs.order_detail.price_info
    goods = max(prices.order_price - prices.freight, 0)
    return share(goods, [product.sale_price * product.sku_cnt for product in products])


def _ship_by(products: Sequence[Product]) -> datetime | None:
    return min(filter(None, (product.delivery_deadline for product in products)), default=None)


def _is_presale(products: Sequence[Product]) -> bool:
    """Tell whether anything of it was sold before it is there; the parcel waits for that."""
    return any(product.sku_deliver_info.stock_type for product in products)

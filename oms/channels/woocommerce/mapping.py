"""Where WooCommerce's words end: an order's JSON becomes a snapshot, or a clear reason why it cannot."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import unescape
from typing import Any

from pydantic import ValidationError

from oms.channels.woocommerce.people import buyer_of, receiver_of
from oms.channels.woocommerce.wire import LineItem, Meta, Order
from oms.domain.errors import Unmappable
from oms.domain.ids import MARK, OrderKey, ShopKey, Sku
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.ports import Mapped
from oms.reading import LONGEST_TITLE, PLAUSIBLE_YEARS, refuse, refuse_the_future

SHIP_BY = "_ship_by"
CURRENCY_NOTES = frozenset({"currency", "_currency", "_order_currency"})
CURRENCY_LETTERS = 3

STATUSES: Mapping[str, PlatformStatus] = {
    "auto-draft": PlatformStatus.AWAITING_PAYMENT,
    "checkout-draft": PlatformStatus.AWAITING_PAYMENT,
    "pending": PlatformStatus.AWAITING_PAYMENT,
    "processing": PlatformStatus.PAID,
    "completed": PlatformStatus.SHIPPED,
    "cancelled": PlatformStatus.CANCELLED,
    "failed": PlatformStatus.AWAITING_PAYMENT,  # a failed payment may be tried again
    "trash": PlatformStatus.CANCELLED,
    "refunded": PlatformStatus.REFUNDED,
}
ON_HOLD = "on-hold"


def to_mapped(payload: Mapping[str, Any], shop: ShopKey, *, now: datetime, currency: str = "CNY") -> Mapped:
    """Translate an order as it stood at `now` on our clock; `currency` is the shop's own.

    Raises Unmappable naming the field and never its content.
    """
    theirs = _read(payload)
    refuse_the_future(theirs, ("date_created_gmt", "date_modified_gmt", "date_paid_gmt"), now)
    _check_currencies(theirs, currency)
    try:
        receiver = receiver_of(theirs)
        return Mapped(
            snapshot=_snapshot(theirs, shop, receiver.province if receiver else ""),
            receiver=receiver,
            buyer_id=buyer_of(theirs),
            remark=theirs.customer_note.strip(),
        )
    except ValidationError as error:
        refuse(error)


def _read(payload: Mapping[str, Any]) -> Order:
    try:
        return Order.model_validate(dict(payload))
    except ValidationError as error:
        refuse(error)


def _snapshot(theirs: Order, shop: ShopKey, province: str) -> Snapshot:
    on_hold = theirs.status == ON_HOLD
    paid = theirs.date_paid_gmt is not None
    return Snapshot(
        key=_key(theirs, shop),
        created_at=theirs.date_created_gmt,
        modified_at=theirs.date_modified_gmt,
        status=_status(theirs.status, paid=paid),
        raw_status=theirs.status,
        paid_at=theirs.date_paid_gmt,
        total_fen=theirs.total,
        refunded_fen=sum(abs(refund.total) for refund in theirs.refunds),
        currency=theirs.currency,
        lines=tuple(_line(index, line) for index, line in enumerate(theirs.line_items)),
        ship_by=_ship_by(theirs.meta_data),
        province=province,
        has_remark=bool(theirs.customer_note.strip()),
        platform_risk=on_hold and paid,
    )


def _status(word: str, *, paid: bool) -> PlatformStatus:
    """On hold means two things: the money has not come yet, or it has and somebody wants a look at the order."""
    if word == ON_HOLD:
        return PlatformStatus.PAID if paid else PlatformStatus.AWAITING_PAYMENT
    return STATUSES.get(word, PlatformStatus.UNKNOWN)


def _key(theirs: Order, shop: ShopKey) -> OrderKey:
    number = _id(theirs.id, "id")
    return OrderKey(channel=shop.channel, shop=shop.shop, number=number)


def _line(index: int, line: LineItem) -> Line:
    variation = f"-{line.variation_id}" if line.variation_id else ""
    return Line(
        id=_id(line.id, f"line_items.{index}.id"),
        sku=Sku(line.sku.strip() or f"product-{line.product_id}{variation}"),
        title=unescape(line.name)[:LONGEST_TITLE],
        quantity=line.quantity,
        total_fen=line.total + line.total_tax,
    )


def _id(value: int | str, place: str) -> str:
    text = str(value) if isinstance(value, str) or abs(value) < 10**64 else "too long"
    if MARK.fullmatch(text) is None:
        raise Unmappable("is not an id of at most 64 letters and digits", field=place)
    return text


def _ship_by(notes: Iterable[Meta]) -> datetime | None:
    """Read the ship-by promise that a plugin of the shop writes: ISO 8601 with an offset."""
    promised = next((note.value for note in notes if note.key == SHIP_BY and note.value), None)
    if promised is None:
        return None
    try:
        moment = datetime.fromisoformat(promised)
    except (ValueError, TypeError):
        raise Unmappable("is not a time", field=f"meta_data.{SHIP_BY}") from None
    if moment.tzinfo is None or moment.year not in PLAUSIBLE_YEARS:
        raise Unmappable("is not a time with an offset", field=f"meta_data.{SHIP_BY}")
    return moment


def _check_currencies(theirs: Order, own: str) -> None:
    """Refuse an order whose amounts are not all in the shop's own currency: we never convert."""
    if len(theirs.currency) != CURRENCY_LETTERS or not (
        theirs.currency.isascii() and theirs.currency.isalpha()
    ):
        raise Unmappable("is not a currency of three letters", field="currency")
    if theirs.currency != own:
        raise Unmappable(f"is not {own}, the shop's own currency", field="currency")
    named = [("meta_data", "", theirs.meta_data)]
    named += [(f"line_items.{n}", line.currency, line.meta_data) for n, line in enumerate(theirs.line_items)]
    named += [(f"refunds.{n}", refund.currency, refund.meta_data) for n, refund in enumerate(theirs.refunds)]
    for place, currency, notes in named:
        others = {currency} | {_currency_in(note) for note in notes}
        if others - {"", theirs.currency}:
            raise Unmappable("names a second currency", field=place)


def _currency_in(note: Meta) -> str:
    return note.value if note.key in CURRENCY_NOTES and isinstance(note.value, str) else ""

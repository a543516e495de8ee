"""The part of Pinduoduo's order JSON that we read, leniently: their words end in mapping.py."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from oms.clock import CHINA
from oms.domain.money import yuan_to_fen
from oms.domain.order import MAX_LINES
from oms.reading import (
    LONGEST_CODE,
    MOST_PIECES,
    PLAUSIBLE_YEARS,
    Wire,
    flag,
    hint,
    no_amount,
    not_negative,
    or_empty_list,
    text,
)

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
NO_TIME = (None, "", 0, "0", "0000-00-00 00:00:00", "1970-01-01 08:00:00")
LARGEST_ID = 2**63 - 1
MOST_DIGITS = 13
"""Of an amount in yuan, before the point: more is an accident."""


def china_time(value: object) -> datetime:
    """Read `2026-11-22 10:00:00`, which is Chinese time. Raises ValueError."""
    if not isinstance(value, str) or TIME.fullmatch(value) is None:
        raise PydanticCustomError("moment", "is not a time")
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=CHINA)
    except ValueError:
        raise PydanticCustomError("moment", "is not a time") from None
    if moment.year not in PLAUSIBLE_YEARS:
        raise PydanticCustomError("moment", "is not a time of our days")
    return moment


def _maybe_time(value: object) -> datetime | None:
    return None if value in NO_TIME else china_time(value)


def _fen(value: object) -> int:
    """Read yuan as the platform writes them: a number or a text, of large numbers also 1.0E7.

    A float comes only from payloads that somebody else has parsed; its shortest text is what stood there.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PydanticCustomError("money", "is not an amount")
    try:
        amount = Decimal(str(value).strip())
        if not amount.is_finite() or amount.adjusted() >= MOST_DIGITS:
            raise PydanticCustomError("money", "is not an amount")
        return yuan_to_fen(f"{amount:f}")
    except (InvalidOperation, ValueError) as error:
        raise no_amount(error) from None


def _zero(value: object) -> object:
    return 0 if value is None or value == "" else value


Text = Annotated[str, BeforeValidator(text)]
Code = Annotated[Text, Field(max_length=LONGEST_CODE)]
Stamp = Annotated[datetime, BeforeValidator(china_time)]
MaybeStamp = Annotated[datetime | None, BeforeValidator(_maybe_time)]
Hint = Annotated[datetime | None, BeforeValidator(hint(_maybe_time))]
Price = Annotated[int, BeforeValidator(_fen), AfterValidator(not_negative)]
MaybePrice = Annotated[int, BeforeValidator(lambda value: _fen(_zero(value))), AfterValidator(not_negative)]
Flag = Annotated[int, BeforeValidator(_zero), Field(ge=-99, le=999)]
State = Annotated[int, Field(ge=-99, le=999)]
Number = Annotated[int, BeforeValidator(_zero), Field(ge=0, le=LARGEST_ID)]


class Item(Wire):
    """Something ordered, or given along."""

    goods_id: Number = 0
    sku_id: Number
    outer_id: Code = ""
    goods_name: Text = ""
    goods_spec: Text = ""
    goods_price: MaybePrice = 0
    goods_count: int = Field(ge=1, le=MOST_PIECES)


class Fee(Wire):
    """A service the buyer pays for beside the goods."""

    service_fee: MaybePrice = 0


class Refund(Wire):
    """An after-sale, as its own list shows it."""

    after_sales_status: State
    refund_amount: MaybePrice = 0


class Parcel(Wire):
    """One more waybill of an order."""

    tracking_number: Text = ""


class Delivery(Wire):
    """What of an order tells whether a parcel may still be told, and which are known."""

    order_status: State
    refund_status: Flag = 1
    confirm_status: Flag = 1
    risk_control_status: Flag = 0
    tracking_number: Text = ""
    extra_delivery_list: Annotated[tuple[Parcel, ...], BeforeValidator(or_empty_list)] = ()


class Order(Delivery):
    """An order."""

    order_sn: Annotated[str, Field(min_length=1)]
    created_time: Stamp
    updated_at: Stamp
    pay_time: MaybeStamp = None
    last_ship_time: MaybeStamp = None
    trade_type: Annotated[bool, BeforeValidator(flag)] = False
    """1: a deposit first, the rest later."""
    is_pre_sale: Annotated[bool, BeforeValidator(flag)] = False
    pre_sale_time: Hint = None
    """The end of the day by which a presale is sent: the platform takes 23:59:59 of a day only."""
    pay_amount: Price
    postage: MaybePrice = 0
    service_fee_detail: Annotated[tuple[Fee, ...], BeforeValidator(or_empty_list)] = ()
    province: Text = ""
    city: Text = ""
    town: Text = ""
    receiver_name: Text = ""
    receiver_name_mask: Text = ""
    receiver_phone: Text = ""
    receiver_phone_mask: Text = ""
    receiver_address: Text = ""
    receiver_address_mask: Text = ""
    open_address_id: Code = ""
    buyer_memo: Text = ""
    item_list: tuple[Item, ...] = Field(max_length=MAX_LINES)
    gift_list: Annotated[tuple[Item, ...], BeforeValidator(or_empty_list), Field(max_length=MAX_LINES)] = ()
    refund_list: Annotated[tuple[Refund, ...] | None, Field(max_length=MAX_LINES)] = None
    """Not the platform's: the after-sales of an order with a refund, put beside it by listing.py."""


def whole(value: Any) -> int:
    """Read a whole number that may come as text; anything else is -1."""
    found = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(found) if found.isascii() and found.isdecimal() and len(found) <= len(str(LARGEST_ID)) else -1

"""The part of JD's order that we read, leniently: everything may be text, a number, or missing."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from oms.clock import CHINA
from oms.domain.order import MAX_LINES
from oms.reading import (
    LONGEST_CODE,
    MOST_PIECES,
    PLAUSIBLE_YEARS,
    Wire,
    fen_of_yuan,
    mark,
    not_negative,
)

LONGEST_STATE = 40
MOST_DIGITS = 20


def moment_of(value: object) -> datetime:
    """Read `2026-11-22 10:00:00`, GMT+8, as JD writes it. Raises ValueError."""
    try:
        read = datetime.strptime(str(value).partition(".")[0], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        raise PydanticCustomError("moment", "is not a time") from None
    if read.year not in PLAUSIBLE_YEARS:
        raise PydanticCustomError("moment", "is not a time of our days")
    return read.astimezone(UTC)


def _maybe_moment(value: object) -> datetime | None:
    return None if value is None or value == "" else moment_of(value)


def _maybe_fen(value: object) -> int:
    """Read yuan; what is missing costs nothing only where a default says so."""
    return 0 if value is None or value == "" else fen_of_yuan(value)


def _pieces(value: object) -> int:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise PydanticCustomError("quantity", "is not a number of pieces")
    return int(text)


def _text(value: object) -> object:
    """Read nothing as an empty text, a number as its digits; databases take no NUL."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


def _word(state: str) -> str:
    """A state we do not know travels on as it is, so it must be a word and not somebody's address."""
    if not (state.isascii() and state.replace("_", "").isalnum() and len(state) <= LONGEST_STATE):
        raise PydanticCustomError("state", "is not one word")
    return state


def _list(value: object) -> object:
    return [] if value is None or value == "" else value


def _object(value: object) -> object:
    return {} if value is None or value == "" else value


Text = Annotated[str, BeforeValidator(_text)]
Id = Annotated[Text, AfterValidator(mark)]
Stamp = Annotated[datetime, BeforeValidator(moment_of)]
MaybeStamp = Annotated[datetime | None, BeforeValidator(_maybe_moment)]
Price = Annotated[int, BeforeValidator(fen_of_yuan), AfterValidator(not_negative)]
MaybePrice = Annotated[int, BeforeValidator(_maybe_fen), AfterValidator(not_negative)]
Pieces = Annotated[int, BeforeValidator(_pieces), Field(ge=1, le=MOST_PIECES)]


class Consignee(Wire):
    """Whom the goods go to, masked."""

    fullname: Text = ""
    mobile: Text = ""
    telephone: Text = ""
    fullAddress: Text = ""  # noqa: N815 - JD's own names, here and below
    province: Text = ""
    city: Text = ""
    county: Text = ""
    town: Text = ""
    oaid: Text = ""


class Item(Wire):
    """One line; JD has no sub-orders, so `skuUuid` or the SKU itself names it."""

    skuId: Id  # noqa: N815
    skuUuid: Text = ""  # noqa: N815
    outerSkuId: Annotated[Text, Field(max_length=LONGEST_CODE)] = ""  # noqa: N815
    skuName: Text = ""  # noqa: N815
    jdPrice: Price  # noqa: N815
    """Yuan a piece, before discounts."""
    itemTotal: Pieces  # noqa: N815


class Coupon(Wire):
    """A discount; one of a single SKU names it."""

    couponPrice: MaybePrice = 0  # noqa: N815
    skuId: Text = ""  # noqa: N815


class Order(Wire):
    """An order, in the list and by itself."""

    orderId: Id  # noqa: N815
    orderState: Annotated[Text, AfterValidator(_word), Field(min_length=1)]  # noqa: N815
    payType: Text = ""  # noqa: N815
    orderPayment: Price  # noqa: N815
    """What the buyer still pays after discounts and balance, freight included."""
    balanceUsed: MaybePrice = 0  # noqa: N815
    """What the buyer has paid from a balance with JD."""
    freightPrice: MaybePrice = 0  # noqa: N815
    orderRemark: Text = ""  # noqa: N815
    orderStartTime: Stamp  # noqa: N815
    paymentConfirmTime: MaybeStamp = None  # noqa: N815
    modified: Stamp
    pin: Text = ""
    open_id_buyer: Text = ""
    oaid: Text = ""
    waybill: Text = ""
    logisticsId: Text = ""  # noqa: N815
    consigneeInfo: Annotated[Consignee, BeforeValidator(_object)] = Consignee()  # noqa: N815
    itemInfoList: Annotated[tuple[Item, ...], BeforeValidator(_list)] = Field(max_length=MAX_LINES)  # noqa: N815
    couponDetailList: Annotated[tuple[Coupon, ...], BeforeValidator(_list)] = ()  # noqa: N815


class Refund(Wire):
    """A wish to cancel before the goods left; its amount is in fen [2+], unlike everything else here."""

    id: Id
    orderId: Id  # noqa: N815
    status: Text
    applyRefundSum: Any = None  # noqa: N815
    applyTime: Stamp  # noqa: N815
    checkTime: MaybeStamp = None  # noqa: N815
    modified: MaybeStamp = None

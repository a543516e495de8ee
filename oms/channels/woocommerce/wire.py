"""The part of WooCommerce's order JSON that we read, leniently: their words end in mapping.py."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StrictStr
from pydantic_core import PydanticCustomError

from oms.domain.order import MAX_LINES
from oms.reading import (
    LONGEST_CODE,
    MOST_PIECES,
    PLAUSIBLE_YEARS,
    Wire,
    fen_of_yuan,
    not_negative,
    or_empty_list,
    text,
)

LARGEST_ID = 2**63 - 1
WORD = re.compile(r"[^\W\d][\w-]{0,39}")


def gmt(value: object) -> datetime:
    """Read a `*_gmt` time, which carries no offset. Raises ValueError."""
    if not isinstance(value, str):
        raise PydanticCustomError("moment", "is not a time")
    try:
        read = datetime.fromisoformat(value)
        moment = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("moment", "is not a time") from None
    if moment.year not in PLAUSIBLE_YEARS:
        raise PydanticCustomError("moment", "is not a time of our days")
    return moment


def _maybe_gmt(value: object) -> datetime | None:
    return None if value is None or value == "" else gmt(value)


def _at_least_one(quantity: int) -> int:
    if quantity <= 0:
        raise PydanticCustomError("quantity", "asks for no piece")
    return quantity


def _one_word(status: str) -> str:
    """A status we do not know travels on as it is, so it must be a word and not somebody's address."""
    if WORD.fullmatch(status) is None:
        raise PydanticCustomError("status", "is not one word")
    return status


def _object(value: object) -> object:
    """PHP writes an empty object as an empty list."""
    return {} if value is None or value == [] else value


Text = Annotated[str, BeforeValidator(text)]
Stamp = Annotated[datetime, BeforeValidator(gmt)]
Amount = Annotated[int, BeforeValidator(fen_of_yuan)]
Price = Annotated[Amount, AfterValidator(not_negative)]
Number = Annotated[int, Field(ge=0, le=LARGEST_ID)]


class Meta(Wire):
    """A note of the machine kind."""

    key: Text = ""
    value: Any = None


Notes = Annotated[tuple[Meta, ...], BeforeValidator(or_empty_list)]


class Address(Wire):
    """A billing or shipping address; every part may be missing."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    address_1: Text = ""
    address_2: Text = ""
    city: Text = ""
    state: Text = ""
    postcode: Text = ""
    email: Text = ""
    phone: Text = ""


class LineItem(Wire):
    """One line of an order."""

    id: StrictInt | StrictStr
    product_id: Number = 0
    variation_id: Number = 0
    sku: Annotated[Text, Field(max_length=LONGEST_CODE)] = ""
    name: Text = ""
    quantity: Annotated[int, AfterValidator(_at_least_one), Field(le=MOST_PIECES)]
    total: Price
    total_tax: Price = 0
    currency: Text = ""
    meta_data: Notes = ()


class Refund(Wire):
    """A refund as the order mentions it, with a negative total."""

    total: Amount
    currency: Text = ""
    meta_data: Notes = ()


class Order(Wire):
    """An order."""

    id: StrictInt | StrictStr
    status: Annotated[StrictStr, AfterValidator(_one_word)]
    currency: StrictStr
    date_created_gmt: Stamp
    date_modified_gmt: Stamp
    date_paid_gmt: Annotated[datetime | None, BeforeValidator(_maybe_gmt)] = None
    total: Price
    customer_id: Number = 0
    customer_note: Text = ""
    billing: Annotated[Address, BeforeValidator(_object)] = Address()
    shipping: Annotated[Address, BeforeValidator(_object)] = Address()
    line_items: tuple[LineItem, ...] = Field(max_length=MAX_LINES)
    refunds: Annotated[tuple[Refund, ...], BeforeValidator(or_empty_list)] = ()
    meta_data: Notes = ()

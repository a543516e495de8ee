"""The part of Doudian's JSON that we read, leniently: numbers come as numbers or as text of figures."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from oms.domain.order import MAX_LINES
from oms.reading import (
    LONGEST_CODE,
    MOST_PIECES,
    Wire,
    flag,
    hint,
    mark,
    not_negative,
    or_empty_list,
    or_empty_object,
    rows,
)

FIRST_SECOND = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
LAST_SECOND = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
LARGEST_FEN = 10**14
FIGURES = re.compile(r"-?[0-9]{1,18}")
WORD = re.compile(r"\w[\w-]{0,39}", re.ASCII)


def _whole(value: object) -> object:
    if isinstance(value, str) and FIGURES.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("number", "is not a whole number")
    return value


def _price(value: object) -> object:
    """Read fen; a float is somebody's mistake and is not guessed at."""
    fen = _whole(value)
    if not isinstance(fen, int) or not -LARGEST_FEN < fen < LARGEST_FEN:
        raise PydanticCustomError("money", "is not an amount")
    return not_negative(fen)


def _stamp(value: object) -> object:
    seconds = _whole(value)
    if not isinstance(seconds, int) or not FIRST_SECOND <= seconds < LAST_SECOND:
        raise PydanticCustomError("moment", "is not a time of our days")
    return datetime.fromtimestamp(seconds, UTC)


def _maybe_stamp(value: object) -> object:
    """Read 0 as no time."""
    return None if value is None or value == "" or _whole(value) == 0 else _stamp(value)


def _word(value: object) -> object:
    """A status we do not know travels on as it is, so it must be a word and not somebody's address."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or WORD.fullmatch(text) is None:
        raise PydanticCustomError("status", "is not one word")
    return text


def _maybe_word(value: object) -> object:
    return "" if value is None or value == "" else _word(value)


def _text(value: object) -> object:
    """Read nothing as an empty text, a number as its digits; databases take no NUL."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise PydanticCustomError("text", "is not a text")
    return value.replace("\x00", "")


def _code(value: object) -> object:
    """Read a merchant's code; 0 stands for none."""
    text = _text(value)
    return "" if text == "0" else text


def _at_least_one(quantity: int) -> int:
    if not 0 < quantity <= MOST_PIECES:
        raise PydanticCustomError("quantity", "is not a number of pieces")
    return quantity


Id = Annotated[str, BeforeValidator(mark)]
Word = Annotated[str, BeforeValidator(_word)]
MaybeWord = Annotated[str, BeforeValidator(_maybe_word)]
Text = Annotated[str, BeforeValidator(_text)]
Code = Annotated[str, BeforeValidator(_code), Field(max_length=LONGEST_CODE)]
Fen = Annotated[int, BeforeValidator(_price)]
Pieces = Annotated[int, BeforeValidator(_whole), AfterValidator(_at_least_one)]
Count = Annotated[int, BeforeValidator(_whole)]
Stamp = Annotated[datetime, BeforeValidator(_stamp)]
MaybeStamp = Annotated[datetime | None, BeforeValidator(_maybe_stamp)]
Hint = Annotated[datetime | None, BeforeValidator(hint(_maybe_stamp))]


class Place(Wire):
    """One level of a region."""

    name: Text = ""


Level = Annotated[Place, BeforeValidator(or_empty_object)]


class Region(Wire):
    """Where to: its levels in the open, the rest masked or encrypted."""

    province: Level = Place()
    city: Level = Place()
    town: Level = Place()
    street: Level = Place()
    detail: Text = ""
    encrypt_detail: Text = ""


class AfterSaleInfo(Wire):
    """How the after-sale of a line stands."""

    after_sale_status: MaybeWord = ""
    after_sale_type: MaybeWord = ""


class SubOrder(Wire):
    """One line of an order."""

    order_id: Id
    order_status: MaybeWord = ""
    main_status: MaybeWord = ""
    product_id: Text = ""
    sku_id: Text = ""
    code: Code = ""
    out_sku_id: Code = ""
    product_name: Text = ""
    item_num: Pieces
    pay_amount: Fen
    pre_sale_type: Annotated[bool, BeforeValidator(flag)] = False
    """1: sold before it is there and paid whole [2+]; of other numbers nobody says what they mean."""
    appointment_ship_time: Hint = None
    """The moment that the buyer has booked for shipping."""
    exp_ship_time: Hint = None
    currency: Text = ""
    after_sale_info: Annotated[AfterSaleInfo, BeforeValidator(or_empty_object)] = AfterSaleInfo()


class Logistics(Wire):
    """A parcel the platform knows of."""

    tracking_no: Text = ""
    delivery_id: Text = ""


class Order(Wire):
    """An order, in the list and in the detail alike."""

    order_id: Id
    order_status: Word
    main_status: MaybeWord = ""
    create_time: Stamp
    update_time: Stamp
    pay_time: MaybeStamp = None
    exp_ship_time: MaybeStamp = None
    appointment_ship_time: Hint = None
    order_phase_list: Annotated[tuple[Any, ...], BeforeValidator(rows)] = ()
    """The steps in which a presale is paid."""
    pay_amount: Fen
    currency: Text = ""
    buyer_words: Text = ""
    doudian_open_id: Text = ""
    open_address_id: Text = ""
    mask_post_receiver: Text = ""
    mask_post_tel: Text = ""
    mask_post_addr: Annotated[Region, BeforeValidator(or_empty_object)] = Region()
    post_addr: Annotated[Region, BeforeValidator(or_empty_object)] = Region()
    encrypt_post_receiver: Text = ""
    encrypt_post_tel: Text = ""
    logistics_info: Annotated[tuple[Logistics, ...], BeforeValidator(or_empty_list)] = ()
    sku_order_list: Annotated[tuple[SubOrder, ...], Field(min_length=1, max_length=MAX_LINES)]

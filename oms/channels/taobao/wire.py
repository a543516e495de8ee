"""The part of TOP's trade and refund JSON that we read, leniently: their words end in mapping.py."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

from oms.channels.taobao.carriers import carriers_in
from oms.channels.taobao.times import read_stamp
from oms.domain.order import MAX_LINES
from oms.reading import LONGEST_CODE, MOST_PIECES, Wire, fen_of_yuan, flag, hint, mark, not_negative, rows

WORD = re.compile(r"[A-Z][A-Z0-9_]{0,79}")


def _moment(value: object) -> datetime:
    try:
        return read_stamp(value if isinstance(value, str) else "")
    except ValueError:
        raise PydanticCustomError("moment", "is not a time") from None


def _maybe_moment(value: object) -> datetime | None:
    return None if value is None or value == "" else _moment(value)


def _maybe_fen(value: object) -> int | None:
    return None if value is None or value == "" else not_negative(fen_of_yuan(value))


def _pieces(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_PIECES:
        raise PydanticCustomError("quantity", "is not a number of pieces")
    return value


def _one_word(text: str) -> str:
    """A status we do not know travels on as it is, so it must be a word and not somebody's address."""
    if WORD.fullmatch(text) is None:
        raise PydanticCustomError("status", "is not one word")
    return text


def _text(value: object) -> object:
    """Read nothing as an empty text, a number as its digits; databases take no NUL."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.replace("\x00", "") if isinstance(value, str) else value


def _inner(value: object) -> object:
    """Take the lines out of their second wrapping; no lines are told by leaving the key out."""
    held = value.get("order", ()) if isinstance(value, Mapping) else value
    return () if held is None else held


def _advice(value: object) -> object:
    """Take the advice on shipping out of its second wrapping; in any other shape nothing was said."""
    return rows(value.get("logistics_info") if isinstance(value, Mapping) else value)


Id = Annotated[str, BeforeValidator(mark)]
Text = Annotated[str, BeforeValidator(_text)]
Code = Annotated[Text, Field(max_length=LONGEST_CODE)]
Status = Annotated[StrictStr, AfterValidator(_one_word)]
Stamp = Annotated[datetime, BeforeValidator(_moment)]
MaybeStamp = Annotated[datetime | None, BeforeValidator(_maybe_moment)]
Price = Annotated[int, BeforeValidator(fen_of_yuan), AfterValidator(not_negative)]
MaybePrice = Annotated[int | None, BeforeValidator(_maybe_fen)]
Hint = Annotated[datetime | None, BeforeValidator(hint(_moment))]
Yes = Annotated[bool, BeforeValidator(flag)]
Carriers = Annotated[tuple[str, ...], BeforeValidator(carriers_in)]


class SubOrder(Wire):
    """One line of a trade."""

    oid: Id
    num_iid: Code = ""
    sku_id: Code = ""
    outer_iid: Code = ""
    outer_sku_id: Code = ""
    title: Text = ""
    num: Annotated[int, BeforeValidator(_pieces)]
    payment: MaybePrice = None
    divide_order_fee: MaybePrice = None
    part_mjz_discount: MaybePrice = None
    status: Annotated[Text, Field(max_length=80)] = ""
    refund_status: Annotated[Text, Field(max_length=80)] = ""
    invoice_no: Text = ""
    delivery_time: MaybeStamp = None
    promise_collect_time: Hint = None


class Advice(Wire):
    """What the platform wants of the shipping of one line; all of it only hints, so that nothing breaks an order."""

    sub_trade_id: Any = None
    biz_delivery_type: Any = None
    """0: nothing; 1: a list to choose from or not; 2: one of the list and no other; 3: none of the black list."""
    delivery_cps: Carriers = ()
    white_delivery_cps: Carriers = ()
    biz_delivery_code: Carriers = ()
    black_delivery_cps: Carriers = ()
    promise_outbound_time: Hint = None
    promise_collect_time: Hint = None


class Trade(Wire):
    """An order."""

    tid: Id
    status: Status
    step_trade_status: Text = ""
    created: Stamp
    modified: Stamp
    pay_time: MaybeStamp = None
    delivery_time: MaybeStamp = None
    send_time: Hint = None
    """Until when a presale is sent."""
    new_presell: Yes = False
    logistics_infos: Annotated[tuple[Advice, ...], BeforeValidator(_advice)] = ()
    payment: Price
    post_fee: MaybePrice = None
    buyer_open_uid: Text = ""
    has_buyer_message: StrictBool | None = None
    buyer_message: Text = ""
    receiver_name: Text = ""
    receiver_state: Text = ""
    receiver_city: Text = ""
    receiver_district: Text = ""
    receiver_town: Text = ""
    receiver_address: Text = ""
    receiver_zip: Text = ""
    receiver_mobile: Text = ""
    receiver_phone: Text = ""
    oaid: Text = ""
    orders: Annotated[tuple[SubOrder, ...], BeforeValidator(_inner), Field(max_length=MAX_LINES)]


class Refund(Wire):
    """An after-sale."""

    refund_id: Id
    tid: Id
    oid: Text = ""
    status: Status
    dispute_type: Text = ""
    has_good_return: bool | None = None
    refund_fee: Price
    num: int | None = None
    refund_phase: Text = ""
    refund_version: Text = ""
    sid: Text = ""
    company_name: Text = ""
    modified: Stamp

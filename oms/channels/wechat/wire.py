"""The part of WeChat's order and after-sale JSON that we read: their words end in mapping.py."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from oms.channels.wechat.scalars import (
    Count,
    Fen,
    Id,
    MaybeFen,
    MaybeStamp,
    PartOfId,
    Pieces,
    Stamp,
    Status,
    Text,
    Word,
)
from oms.domain.order import MAX_LINES
from oms.reading import LONGEST_CODE, Wire, flag, or_empty_list, or_empty_object


def _object_or_nothing(value: object) -> object:
    return value if isinstance(value, Mapping) else {}


class Delivering(Wire):
    """How a SKU is sold and shipped."""

    stock_type: Annotated[bool, BeforeValidator(flag)] = False
    """0: on the shelf; 1: sold before it is there and paid whole."""


class Product(Wire):
    """One entry of `product_infos`; the same product and SKU may stand in several."""

    product_id: PartOfId
    sku_id: PartOfId
    sku_code: Annotated[Text, Field(max_length=LONGEST_CODE)] = ""
    title: Text = ""
    sku_cnt: Pieces
    sale_price: Fen = 0
    """Of one piece, before discounts."""
    real_price: MaybeFen = None
    """What the buyer pays for all pieces together."""
    delivery_deadline: MaybeStamp = None
    """Until when it must be shipped."""
    sku_deliver_info: Annotated[Delivering, BeforeValidator(_object_or_nothing)] = Delivering()


class Payment(Wire):
    """How and when it was paid."""

    pay_time: MaybeStamp = None


class Prices(Wire):
    """Of the whole order."""

    order_price: Fen
    """What the buyer pays, freight included."""
    freight: Fen = 0


class Address(Wire):
    """Where the goods go; masked unless it was decoded."""

    user_name: Text = ""
    tel_number: Text = ""
    province_name: Text = ""
    city_name: Text = ""
    county_name: Text = ""
    detail_info: Text = ""
    house_number: Text = ""
    postal_code: Text = ""
    hash_code: Text = ""
    """The same for the same address of this shop."""


class Delivery(Wire):
    """Where to, and what has left already."""

    address_info: Annotated[Address, BeforeValidator(or_empty_object)] = Address()


class Remarks(Wire):
    """What buyer and seller wrote."""

    customer_notes: Text = ""


class Detail(Wire):
    """The order's inside."""

    product_infos: tuple[Product, ...] = Field(max_length=MAX_LINES)
    pay_info: Annotated[Payment, BeforeValidator(or_empty_object)] = Payment()
    price_info: Prices
    delivery_info: Annotated[Delivery, BeforeValidator(or_empty_object)] = Delivery()
    ext_info: Annotated[Remarks, BeforeValidator(or_empty_object)] = Remarks()


class AfterSaleCount(Wire):
    """How many after-sales are open."""

    on_aftersale_order_cnt: Count = 0


class CaseProduct(Wire):
    """What an after-sale is about."""

    product_id: Text = ""
    sku_id: Text = ""
    count: Count = 0


class CaseMoney(Wire):
    """What it costs."""

    amount: Count = 0


class CaseReturn(Wire):
    """How the goods come back."""

    waybill_id: Text = ""
    delivery_name: Text = ""


class Case(Wire):
    """An after-sale."""

    after_sale_order_id: Id
    order_id: Id
    status: Word
    type: Text = ""
    update_time: Stamp
    product_info: Annotated[CaseProduct, BeforeValidator(or_empty_object)] = CaseProduct()
    refund_info: Annotated[CaseMoney, BeforeValidator(or_empty_object)] = CaseMoney()
    return_info: Annotated[CaseReturn, BeforeValidator(or_empty_object)] = CaseReturn()


class Order(Wire):
    """An order."""

    order_id: Id
    status: Status
    create_time: Stamp
    update_time: Stamp
    openid: Text = ""
    order_detail: Detail
    aftersale_detail: Annotated[AfterSaleCount, BeforeValidator(or_empty_object)] = AfterSaleCount()
    after_sales: Annotated[tuple[Case, ...], BeforeValidator(or_empty_list)] = ()

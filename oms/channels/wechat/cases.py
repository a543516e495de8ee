"""WeChat's words about an after-sale, in ours."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pydantic import ValidationError

from oms.channels.wechat.wire import Case
from oms.domain.carriers import carrier_named
from oms.domain.ids import OrderKey, ShopKey
from oms.ports import AfterSale
from oms.reading import refuse

Kind: TypeAlias = Literal["refund_only", "return", "exchange", "resend", "other"]
Status: TypeAlias = Literal[
    "requested", "approved", "returning", "received", "refunded", "rejected", "closed", "unknown"
]

KINDS: Mapping[str, Kind] = {"REFUND": "refund_only", "RETURN": "return", "EXCHANGE": "exchange"}
STATUSES: Mapping[str, Status] = {
    "MERCHANT_PROCESSING": "requested",
    "USER_WAIT_CONFIRM": "requested",
    "USER_WAIT_CONFIRM_UPDATE": "requested",
    "USER_WAIT_HANDLE_MERCHANT_AFTER_SALE": "requested",
    "USER_WAIT_RETURN": "approved",
    "MERCHANT_OVERDUE_REFUND": "approved",
    "PLATFORM_REFUNDING": "approved",
    "PLATFORM_REFUND_FAIL": "approved",  # agreed, though the money has not moved: a person must look
    "MERCHANT_REFUND_RETRY_FAIL": "approved",
    "MERCHANT_FAIL": "approved",
    "MERCHANT_WAIT_RECEIPT": "returning",
    "MERCHANT_REFUND_SUCCESS": "refunded",
    "MERCHANT_RETURN_SUCCESS": "refunded",
    "MERCHANT_REJECT_REFUND": "rejected",
    "MERCHANT_REJECT_RETURN": "rejected",
    "USER_CANCELD": "closed",  # their spelling
    "RETURN_CLOSED": "closed",
}
REFUNDED = frozenset(word for word, status in STATUSES.items() if status == "refunded")
"""The money has gone back."""


def to_after_sale(payload: Mapping[str, Any], shop: ShopKey) -> AfterSale:
    """Translate an after-sale. Raises Unmappable naming the field and never its content."""
    try:
        theirs = Case.model_validate(dict(payload))
        line = theirs.product_info
        named = bool(line.product_id and line.sku_id)
        return AfterSale(
            id=theirs.after_sale_order_id,
            order=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.order_id),
            kind=KINDS.get(theirs.type, "other"),
            status=STATUSES.get(theirs.status, "unknown"),
            raw_status=theirs.status,
            line=f"{line.product_id}-{line.sku_id}" if named else "",
            quantity=line.count or None,
            refund_fen=theirs.refund_info.amount,
            waybill=theirs.return_info.waybill_id,
            carrier=carrier_named(theirs.return_info.delivery_name),
            modified_at=theirs.update_time,
        )
    except ValidationError as error:
        refuse(error)

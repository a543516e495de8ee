"""Doudian's words in ours: statuses of orders and after-sales, and carriers."""

from collections.abc import Mapping

from oms.domain.order import PlatformStatus

STATUSES: Mapping[str, PlatformStatus] = {
    "1": PlatformStatus.AWAITING_PAYMENT,
    "103": PlatformStatus.AWAITING_PAYMENT,  # paid in part: the deposit of a presale
    "105": PlatformStatus.PAID,  # and still looked at by the platform
    "2": PlatformStatus.PAID,
    "101": PlatformStatus.PAID,  # a part has been shipped, the rest is still to be
    "3": PlatformStatus.SHIPPED,
    "4": PlatformStatus.CANCELLED,
    "5": PlatformStatus.CONFIRMED,
    "21": PlatformStatus.REFUNDED,
    "22": PlatformStatus.REFUNDED,
    "39": PlatformStatus.REFUNDED,
}
"""`order_status` and `main_status` share their numbers; the main one knows a few more."""
UNDER_REVIEW = "105"
"""Paid, but not to be shipped before it becomes 2."""
SHIPPED_WHOLE = "3"

CALLED_OFF = frozenset({PlatformStatus.CANCELLED, PlatformStatus.REFUNDED})
REFUND_TYPES = frozenset({"0", "1", "2"})
"""Return with refund, refund after shipping, refund before shipping; the others give no money back."""
REFUND_WAITS = frozenset({"6", "7", "11"})
"""A refund for the shop to agree to, for the buyer to send goods back, for the shop to look at what came."""

COMPANIES: Mapping[str, str] = {
    "sf": "shunfeng",
    "yto": "yuantong",
    "zto": "zhongtong",
    "sto": "shentong",
    "yunda": "yunda",
    "jd": "jd",
    "ems": "ems",
    "jt": "jtexpress",
    "deppon": "debangwuliu",
    "postb": "youzhengguonei",
    "ht": "huitongkuaidi",
    "htky": "huitongkuaidi",
}


def status_of(order_status: str, main_status: str) -> PlatformStatus:
    """Translate both numbers; what either of them says that we do not know is unknown."""
    main = STATUSES.get(main_status or order_status, PlatformStatus.UNKNOWN)
    return main if order_status in STATUSES else PlatformStatus.UNKNOWN


def company_of(carrier: str) -> str | None:
    """Name a carrier in Doudian's code; None for one that nobody mapped."""
    return COMPANIES.get(carrier.lower().removeprefix("other:"))

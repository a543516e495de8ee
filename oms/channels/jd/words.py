"""JD's words in ours: times, which are always GMT+8, order states, and the numbers of carriers."""

from collections.abc import Mapping
from datetime import datetime

from oms.clock import CHINA
from oms.domain.order import PlatformStatus

STATES: Mapping[str, PlatformStatus] = {
    "NOT_PAY": PlatformStatus.AWAITING_PAYMENT,  # [1] another list of JD names it; this one shows few unpaid
    "WAIT_SELLER_STOCK_OUT": PlatformStatus.PAID,
    "WAIT_SELLER_DELIVERY": PlatformStatus.PAID,
    "WAIT_GOODS_RECEIVE_CONFIRM": PlatformStatus.SHIPPED,
    "FINISHED_L": PlatformStatus.CONFIRMED,
}
"""WAIT_SEND_CODE, for vouchers, is left out on purpose: nothing is ever shipped for it."""
CANCELLED = "TRADE_CANCELED"
LOCKED = "LOCKED"
"""The buyer asked to cancel, and somebody must answer before anything is sent."""
PAUSED = frozenset({"POP_ORDER_PAUSE", "PAUSE"})
"""JD holds the order back."""
CASH_ON_DELIVERY = "1-"

CARRIERS: Mapping[str, str] = {
    "sf": "467",
    "ems": "465",
    "yunda": "1327",
    "yto": "463",
    "sto": "470",
    "zto": "1499",
    "deppon": "3046",
    "jd": "2087",
    "jt": "773574",
    "postb": "2170",
    "ht": "1748",
}
"""Numbers of logistics companies [2+ for the first three, 1 for the next five, the last three from memory].

JD takes only those that the merchant has a contract with, so a wrong one is refused and never misdirected;
the shops file may name others as options, `carrier_jt: "…"`.
"""


def stamp(moment: datetime) -> str:
    """Write a moment as JD's parameters want it: `2026-11-22 10:00:00`, GMT+8."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def signed_stamp(moment: datetime) -> str:
    """Write the moment of a call, with its offset: JD refuses one more than six minutes off."""
    local = moment.astimezone(CHINA)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}+0800"

"""The words of the trade as people read them: stages, holds, parcels, whose turn it is; English here, translated when shown."""

from collections.abc import Mapping
from typing import Final

from oms.domain.holds import WHO_ACTS, HoldReason
from oms.domain.parcels import ParcelState
from oms.domain.roles import Role
from oms.domain.stages import ENDED, Stage
from oms.languages.marks import N_
from oms.web.spoken_outside import OUTSIDE

STAGES: Final[Mapping[str, str]] = {
    Stage.RECEIVED: N_("received"),
    Stage.AWAITING_PAYMENT: N_("awaiting payment"),
    Stage.ACCEPTED: N_("accepted"),
    Stage.ALLOCATED: N_("allocated"),
    Stage.CLEARED: N_("cleared"),
    Stage.RELEASED: N_("released to the warehouse"),
    Stage.SHIPPED: N_("shipped"),
    Stage.IN_TRANSIT: N_("in transit"),
    Stage.DELIVERED: N_("delivered"),
    Stage.COMPLETED: N_("completed"),
    Stage.CANCELLED: N_("cancelled"),
    Stage.CLOSED: N_("closed"),
}
HOLDS: Final[Mapping[str, str]] = {
    HoldReason.HIGH_VALUE: N_("high value"),
    HoldReason.FIRST_BUYER: N_("first purchase"),
    HoldReason.OUT_OF_STOCK: N_("out of stock"),
    HoldReason.NO_WAYBILL_LOCK: N_("red lock: no waybill"),
    HoldReason.COMPLIANCE: N_("compliance"),
    HoldReason.REFUND_OPEN: N_("refund open"),
    HoldReason.ADDRESS_CHANGE: N_("address change"),
    HoldReason.PLATFORM_RISK: N_("platform review"),
    HoldReason.UNMAPPED_SKU: N_("unknown SKU"),
    HoldReason.REMARK: N_("buyer's remark"),
    HoldReason.MANUAL: N_("held by hand"),
}
PARCELS: Final[Mapping[str, str]] = {
    ParcelState.CREATED: N_("packed, awaiting pick-up"),
    ParcelState.PICKED_UP: N_("picked up"),
    ParcelState.IN_TRANSIT: N_("in transit"),
    ParcelState.OUT_FOR_DELIVERY: N_("out for delivery"),
    ParcelState.AT_PICKUP_POINT: N_("ready at the pick-up point"),
    ParcelState.EXCEPTION: N_("delayed, being looked into"),
    ParcelState.DELIVERED: N_("signed for"),
    ParcelState.REJECTED: N_("refused by the receiver"),
    ParcelState.RETURNING: N_("on its way back"),
    ParcelState.RETURNED: N_("returned"),
    ParcelState.CANCELLED: N_("cancelled"),
    ParcelState.UNKNOWN: N_("no news yet"),
}
CARRIERS: Final[Mapping[str, str]] = {
    "sf": N_("SF Express"),
    "yto": N_("YTO Express"),
    "zto": N_("ZTO Express"),
    "sto": N_("STO Express"),
    "yunda": N_("Yunda Express"),
    "jd": N_("JD Logistics"),
    "ems": N_("EMS"),
    "jt": N_("J&T Express"),
    "deppon": N_("Deppon"),
    "post": N_("China Post"),
}
CHANNELS: Final[Mapping[str, str]] = {
    "woocommerce": N_("WooCommerce"),
    "taobao": N_("Taobao"),
    "tmall": N_("Tmall"),
    "jd": N_("JD.com"),
    "pdd": N_("Pinduoduo"),
    "douyin": N_("Douyin"),
    "wechat": N_("WeChat shop"),
}
PAYMENTS: Final[Mapping[str, str]] = {
    "unpaid": N_("unpaid"),
    "paid": N_("paid"),
    "refunding": N_("refunding"),
    "refunded": N_("refunded"),
    "partly_refunded": N_("partly refunded"),
}
SLA: Final[Mapping[str, str]] = {
    "ok": N_("in time"),
    "reminded": N_("reminded"),
    "late": N_("late"),
    "escalated": N_("escalated"),
}
ROLES: Final[Mapping[str, str]] = {
    Role.VIEWER: N_("viewer"),
    Role.SERVICE: N_("customer service"),
    Role.PURCHASING: N_("purchasing"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.ADMIN: N_("administrator"),
}
WAITED_FOR: Final[Mapping[str, str]] = {
    Stage.AWAITING_PAYMENT: N_("the buyer: pay"),
    Stage.RELEASED: N_("the warehouse: pack and ship"),
    Stage.SHIPPED: N_("the carrier: collect"),
    Stage.IN_TRANSIT: N_("the carrier: deliver"),
    Stage.DELIVERED: N_("nobody: it completes 72 h after shipping"),
    **dict.fromkeys(ENDED, N_("nobody: it has ended")),
}
GOES_ON: Final = N_("nobody: it goes on by itself")
KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "stage": STAGES,
    "hold": HOLDS,
    "parcel": PARCELS,
    "carrier": CARRIERS,
    "channel": CHANNELS,
    "payment": PAYMENTS,
    "sla": SLA,
    "role": ROLES,
    **OUTSIDE,
}
"""The filters of that name; a word of none of these is shown as it is."""


def turns(stage: str, holds: tuple[str, ...]) -> tuple[str, ...]:
    """Say whose turn it is: the owners of the holds, else whom the stage waits for."""
    known = {reason.value for reason in HoldReason}
    owners = tuple(WHO_ACTS[HoldReason(hold)] if hold in known else hold for hold in holds)
    return owners or (WAITED_FOR.get(stage, GOES_ON),)

"""What people read on our pages: stages, parcel states and carriers in Chinese and English."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from oms.domain.holds import WHO_ACTS, HoldReason
from oms.domain.money import fen_to_yuan
from oms.domain.parcels import ParcelState
from oms.domain.periods import BUSINESS_ZONE
from oms.domain.stages import ENDED, Stage

STAGES: Final[Mapping[str, str]] = {
    Stage.RECEIVED: "已接收 received",
    Stage.AWAITING_PAYMENT: "待付款 awaiting payment",
    Stage.ACCEPTED: "已接单 accepted",
    Stage.ALLOCATED: "已占库存 allocated",
    Stage.CLEARED: "已审核 cleared",
    Stage.RELEASED: "已下发仓库 released",
    Stage.SHIPPED: "已发货 shipped",
    Stage.IN_TRANSIT: "运输中 in transit",
    Stage.DELIVERED: "已签收 delivered",
    Stage.COMPLETED: "已完成 completed",
    Stage.CANCELLED: "已取消 cancelled",
    Stage.CLOSED: "已关闭 closed",
}
PARCEL_STATES: Final[Mapping[str, str]] = {
    ParcelState.CREATED: "已打包，待揽收 · packed, awaiting pick-up",
    ParcelState.PICKED_UP: "已揽收 · picked up",
    ParcelState.IN_TRANSIT: "运输中 · in transit",
    ParcelState.OUT_FOR_DELIVERY: "派送中 · out for delivery",
    ParcelState.AT_PICKUP_POINT: "已到驿站/快递柜，请取件 · ready at the pick-up point",
    ParcelState.EXCEPTION: "派送异常，正在处理 · delayed, being looked into",
    ParcelState.DELIVERED: "已签收 · delivered",
    ParcelState.REJECTED: "已拒收 · refused",
    ParcelState.RETURNING: "退回中 · on its way back",
    ParcelState.RETURNED: "已退回 · returned",
    ParcelState.CANCELLED: "已取消 · cancelled",
    ParcelState.UNKNOWN: "暂无信息 · no news yet",
}
CARRIERS: Final[Mapping[str, str]] = {
    "sf": "顺丰速运 SF Express",
    "yto": "圆通速递 YTO Express",
    "zto": "中通快递 ZTO Express",
    "sto": "申通快递 STO Express",
    "yunda": "韵达快递 Yunda Express",
    "jd": "京东物流 JD Logistics",
    "ems": "EMS",
    "jt": "极兔速递 J&T Express",
    "deppon": "德邦快递 Deppon",
    "post": "邮政快递包裹 China Post",
}
_NEXT_TO_ACT: Final[Mapping[str, str]] = {
    Stage.AWAITING_PAYMENT: "the buyer: pay",
    Stage.RELEASED: "the warehouse: pack and ship",
    Stage.SHIPPED: "the carrier: collect",
    Stage.IN_TRANSIT: "the carrier: deliver",
    Stage.DELIVERED: "nobody: it completes 72 h after shipping",
    **dict.fromkeys(ENDED, "nobody: it has ended"),
}


def stage_word(stage: str) -> str:
    """Name a stage; one we have no word for is shown as it is."""
    return STAGES.get(stage, stage)


def who_must_act(stage: str, holds: tuple[str, ...]) -> tuple[str, ...]:
    """Say whose turn it is: the owners of the holds, else whom the stage waits for."""
    known = {reason.value for reason in HoldReason}
    owners = tuple(WHO_ACTS[HoldReason(hold)] if hold in known else hold for hold in holds)
    if owners:
        return owners
    return (_NEXT_TO_ACT.get(stage, "nobody: it goes on by itself"),)


def local_time(moment: datetime | None) -> str:
    """Write a moment as people in the business zone read it; a dash for none."""
    return f"{moment.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}" if moment else "–"


def amount(fen: int, currency: str) -> str:
    """Write an amount with its currency."""
    return f"{fen_to_yuan(fen)} {currency}"

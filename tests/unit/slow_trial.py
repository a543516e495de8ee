"""What a table would do to a past order, asked of `assess` and `judge` themselves, one model after the other."""

from datetime import datetime

from oms.domain.deadlines import Deadline, Step
from oms.domain.ids import OrderKey, Sku
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.past import PastOrder
from oms.domain.rulings import OrderFacts, Phase, Ruling
from oms.rules.assessment import assess
from oms.rules.backtest import Kind, Mark
from oms.rules.judging import judge
from oms.rules.table import RuleTable

STRUCK = {
    "remind": "reminded", "warn": "warned", "escalate": "escalated", "escalate_further": "escalated_further",
    "lock": "locked", "late": "late",
}  # fmt: skip
ASKED = {"tag": "tagged", "review": "held", "block": "blocked"}


def slowly(table: RuleTable, past: PastOrder, pace: int) -> set[Mark]:
    """Return everything that it would have done."""
    if past.paid is None:
        return set()
    snapshot = snapshot_of(past)
    given = assess(table, past.platform, snapshot, past.paid, first_buyer=past.first_buyer, pace=pace)
    marks = {Mark(Kind(ASKED[each.action]), each.rule) for each in given.findings}
    marks |= {Mark(Kind.UNSURE, fault.partition(":")[0]) for fault in given.faults}
    at = past.released or past.paid
    for phase, stage in ((Phase.RELEASE, "allocated"), (Phase.PUSH, "cleared")):
        marks |= _ruled(judge(table, phase, facts_of(past, at, stage, given.ship_by, pace)))
    return marks | {
        Mark(Kind(STRUCK[each.step]), each.rung) for each in given.deadlines if struck(each, past)
    }


def struck(deadline: Deadline, past: PastOrder) -> bool:
    """Tell whether the order still waited then; a waybill by then keeps it from being locked."""
    if past.until is None or past.until < deadline.due:
        return False
    return deadline.step is not Step.LOCK or past.waybill is None or past.waybill > deadline.due


def _ruled(ruling: Ruling) -> set[Mark]:
    found = {Mark(Kind(ASKED[each.action]), each.rule) for each in ruling.findings}
    return found | {Mark(Kind.UNSURE, fault.partition(":")[0]) for fault in ruling.faults}


def facts_of(past: PastOrder, at: datetime, stage: str, ship_by: datetime | None, pace: int) -> OrderFacts:
    """What the gate is told of an order then."""
    assert past.paid is not None
    return OrderFacts(
        key=past.key, platform=past.platform, shop=past.shop, at=at, pace=pace, stage=stage, created_at=past.created,
        paid_at=past.paid, ship_by=ship_by, ship_from=past.ship_from, sale=snapshot_of(past).sale,
        total_fen=past.total_fen, refunded_fen=past.refunded_fen, lines=past.lines, pieces=past.pieces,
        has_remark=past.has_remark, first_buyer=past.first_buyer, has_receiver=past.has_receiver,
        province=past.province, platform_risk=past.platform_risk, refund_open=past.refund_open,
        has_waybill=past.waybill is not None and past.waybill <= at, courier=past.courier, couriers=past.couriers,
        address_changes=past.address_changes, waybill_changes=past.waybill_changes,
    )  # fmt: skip


def snapshot_of(past: PastOrder) -> Snapshot:
    """The order as its platform told it when it was paid."""
    lines = tuple(
        Line(id=str(n), sku=Sku("A"), title="a", quantity=1, total_fen=0) for n in range(past.lines)
    )
    return Snapshot.model_validate(
        {
            "key": OrderKey.parse(past.key), "created_at": past.created, "modified_at": past.created,
            "status": PlatformStatus.PAID, "raw_status": "paid", "paid_at": past.paid, "total_fen": past.total_fen,
            "lines": lines, "ship_by": past.ship_by, "province": past.province, "has_remark": past.has_remark,
            "sale": past.sale, "ship_from": past.ship_from, "couriers": past.couriers,
            "platform_risk": past.platform_risk, "refund_open": past.refund_open, "receiver_digest": "r",
        }
    )  # fmt: skip

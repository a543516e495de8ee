"""Cases and their grounds, showing only what matters to a test."""

from datetime import UTC, datetime, timedelta
from typing import Any

from oms.domain.aftersale import AfterSale, AfterSaleKind, AfterSaleStatus
from oms.domain.aftersales import flow, words_in
from oms.domain.aftersales.grounds import CasePolicy, Grounds, OrderFacts, SentParcel, SoldLine
from oms.domain.aftersales.state import CaseState
from oms.domain.ids import OrderKey, Sku
from oms.domain.stages import Stage

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEY = OrderKey(channel="woo", shop="main", number="1001")
POLICY = CasePolicy(
    platform="own_shop", version="t1", answer_within=timedelta(hours=48), remind_before=timedelta(hours=12),
    auto_agree_before_shipping=True, auto_agree_below_fen=0, chase_after=timedelta(days=7),
    reopens_within=timedelta(days=7),
)  # fmt: skip


def a_case(kind: str = "refund_only", status: str = "requested", **fields: Any) -> AfterSale:
    known = {
        "id": "C1", "order": KEY, "kind": AfterSaleKind(kind), "status": AfterSaleStatus(status), "raw_status": status,
        "line": "1", "quantity": 1, "refund_fen": 9400, "modified_at": NOON,
    }  # fmt: skip
    return AfterSale(**(known | fields))


def facts(stage: Stage = Stage.SHIPPED, **fields: Any) -> OrderFacts:
    sent = 0 if stage in {Stage.ACCEPTED, Stage.ALLOCATED, Stage.RELEASED} else 2
    known = {
        "stage": stage, "business_id": "OLABC", "receiver_digest": "d", "created_at": NOON, "paid_at": NOON,
        "paid_fen": 18800,
        "lines": (
            SoldLine(line="1", sku=Sku("A"), quantity=2, sent=sent, warehouse="HZ01", delivery_order="OLABC-1"),
            SoldLine(line="2", sku=Sku("B"), quantity=1, sent=min(sent, 1), warehouse="HZ01", delivery_order="OLABC-1"),
        ),
        "parcels": (SentParcel(waybill="SF1", carrier="sf", lines=("1", "2")),) if sent else (),
    }  # fmt: skip
    return OrderFacts(**(known | fields))


def grounds(order: OrderFacts | None = None, *, answers: bool = True, **policy: Any) -> Grounds:
    return Grounds(policy=POLICY.model_copy(update=policy), order=order or facts(), answers=answers)


def looked_up(case: AfterSale, order: OrderFacts | None = None, **more: Any) -> CaseState:
    state = words_in.begin(case, 1)
    flow.take_grounds(state, grounds(order, **more), NOON)
    return state

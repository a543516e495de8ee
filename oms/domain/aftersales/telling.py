"""What an order hears of its cases."""

from datetime import datetime

from oms.domain.aftersale import AfterSale
from oms.domain.aftersales.book import case_key
from oms.domain.aftersales.state import CaseState
from oms.domain.messages import AfterSaleChanged


def as_platform_says(case: AfterSale) -> AfterSaleChanged:
    """Return what the order is told of a platform's word; the same word has the same event id."""
    return AfterSaleChanged(
        event_id=f"aftersale:{case_key(case)}:{case.status}:{int(case.modified_at.timestamp())}",
        id=case.name, kind=case.kind, status=case.status, line=case.line, quantity=case.quantity,
        refund_fen=case.refund_fen, at=case.modified_at,
    )  # fmt: skip


def as_it_stands(state: CaseState, at: datetime) -> AfterSaleChanged:
    """Return what the order is told of a step of ours; never older than what it was told before."""
    case = state.case.model_copy(
        update={"kind": state.kind, "status": state.status, "refund_fen": state.refund_fen}
    )
    update = {"at": max(at, state.case.modified_at), "event_id": f"aftersale:{state.key}#{state.seq}"}
    return as_platform_says(case).model_copy(update=update)

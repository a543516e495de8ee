"""What an after-sale writes down: its row, one audit event a change, and the goods that came back."""

from typing import Literal

from oms.domain.aftersale import RUN_MARK, AfterSale
from oms.domain.book import Change
from oms.domain.ids import OrderKey, Sku
from oms.domain.model import Fact, Moment
from oms.domain.parcels import ParcelState
from oms.domain.stock import Piece


def case_key(case: AfterSale) -> str:
    """Name a case for ever: `channel:shop:id`, and `~2` behind it when its platform has opened it again."""
    return f"{case.order.channel}:{case.order.shop}:{case.name}"


def run_of(key: str) -> int:
    """Tell which run of its case a key names."""
    _, mark, run = key.rpartition(RUN_MARK)
    return int(run) if mark and run.isdigit() else 1


def workflow_id(key: str) -> str:
    """Return the id of a case's one workflow."""
    return f"aftersale:{key}"


RETURN_MARK, RESEND_MARK = "RT", "x"


def is_case_code(code: str) -> bool:
    """Tell whether a code that a warehouse names may be a case's: of a return, or of what was sent once more."""
    return code.startswith(RETURN_MARK) or code.rpartition("-")[2].startswith(RESEND_MARK)


class GoodsMove(Fact):
    """Pieces that came back, or went out once more, under a stable id; written twice, they move once."""

    id: str
    warehouse: str
    sku: Sku
    pieces: int
    """More when positive, fewer when negative."""
    condition: Literal["good", "damaged"] = "good"
    """Good pieces can be sold again; damaged ones are counted apart."""


class CaseParcel(Fact):
    """A parcel of a case: goods on their way back, or sent once more."""

    waybill: str
    carrier: str
    way: Literal["back", "out"]
    shipped_at: Moment
    """Since when a sign of it is waited for."""
    state: ParcelState = ParcelState.CREATED
    pieces: tuple[Piece, ...] = ()


class AfterSaleRow(Fact):
    """The read model's view of a case; a row of higher `seq` replaces one of lower."""

    key: str
    case_id: str
    order: OrderKey
    business_id: str = ""
    seq: int
    kind: str
    status: str
    raw_status: str
    line: str = ""
    quantity: int | None = None
    refund_fen: int = 0
    held: str = ""
    why_here: str = ""
    sla_state: str = "ok"
    answer_by: Moment | None = None
    next_deadline: Moment | None = None
    next_deadline_text: str = ""
    waybill: str = ""
    carrier: str = ""
    return_code: str = ""
    delivery_code: str = ""
    opened_at: Moment
    modified_at: Moment
    ended_at: Moment | None = None


class AfterSaleBook(Fact):
    """Everything a case has to write at one moment, written in one transaction."""

    row: AfterSaleRow
    changes: tuple[Change, ...] = ()
    goods: tuple[GoodsMove, ...] = ()
    parcels: tuple[CaseParcel, ...] = ()

"""A case that has ended and that its platform opens again under the same id: a new run of it, beside the old one.

The old run keeps its row, its timeline and its money: what it gave back counts as any other case's does.
"""

from datetime import datetime

from oms.domain.aftersale import AfterSale, AfterSaleStatus
from oms.domain.aftersales.book import AfterSaleRow, run_of


def run_for(last: AfterSaleRow | None, word: AfterSale, asked_anew_at: datetime | None = None) -> int:
    """Return which run of its case a platform's word belongs to; one more than the last when it opens it again.

    Only a buyer who asks opens a case again, and only after everything its platform had said before: later words of an
    old wish are late words. `asked_anew_at`: when the platform last said that he asks, should the run that this began
    not have written itself down yet.
    """
    if last is None:
        return 1
    run = run_of(last.key)
    asks = word.status is AfterSaleStatus.REQUESTED and word.modified_at > last.modified_at
    asked = asked_anew_at is not None and asked_anew_at > last.modified_at
    return run + 1 if last.ended_at is not None and (asks or asked) else run

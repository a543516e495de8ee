"""What is due while a case is where it is."""

from datetime import datetime

from oms.domain.aftersale import AfterSaleStatus as Status
from oms.domain.aftersales.deadlines import CaseStep, answering, looking_again, waiting
from oms.domain.aftersales.grounds import may_still_stop
from oms.domain.aftersales.state import CaseState


def promise(state: CaseState, at: datetime) -> None:
    """Lay the deadlines out anew; nothing is due before the rule was looked up."""
    if state.grounds is None or state.ended:
        state.deadlines = ()
        return
    policy, pace, order = state.grounds.policy, state.pace, state.grounds.order
    if state.status is Status.REQUESTED:
        ladder = answering(policy, state.stepped_at, state.case.answer_by, pace)
        again = order is not None and may_still_stop(order)
        state.deadlines = (*ladder, looking_again(policy, at, pace)) if again else ladder
    elif state.status is Status.REJECTED:
        state.deadlines = (waiting(CaseStep.LET_GO, policy, at, pace),)
    else:
        state.deadlines = (waiting(CaseStep.CHASE, policy, at, pace),)

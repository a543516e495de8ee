"""What can be said to an after-sale and asked of it: signals carry facts, updates ask permission, queries look.

Handlers only record, through the pure functions of the domain; `AfterSaleWorkflow.run` acts.
"""

from collections.abc import Callable
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from oms.domain.aftersale import AfterSale
    from oms.domain.aftersales import asking, words, words_in
    from oms.domain.aftersales.deadlines import CaseDeadline
    from oms.domain.aftersales.messages import (
        AddCaseNote,
        ApproveCase,
        RefuseCase,
        ReturnArrived,
        SendAgain,
        SetReturnWaybill,
    )
    from oms.domain.aftersales.state import CaseState, OpenCase
    from oms.domain.book import Change
    from oms.domain.messages import Command, Done, ParcelEvent, WarehouseEvent
from workflows.ground import Ground, check, let_in


class AfterSaleSurface(Ground):
    """A case's memory and its message handlers."""

    def __init__(self, opening: OpenCase) -> None:
        """Open the case's memory, or take the one that was carried on."""
        super().__init__()
        self.memory = opening.state or words_in.open_memory(opening)

    @workflow.signal
    def case(self, message: AfterSale) -> None:
        """The platform's present view."""
        self._record("case", lambda: words_in.absorb(self.memory, message, workflow.now()))

    @workflow.signal
    def returned(self, message: ReturnArrived) -> None:
        """What the warehouse found."""
        self._record("returned", lambda: words_in.returned(self.memory, message, workflow.now()))

    @workflow.signal
    def wms_event(self, message: WarehouseEvent) -> None:
        """A warehouse's word on what was announced, or sent once more."""
        self._record("wms_event", lambda: words_in.warehouse_event(self.memory, message, workflow.now()))

    @workflow.signal
    def parcel_event(self, message: ParcelEvent) -> None:
        """A carrier's word on the parcel that comes back."""
        self._record("parcel_event", lambda: words_in.parcel_event(self.memory, message, workflow.now()))

    @workflow.update
    def approve(self, command: ApproveCase) -> Done:
        """Agree, or let a held case go on."""
        return self._do(command)

    @workflow.update
    def refuse(self, command: RefuseCase) -> Done:
        """Say no to the buyer."""
        return self._do(command)

    @workflow.update
    def send_once_more(self, command: SendAgain) -> Done:
        """Send the goods of a parcel that came back once more."""
        return self._do(command)

    @workflow.update
    def set_return_waybill(self, command: SetReturnWaybill) -> Done:
        """Say under which waybill the goods come back."""
        return self._do(command)

    @workflow.update
    def add_note(self, command: AddCaseNote) -> Done:
        """Leave a note."""
        return self._do(command)

    @approve.validator
    def _may_approve(self, command: ApproveCase) -> None:
        self._check(command)

    @refuse.validator
    def _may_refuse(self, command: RefuseCase) -> None:
        self._check(command)

    @send_once_more.validator
    def _may_send_once_more(self, command: SendAgain) -> None:
        self._check(command)

    @set_return_waybill.validator
    def _may_set_return_waybill(self, command: SetReturnWaybill) -> None:
        self._check(command)

    @add_note.validator
    def _may_add_note(self, command: AddCaseNote) -> None:
        self._check(command)

    @workflow.query
    def state(self) -> CaseState:
        """Everything the case remembers."""
        return self.memory

    @workflow.query
    def timeline(self) -> list[Change]:
        """The case's history, oldest first; the last 200 lines (all of them are in the audit table)."""
        return list(self.memory.timeline)

    @workflow.query
    def next_deadline(self) -> CaseDeadline | None:
        """What is due next."""
        return self.memory.next_deadline()

    @workflow.query
    def why_here(self) -> dict[str, str]:
        """Where the case is, why, and who must act."""
        memory = self.memory
        return {"status": memory.status, "why": words.why_here(memory), "who": words.who_acts(memory)}

    def _do(self, command: Command) -> Done:
        return Done(note=asking.carry_out(self.memory, command, workflow.now()))

    def _check(self, command: Command) -> None:
        check(asking.refusal(self.memory, command))

    def _record(self, what: str, record: Callable[[], Any]) -> None:
        let_in(self.memory, what, record, case=self.memory.key)

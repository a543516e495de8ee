"""What can be said to an order and asked of it: signals carry facts, updates ask permission, queries look.

Handlers only record, through the pure functions of the domain; `OrderWorkflow.run` acts.
"""

from collections.abc import Callable
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from oms.domain import address_wishes, admission, card, case_news, commands, fulfilment, reviews
    from oms.domain.book import Change
    from oms.domain.deadlines import Deadline
    from oms.domain.messages import (
        Acknowledge,
        AddNote,
        AddressWanted,
        AfterSaleChanged,
        ApproveReview,
        CancelOrder,
        ChangeAddress,
        ChangeWaybill,
        Command,
        Done,
        LiftLock,
        ParcelEvent,
        PaymentSeen,
        PlaceHold,
        ReleaseHold,
        RulesChanged,
        SnapshotArrived,
        StockArrived,
        WarehouseEvent,
    )
    from oms.domain.state import Begin, OrderState
from workflows.ground import Ground, check, let_in


class OrderSurface(Ground):
    """An order's memory and its message handlers."""

    def __init__(self, begin: Begin) -> None:
        """Open the order's memory, or take the one that was carried on."""
        super().__init__()
        self.order = begin.state or OrderState.begin(begin.first, begin.pace)
        self.order.edition = begin.edition
        self.stock_knocked = False

    @workflow.signal
    def snapshot(self, message: SnapshotArrived) -> None:
        """The platform's present view."""
        self._record("snapshot", lambda: admission.absorb(self.order, message, workflow.now()))

    @workflow.signal
    def paid(self, message: PaymentSeen) -> None:
        """The payment gateway saw the money."""
        self._record("paid", lambda: admission.payment_seen(self.order, message, workflow.now()))

    @workflow.signal
    def wms_event(self, message: WarehouseEvent) -> None:
        """A warehouse's word."""
        self._record("wms_event", lambda: fulfilment.warehouse_event(self.order, message, workflow.now()))

    @workflow.signal
    def parcel_event(self, message: ParcelEvent) -> None:
        """A carrier's word."""
        self._record("parcel_event", lambda: self._parcel_moved(message))

    @workflow.signal
    def after_sale(self, message: AfterSaleChanged) -> None:
        """An after-sale was opened, or is further on its way."""
        self._record("after_sale", lambda: case_news.case_changed(self.order, message, workflow.now()))

    @workflow.signal
    def address_wanted(self, message: AddressWanted) -> None:
        """The buyer asks the platform for another address."""
        self._record("address_wanted", lambda: address_wishes.wished(self.order, message, workflow.now()))

    @workflow.signal
    def rules_changed(self, message: RulesChanged) -> None:
        """Another version of the rules is in force, and orders under way are to live by it."""
        self._record("rules_changed", lambda: reviews.rules_changed(self.order, message))

    @workflow.signal
    def stock_arrived(self, message: StockArrived) -> None:
        """Pieces came in that the order may wait for."""
        if self.order.first_time(message.event_id):
            self.stock_knocked = True

    @workflow.update
    def hold(self, command: PlaceHold) -> Done:
        """Stop the order at the next gate."""
        return self._do(command)

    @workflow.update
    def release_hold(self, command: ReleaseHold) -> Done:
        """Lift one hold."""
        return self._do(command)

    @workflow.update
    def approve(self, command: ApproveReview) -> Done:
        """Customer service has confirmed address and specification."""
        return self._do(command)

    @workflow.update
    def lift_lock(self, command: LiftLock) -> Done:
        """Free the order from a red lock."""
        return self._do(command)

    @workflow.update
    def acknowledge(self, command: Acknowledge) -> Done:
        """A named person looks after an alarm."""
        return self._do(command)

    @workflow.update
    def cancel(self, command: CancelOrder) -> Done:
        """Withdraw the order."""
        return self._do(command)

    @workflow.update
    def change_address(self, command: ChangeAddress) -> Done:
        """Send the goods elsewhere."""
        return self._do(command)

    @workflow.update
    def change_waybill(self, command: ChangeWaybill) -> Done:
        """Correct a parcel's waybill."""
        return self._do(command)

    @workflow.update
    def add_note(self, command: AddNote) -> Done:
        """Leave a note."""
        return self._do(command)

    @hold.validator
    def _may_hold(self, command: PlaceHold) -> None:
        self._check(command)

    @release_hold.validator
    def _may_release_hold(self, command: ReleaseHold) -> None:
        self._check(command)

    @approve.validator
    def _may_approve(self, command: ApproveReview) -> None:
        self._check(command)

    @lift_lock.validator
    def _may_lift_lock(self, command: LiftLock) -> None:
        self._check(command)

    @acknowledge.validator
    def _may_acknowledge(self, command: Acknowledge) -> None:
        self._check(command)

    @cancel.validator
    def _may_cancel(self, command: CancelOrder) -> None:
        self._check(command)

    @change_address.validator
    def _may_change_address(self, command: ChangeAddress) -> None:
        self._check(command)

    @change_waybill.validator
    def _may_change_waybill(self, command: ChangeWaybill) -> None:
        self._check(command)

    @add_note.validator
    def _may_add_note(self, command: AddNote) -> None:
        self._check(command)

    @workflow.query
    def state(self) -> OrderState:
        """Everything the order remembers."""
        return self.order

    @workflow.query
    def timeline(self) -> list[Change]:
        """The order's history, oldest first; the last 200 lines (all of them are in the audit table)."""
        return list(self.order.timeline)

    @workflow.query
    def next_deadline(self) -> Deadline | None:
        """What is due next."""
        return self.order.next_deadline()

    @workflow.query
    def why_here(self) -> dict[str, str]:
        """Where the order is, why, and who must act."""
        order = self.order
        return {"stage": order.stage, "why": card.why_here(order), "who": card.who_acts(order)}

    def _parcel_moved(self, message: ParcelEvent) -> None:
        fulfilment.parcel_event(self.order, message, workflow.now())
        fulfilment.follow(self.order, workflow.now())

    def _do(self, command: Command) -> Done:
        return Done(note=commands.carry_out(self.order, command, workflow.now()))

    def _check(self, command: Command) -> None:
        check(commands.refusal(self.order, command, workflow.now()))

    def _record(self, what: str, record: Callable[[], Any]) -> None:
        let_in(self.order, what, record, order=str(self.order.key))

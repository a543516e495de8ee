"""The order's main way without Temporal: the same functions in the same order as workflows/order.py."""

from collections.abc import Callable
from datetime import datetime

from oms.domain import admission, fulfilment, gate, shortage, withdrawal
from oms.domain.deliveries import DeliveryStatus
from oms.domain.holds import Gate, Hold, HoldReason
from oms.domain.stages import LEFT, Outcome, Stage
from oms.domain.state import OrderState, Payment
from oms.domain.stock import Allocation, OutOfStock, Piece, Reserved, StockAnswer, UnknownSku, pieces_of
from oms.rules.assessment import assess
from tests.unit.domain_orders import TABLE

Choose = Callable[[list[str]], str]
"""Lets the test say what the outside world answers."""


class MainWay:
    """Takes an order one step further, if it may go; `choose` gives the answers of the outside world."""

    def __init__(self, order: OrderState, choose: Choose) -> None:
        self.order = order
        self.undoing = False
        self._choose = choose

    def step(self, at: datetime) -> None:
        """Do what `run` would do now."""
        order = self.order
        if order.ended:
            return
        if order.withdrawal is not None and not self.undoing:
            self.undoing = True
            self._recall(at)
        elif self.undoing:
            self._undo(at)
        elif order.stage in (Stage.RECEIVED, Stage.AWAITING_PAYMENT):
            self._await_payment(at)
        elif order.stage not in LEFT:
            self._to_the_buyer(at)
        else:
            self._follow(at)

    def _await_payment(self, at: datetime) -> None:
        order = self.order
        if order.payment is Payment.UNPAID:
            if order.stage is Stage.RECEIVED:
                order.move(Stage.AWAITING_PAYMENT, at)
            return
        order.move(Stage.ACCEPTED, at)
        self.assess(at)

    def assess(self, at: datetime) -> None:
        """Ask the rules (again)."""
        paid_at = self.order.paid_at or at
        first_buyer = self._choose(["known", "first"]) == "first"
        answer = assess(
            TABLE, "tmall", self.order.snapshot, paid_at, first_buyer=first_buyer, pace=self.order.pace
        )
        admission.take_assessment(self.order, answer, at)

    def _to_the_buyer(self, at: datetime) -> None:
        order = self.order
        match order.stage:
            case Stage.ACCEPTED if not order.stopped_at(Gate.BEFORE_RESERVING):
                self._take_stock(at)
            case Stage.ALLOCATED if order.reserve_again:
                admission.give_back_stock(order)
                order.allocations, order.reserve_again = (), False
                order.move(Stage.ACCEPTED, at)
            case Stage.ALLOCATED if not order.stopped_at(Gate.BEFORE_RELEASE):
                self._pass_the_gate(at)
            case Stage.RELEASED:
                self._await_shipment(at)
            case _:
                pass

    def _take_stock(self, at: datetime) -> None:
        order, pieces = self.order, pieces_of(self.order.snapshot.lines)
        answer = self._stock(pieces)
        match answer:
            case Reserved():
                shortage.over(order, answer, at)
            case OutOfStock():
                shortage.out_of_stock(order, answer, at)
            case UnknownSku():
                shortage.unknown(order, answer, at)
        order.reserve_again = False

    def _stock(self, pieces: tuple[Piece, ...]) -> StockAnswer:
        if not pieces:
            return UnknownSku(skus=())
        match self._choose(["one", "one", "split", "out", "unknown"]):
            case "out":
                return OutOfStock(missing=((pieces[0].sku, 1),))
            case "unknown":
                return UnknownSku(skus=(pieces[0].sku,))
            case "split" if pieces[0].quantity > 1:
                first = pieces[0].model_copy(update={"quantity": 1})
                rest = pieces[0].model_copy(update={"quantity": pieces[0].quantity - 1})
                return Reserved(
                    allocations=(
                        Allocation(warehouse="GZ", pieces=(first,)),
                        Allocation(warehouse="HZ", pieces=(rest, *pieces[1:])),
                    )
                )
            case _:
                return Reserved(allocations=(Allocation(warehouse="HZ", pieces=pieces),))

    def _pass_the_gate(self, at: datetime) -> None:
        order = self.order
        verdict = gate.judge(order)
        if isinstance(verdict, gate.Blocked):
            note = "; ".join(verdict.reasons)
            order.place(Hold(reason=HoldReason.COMPLIANCE, actor="gate", since=at, note=note), at)
            return
        order.move(Stage.CLEARED, at)
        order.move(Stage.RELEASED, at)
        fulfilment.ask_for_deliveries(order, at)

    def _await_shipment(self, at: datetime) -> None:
        order = self.order
        self._hear_warehouses(at)
        if fulfilment.all_left(order):
            fulfilment.leave(order, at)
        elif order.readdress:
            order.readdress = False
            self._recall(at)
        elif not order.parcels and not fulfilment.open_deliveries(order):
            order.move(Stage.ALLOCATED, at)
        elif fulfilment.unasked(order) and not order.stopped_at(Gate.BEFORE_RELEASE):
            fulfilment.ask_for_deliveries(order, at)

    def _hear_warehouses(self, at: datetime) -> None:
        for delivery in self.order.deliveries:
            if delivery.status is DeliveryStatus.ASKED:
                answer = self._choose(["accepted", "accepted", "rejected", "later"])
                if answer != "later":
                    fulfilment.settle_delivery(self.order, delivery.code, DeliveryStatus(answer), at)

    def _recall(self, at: datetime) -> None:
        for delivery in withdrawal.to_recall(self.order):
            answer = DeliveryStatus(self._choose(["cancelled", "too_late"]))
            fulfilment.settle_delivery(self.order, delivery.code, answer, at)
            if self.undoing and answer is DeliveryStatus.CANCELLED:
                admission.give_back_stock(self.order, delivery.warehouse)

    def _undo(self, at: datetime) -> None:
        order = self.order
        if withdrawal.nothing_left(order):
            withdrawal.verdict(order, "cancelled before anything left the warehouse", at)
            withdrawal.end(order, Outcome.CANCELLED, at)
        elif withdrawal.settled(order):
            withdrawal.end(order, withdrawal.roll_up(order), at)
        elif order.parcels and not fulfilment.open_deliveries(order) and order.stage is Stage.RELEASED:
            fulfilment.leave(order, at)
        else:
            for parcel in withdrawal.to_intercept(order):
                order.interceptions = (*order.interceptions, parcel.waybill)
                withdrawal.verdict(order, f"parcel {parcel.waybill} comes back", at)

    def _follow(self, at: datetime) -> None:
        order = self.order
        if order.stage is not Stage.DELIVERED and not fulfilment.came_back(order):
            if order.confirmed_at is not None:
                order.delivered_at = order.confirmed_at
                order.move(Stage.DELIVERED, at)
        elif fulfilment.came_back(order) or withdrawal.may_complete(order):
            withdrawal.end(order, withdrawal.roll_up(order), at)

"""The steps of an after-sale, one method a step; `AfterSaleWorkflow.run` puts them in order."""

from typing import assert_never

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.aftersale_requests import (
        AnswerCase,
        ExpectReturn,
        LookUpCase,
        RefundCase,
        TellNewParcel,
    )
    from activities.aftersales import AfterSaleActivities, CaseRecords, ReturnActivities
    from activities.carriers import CarrierActivities
    from activities.new_parcels import NewParcels
    from activities.requests import CarrierErrand, ReleaseOrder, TrackParcel
    from activities.warehouse import WarehouseActivities
    from oms.domain.aftersale import AfterSale, AfterSaleKind, AfterSaleStatus
    from oms.domain.aftersales import errands, flow, words
    from oms.domain.aftersales.book import CaseParcel
    from oms.domain.aftersales.grounds import GOODS_GO_OUT, SentParcel, parcels_concerned
    from oms.domain.aftersales.state import Trouble
    from oms.domain.parcels import Parcel
    from oms.domain.rulings import Barred
    from oms.domain.summaries import Words
    from oms.ports import (
        Accepted,
        Answered,
        AnswerRefused,
        Intercepted,
        InterceptRefused,
        Refunded,
        RefundRefused,
        Rejected,
        WriteBackRefused,
        WrittenBack,
    )
    from oms.temporal.client import channel_queue
from workflows.aftersale_footing import AfterSaleFooting
from workflows.footing import said
from workflows.policies import OUTSIDE


class AfterSaleSteps(AfterSaleFooting):
    """What a case does on its way. Every step does nothing unless it is its turn."""

    def its_turn(self, step: flow.Next) -> bool:
        """Tell whether this is what is to be done now."""
        return flow.next_step(self.memory) is step

    async def look_it_up(self) -> None:
        """Learn what was paid and sent, what the rule says and what the channel can do."""
        if not self.its_turn(flow.Next.LOOK):
            return
        memory = self.memory
        await self.publish()  # the order has heard of the case before it is looked at
        memory.look_again = False
        try:
            grounds = await workflow.execute_activity_method(
                CaseRecords.look_up, LookUpCase(case=memory.case), summary=words.look(memory), **OUTSIDE
            )
        except ActivityError as error:
            memory.stop(Trouble.CHECK, f"it could not be looked up: {said(error)}", self.now)
        else:
            flow.take_grounds(memory, grounds, self.now)

    async def answer_the_buyer(self) -> None:
        """Say yes or no through the platform; in a shop of our own there is nobody to tell."""
        memory = self.memory
        decision = memory.decision
        if not self.its_turn(flow.Next.ANSWER) or decision is None:
            return
        if memory.grounds is not None and not memory.platform_decides:
            flow.answered(memory, self.now)
            return
        answer = await self._tell_platform(memory.case, decision.why, accept=decision.agree)
        if memory.status is not AfterSaleStatus.REQUESTED:
            return
        match answer:
            case Answered():
                flow.answered(memory, self.now)
            case AnswerRefused(reason=reason):
                memory.stop(Trouble.ANSWER, f"the platform does not take our answer: {reason}", self.now)
            case _:
                assert_never(answer)

    async def turn_the_parcel_round(self) -> None:
        """Ask the carrier to bring back what is on its way; what it cannot stop becomes a return."""
        order = flow.facts(self.memory)
        if not self.its_turn(flow.Next.TURN_ROUND) or order is None:
            return
        parcels = parcels_concerned(self.memory.case, order)
        refusal = "" if parcels else "no parcel is on its way any more"
        for parcel in parcels:
            answer = await self._intercept(parcel)
            refusal = refusal or (answer.reason if isinstance(answer, InterceptRefused) else "")
        first = parcels[0] if parcels else SentParcel(waybill="", carrier="")
        flow.turned_round(self.memory, first.waybill, first.carrier, refusal, self.now)

    async def expect_the_goods(self) -> None:
        """Announce to the warehouse what comes back, and follow its parcel."""
        memory = self.memory
        if not self.its_turn(flow.Next.EXPECT):
            return
        await self.publish()
        announced = errands.return_order(memory)
        summary = words.expect(memory, announced.warehouse, announced.pieces)
        answer: Accepted | Rejected
        try:
            answer = await workflow.execute_activity_method(
                ReturnActivities.expect_return, ExpectReturn(order=announced), summary=summary, **OUTSIDE
            )
        except ActivityError as error:
            answer = Rejected(reason=said(error))
        match answer:
            case Accepted():
                flow.expecting(memory, self.now)
                if memory.kind is not AfterSaleKind.INTERCEPT and memory.carrier:
                    back = errands.parcel_back(memory, self.now)
                    self.run_aside(self._track(back), "track the return")
            case Rejected(reason=reason):
                memory.stop(Trouble.RETURN, f"the warehouse will not take it back: {reason}", self.now)
            case _:
                assert_never(answer)

    async def say_that_the_goods_are_back(self) -> None:
        """Give the platform its second yes: it pays the money back, or lets us send new goods."""
        memory = self.memory
        if not self.its_turn(flow.Next.CONFIRM):
            return
        answer = await self._tell_platform(
            flow.to_confirm(memory), "received and inspected", accept=True, second=True
        )
        match answer:
            case Answered():
                flow.confirmed(memory, self.now)
            case AnswerRefused(reason=reason) if memory.kind in GOODS_GO_OUT:
                note = f"the platform was not told that the goods are back: {reason}"
                self.run_aside(self.tell(words.notice(memory, "service", note)), "tell service")
                flow.confirmed(memory, self.now)
            case AnswerRefused(reason=reason):
                memory.stop(Trouble.ANSWER, f"the platform does not pay back: {reason}", self.now)
            case _:
                assert_never(answer)

    async def give_the_money_back(self) -> None:
        """Pay back in a shop of our own."""
        memory = self.memory
        if not self.its_turn(flow.Next.REFUND):
            return
        if not memory.refund_fen:
            memory.stop(Trouble.REFUND, "no sum was named: approve it with an amount", self.now)
            return
        await self.publish()
        why = memory.decision.why if memory.decision else memory.kind
        key = errands.refund_key(memory)
        answer = await self._refund(
            RefundCase(case=memory.case, amount_fen=memory.refund_fen, key=key, why=why)
        )
        match answer:
            case Refunded(reference=reference):
                flow.step(memory, AfterSaleStatus.REFUNDED, self.now, actor="orderloom", why=reference)
            case RefundRefused(reason=reason):
                memory.stop(Trouble.REFUND, f"the shop does not pay back: {reason}", self.now)
            case _:
                assert_never(answer)

    async def send_again(self) -> None:
        """Have new goods sent, and close the case when they have left."""
        memory, order = self.memory, flow.facts(self.memory)
        if self.its_turn(flow.Next.CLOSE):
            flow.step(memory, AfterSaleStatus.CLOSED, self.now, actor="warehouse", why=memory.new_waybill)
        if not self.its_turn(flow.Next.SEND) or order is None:
            return
        await self.publish()
        delivery = errands.new_delivery(memory, order)
        request = ReleaseOrder(delivery=delivery, receiver_digest=order.receiver_digest)
        summary = words.send(memory, delivery.warehouse, delivery.pieces)
        answer: Accepted | Rejected | Barred
        memory.sent = "asked"
        try:
            answer = await workflow.execute_activity_method(
                WarehouseActivities.release, request, summary=summary, **OUTSIDE
            )
        except ActivityError as error:
            answer = Rejected(reason=said(error))
        match answer:
            case Accepted():
                flow.sending(memory, delivery.warehouse, delivery.pieces, self.now)
            case Rejected(reason=reason):
                memory.sent = ""
                memory.stop(Trouble.DELIVERY, f"the warehouse will not send it: {reason}", self.now)
            case Barred(ruling=ruling):  # asked for an order's own delivery only
                memory.sent = ""
                memory.stop(Trouble.DELIVERY, f"the rules do not let it go: {ruling.names}", self.now)
            case _:
                assert_never(answer)

    async def follow_what_left(self) -> None:
        """Have every parcel that was sent once more followed, and the platform told of it."""
        memory = self.memory
        left, memory.to_follow = memory.to_follow, ()
        for parcel in left:
            self.run_aside(self._track(errands.parcel_out(memory, parcel)), f"track {parcel.waybill}")
            self.run_aside(self._tell_of_new(parcel), f"tell of {parcel.waybill}")

    async def until_something_is_to_do(self) -> None:
        """Wait for a person, the buyer, the carrier, the warehouse or the platform."""
        idle = flow.Next.NOTHING
        await self.wait(
            lambda: flow.over(self.memory) or flow.next_step(self.memory) is not idle, settled=True
        )

    async def _tell_platform(
        self, case: AfterSale, why: str, *, accept: bool, second: bool = False
    ) -> Answered | AnswerRefused:
        await self.publish()
        memory = self.memory
        summary: Words = words.confirm(memory) if second else words.answer(memory, accept=accept)
        queue = channel_queue(case.order.channel) if self._opening.limited else None
        request = AnswerCase(case=case, accept=accept, why=why)
        try:
            return await workflow.execute_activity_method(
                AfterSaleActivities.answer, request, task_queue=queue, summary=summary, **OUTSIDE
            )
        except ActivityError as error:
            return AnswerRefused(reason=said(error))

    async def _refund(self, request: RefundCase) -> Refunded | RefundRefused:
        queue = channel_queue(request.case.order.channel) if self._opening.limited else None
        try:
            return await workflow.execute_activity_method(
                AfterSaleActivities.refund, request, task_queue=queue, summary=words.refund(self.memory), **OUTSIDE
            )  # fmt: skip
        except ActivityError as error:
            return RefundRefused(reason=said(error))

    async def _intercept(self, parcel: SentParcel) -> Intercepted | InterceptRefused:
        await self.publish()
        request = CarrierErrand(
            order=self.memory.case.order, waybill=parcel.waybill, carrier=parcel.carrier, why="after-sale"
        )
        summary = words.intercept(parcel.waybill, parcel.carrier)
        try:
            return await workflow.execute_activity_method(
                CarrierActivities.intercept, request, summary=summary, **OUTSIDE
            )
        except ActivityError as error:
            return InterceptRefused(reason=said(error))

    async def _tell_of_new(self, parcel: CaseParcel) -> None:
        """Tell the platform, or service, who tells the buyer."""
        memory, waybill = self.memory, parcel.waybill
        queue = channel_queue(memory.case.order.channel) if self._opening.limited else None
        request = TellNewParcel(
            case=memory.case, waybill=waybill, carrier=parcel.carrier, unknown_there=memory.ours is not None
        )
        answer: WrittenBack | WriteBackRefused
        try:
            answer = await workflow.execute_activity_method(
                NewParcels.tell, request, task_queue=queue, summary=words.tell_new_parcel(memory, waybill), **OUTSIDE
            )  # fmt: skip
        except ActivityError as error:
            answer = WriteBackRefused(reason=said(error))
        if isinstance(answer, WriteBackRefused):
            note = f"the new goods go under {waybill} ({parcel.carrier}), tell the buyer: {answer.reason}"
            await self.tell(words.notice(memory, "service", note))

    async def _track(self, parcel: Parcel) -> None:
        memory = self.memory
        order = flow.facts(memory)
        digest = order.receiver_digest if order else ""
        request = TrackParcel(order=memory.case.order, receiver_digest=digest, parcel=parcel)
        try:
            await workflow.execute_activity_method(
                CarrierActivities.track,
                request,
                summary=words.track(parcel.waybill, parcel.carrier),
                **OUTSIDE,
            )
        except ActivityError as error:
            note = f"parcel {request.parcel.waybill} cannot be followed: {said(error)}"
            await self.tell(words.notice(self.memory, "operations", note))

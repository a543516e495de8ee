"""Tell the world of an order's parcels: the channel its waybill, the tracking whom to tell."""

import asyncio
from typing import assert_never

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.aftersale_requests import OpenForParcel
    from activities.carriers import CarrierActivities
    from activities.channels import ChannelActivities
    from activities.requests import AnswerAddress, CorrectWaybill, TrackParcel, WriteBackParcel
    from activities.returns_opening import ParcelCases
    from oms.domain import address_wishes, errands_of, fulfilment, summaries, waybills
    from oms.domain.aftersales.parcel_back import parcel_back
    from oms.domain.holds import Hold, HoldReason
    from oms.domain.parcels import Parcel
    from oms.domain.state import CORRECTING, RULED, Begin
    from oms.ports import Answered, AnswerRefused, WriteBackRefused, WrittenBack
    from oms.temporal.client import channel_queue
from workflows.clock import OrderClock
from workflows.footing import said
from workflows.policies import OUTSIDE, QUICK


class OrderParcels(OrderClock):
    """What happens beside the main way when a parcel has left."""

    def __init__(self, begin: Begin) -> None:
        """Take the order's memory; nobody is being told."""
        super().__init__(begin)
        self._telling = asyncio.Lock()

    @property
    def behind(self) -> bool:
        """Somebody waits for an answer, or is to be told."""
        told = not (self._troubles() or waybills.to_tell_again(self.order) or self.order.wrong_couriers)
        return super().behind or address_wishes.may_be_answered(self.order) or not told

    async def keep_up(self) -> None:
        """Answer and tell, then write down and show."""
        if address_wishes.may_be_answered(self.order):
            self.order.address_wish = "being_answered"
            self.run_aside(self._answer_address(), "answer the wish for another address")
        for parcel in self._troubles():
            self.order.troubles_told = (*self.order.troubles_told, parcel.waybill)
            self.run_aside(self._mind_trouble(parcel), f"parcel {parcel.waybill} comes back")
        for waybill in self.order.wrong_couriers:
            self.run_aside(self.tell(errands_of.wrong_courier(self.order, waybill)), "tell operations")
        self.order.wrong_couriers = ()
        self.tell_again()
        await super().keep_up()

    def tell_again(self) -> None:
        """Tell the channel once more what it refused while an after-sale stood in its way."""
        order = self.order
        for parcel in waybills.to_tell_again(order):
            order.untold = tuple(each for each in order.untold if each[0] != parcel.waybill)
            self.run_aside(self._write_back(parcel), f"write back {parcel.waybill} again")

    def announce_parcels(self) -> None:
        """Tell of every new waybill."""
        for parcel in fulfilment.unannounced(self.order):
            self.announce(parcel)

    def announce(self, parcel: Parcel) -> None:
        """Tell the channel and the tracking of a waybill, at the same time, each for as long as it takes."""
        order = self.order
        order.announced = (*order.announced, parcel.waybill)
        track = TrackParcel(
            book=self.take_book(), order=order.key, receiver_digest=order.receiver_digest, parcel=parcel
        )
        if order.withdrawal is None:
            self.run_aside(self._write_back(parcel), f"write back {parcel.waybill}")
        self.run_aside(self._track(track), f"track {parcel.waybill}")

    def stop_for_a_person(self, note: str) -> None:
        """Hold the order until somebody has mended what the note names, and tell operations."""
        hold = Hold(reason=HoldReason.COMPLIANCE, actor="orderloom", since=self.now, note=note)
        self.order.place(hold, self.now)
        self.run_aside(self.tell(errands_of.notice(self.order, "operations", note)), "tell operations")

    async def _mind_trouble(self, parcel: Parcel) -> None:
        """Open the case of a parcel that comes back unasked; older orders, and ours when that fails, tell service."""
        if self.edition >= RULED:
            request = OpenForParcel(parcel=parcel_back(self.order, parcel, self.now))
            try:
                await workflow.execute_activity_method(
                    ParcelCases.open_for_parcel, request, summary=summaries.open_case(parcel), **OUTSIDE
                )
            except ActivityError as error:
                self.order.note(self.now, "case.not_opened", after=parcel.waybill, why=said(error))
            else:
                return
        await self.tell(errands_of.trouble(self.order, parcel))

    def _troubles(self) -> tuple[Parcel, ...]:
        return fulfilment.troubles(self.order) if self.edition >= CORRECTING else ()

    async def _answer_address(self) -> None:
        """Say yes or no to the platform; a platform that cannot be told is a matter for a person."""
        order = self.order
        why_not = address_wishes.refusal(order)
        request = AnswerAddress(order=order.key, accept=not why_not, why=why_not or "the goods have not left")
        summary = summaries.answer_address(order.key.shop_key, accept=request.accept)
        try:
            answer: Answered | AnswerRefused = await workflow.execute_activity_method(
                ChannelActivities.answer_address,
                request,
                task_queue=self._queue(),
                summary=summary,
                **OUTSIDE,
            )
        except ActivityError as error:
            answer = AnswerRefused(reason=said(error))
        address_wishes.answered(order, why_not, self.now)
        if isinstance(answer, AnswerRefused):
            note = f"{order.key.shop_key} does not take our answer to the new address: {answer.reason}"
            await self.tell(errands_of.notice(order, "service", note))

    def _queue(self) -> str | None:
        """Where a platform's quota is kept; None: it has none."""
        return channel_queue(self.order.key.channel) if self.limited else None

    async def _write_back(self, parcel: Parcel) -> None:
        """Tell the channel, one parcel of an order after the other: some platforms keep one list of waybills."""
        async with self._telling:
            answer = await self._tell_channel(parcel)
        order = self.order
        match answer:
            case WrittenBack():
                fulfilment.written_back(order, parcel.waybill, self.now, noted=self.edition > 1)
                waybills.channel_knows(order, parcel.waybill)
            case WriteBackRefused(reason=reason):
                note = f"{order.key.shop_key} does not take waybill {parcel.waybill}: {reason}"
                order.note(
                    self.now, "write_back.refused", actor=order.key.channel, after=parcel.waybill, why=reason
                )
                waybills.not_taken(order, parcel.waybill)
                await self.tell(errands_of.notice(order, "operations", note))
            case _:
                assert_never(answer)

    async def _tell_channel(self, parcel: Parcel) -> WrittenBack | WriteBackRefused:
        order = self.order
        shipped = errands_of.shipped_parcel(order, parcel)
        summary = summaries.write_back(order.key.shop_key, parcel)
        wrong = waybills.wrong_waybill(order, parcel.waybill) if self.edition >= CORRECTING else ""
        try:
            if wrong:
                return await workflow.execute_activity_method(
                    ChannelActivities.correct_waybill, CorrectWaybill(parcel=shipped, wrong=wrong),
                    task_queue=self._queue(), summary=summaries.correct(wrong, parcel), **OUTSIDE,
                )  # fmt: skip
            return await workflow.execute_activity_method(
                ChannelActivities.write_back, WriteBackParcel(parcel=shipped),
                task_queue=self._queue(), summary=summary, **OUTSIDE,
            )  # fmt: skip
        except ActivityError as error:
            return WriteBackRefused(reason=said(error))

    async def _track(self, request: TrackParcel) -> None:
        """One quick try in place, which costs the server nothing; then patiently."""
        summary = summaries.track(request.parcel)
        try:
            await workflow.execute_local_activity_method(
                CarrierActivities.track, request, summary=summary, **QUICK
            )
        except (
            ActivityError,
            ApplicationError,
        ):  # a local activity may fail with the bare error of its only attempt
            try:
                await workflow.execute_activity_method(
                    CarrierActivities.track, request, summary=summary, **OUTSIDE
                )
            except ActivityError as error:
                note = f"parcel {request.parcel.waybill} cannot be followed: {said(error)}"
                await self.tell(errands_of.notice(self.order, "operations", note))

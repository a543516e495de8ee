"""Tell the world of an order's parcels: the channel its waybill, the tracking whom to tell."""

import asyncio
from typing import assert_never

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.carriers import CarrierActivities
    from activities.channels import ChannelActivities
    from activities.requests import TrackParcel, WriteBackParcel
    from oms.domain import errands_of, fulfilment, summaries
    from oms.domain.parcels import Parcel
    from oms.domain.state import Begin
    from oms.ports import WriteBackRefused, WrittenBack
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

    def announce_parcels(self) -> None:
        """Tell the channel and the tracking of every new waybill, at the same time, each for as long as it takes."""
        order = self.order
        for parcel in fulfilment.unannounced(order):
            order.announced = (*order.announced, parcel.waybill)
            track = TrackParcel(
                book=self.take_book(), order=order.key, receiver_digest=order.receiver_digest, parcel=parcel
            )
            if order.withdrawal is None:
                self.run_aside(self._write_back(parcel), f"write back {parcel.waybill}")
            self.run_aside(self._track(track), f"track {parcel.waybill}")

    async def _write_back(self, parcel: Parcel) -> None:
        """Tell the channel, one parcel of an order after the other: some platforms keep one list of waybills."""
        async with self._telling:
            answer = await self._tell_channel(parcel)
        order = self.order
        match answer:
            case WrittenBack():
                fulfilment.written_back(order, parcel.waybill, self.now, noted=self.edition > 1)
            case WriteBackRefused(reason=reason):
                note = f"{order.key.shop_key} does not take waybill {parcel.waybill}: {reason}"
                order.note(
                    self.now, "write_back.refused", actor=order.key.channel, after=parcel.waybill, why=reason
                )
                await self.tell(errands_of.notice(order, "operations", note))
            case _:
                assert_never(answer)

    async def _tell_channel(self, parcel: Parcel) -> WrittenBack | WriteBackRefused:
        order = self.order
        request = WriteBackParcel(parcel=errands_of.shipped_parcel(order, parcel))
        summary = summaries.write_back(order.key.shop_key, parcel)
        queue = channel_queue(order.key.channel) if self.limited else None
        try:
            return await workflow.execute_activity_method(
                ChannelActivities.write_back, request, task_queue=queue, summary=summary, **OUTSIDE
            )
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

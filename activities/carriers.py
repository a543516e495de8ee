"""Follow parcels, turn them round, give unused waybills back."""

import asyncio

from temporalio import activity

from activities.requests import CarrierErrand, TrackParcel
from oms.ports import Intercepted, InterceptRefused, Tracking
from oms.store import Store


class CarrierActivities:
    """Whoever follows parcels for us."""

    def __init__(self, tracking: Tracking, store: Store) -> None:
        """Take the tracking service and the store whose vault holds receivers' phones."""
        self._tracking = tracking
        self._store = store

    @activity.defn(name="carriers.track")
    async def track(self, request: TrackParcel) -> None:
        """Ask to be told of every scan; asked twice, told once."""
        tail = await asyncio.to_thread(
            self._store.receivers.phone_tail,
            request.order, request.receiver_digest, who="orderloom", purpose=f"track {request.parcel.waybill}",
        )  # fmt: skip
        await self._tracking.subscribe(request.parcel.waybill, request.parcel.carrier, tail)

    @activity.defn(name="carriers.recycle")
    async def recycle(self, request: CarrierErrand) -> None:
        """Give an unused waybill back; harmless when done before."""
        await self._tracking.recycle(request.waybill, request.carrier)

    @activity.defn(name="carriers.intercept")
    async def intercept(self, request: CarrierErrand) -> Intercepted | InterceptRefused:
        """Ask the carrier to bring a parcel back."""
        return await self._tracking.intercept(request.waybill, request.carrier, request.why)

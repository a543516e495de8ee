"""Open the case of a parcel that its buyer refused, or that the carrier brings back unasked."""

from temporalio import activity

from activities.aftersale_requests import OpenForParcel
from oms.ports import OpensParcelCases


class ParcelCases:
    """Whoever opens cases of our own."""

    def __init__(self, letters: OpensParcelCases) -> None:
        """Take whoever reaches the cases."""
        self._letters = letters

    @activity.defn(name="cases.open_for_parcel")
    async def open_for_parcel(self, request: OpenForParcel) -> bool:
        """Open it; asked twice, it is opened once. False when it has ended already.

        Raises Unavailable when the cases cannot be reached now.
        """
        back = request.parcel
        opened = await self._letters.open_for_parcel(back)
        activity.logger.info(
            "parcel_case.opened",
            extra={"order": str(back.order), "waybill": back.waybill, "state": back.state, "running": opened},
        )
        return opened

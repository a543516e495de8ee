"""Tell a platform under which waybill the goods of an after-sale went out once more."""

from collections.abc import Mapping

from temporalio import activity

from activities.aftersale_requests import TellNewParcel
from oms.bans import Bans
from oms.clock import wall_clock
from oms.domain.aftersales.book import case_key
from oms.domain.ids import ShopKey
from oms.ports import Channel, HearsOfNewParcels, WriteBackRefused, WrittenBack
from oms.store import Store


class NewParcels:
    """The merchant's shops, as goods that are sent once more need them."""

    def __init__(self, channels: Mapping[ShopKey, Channel], store: Store) -> None:
        """Take the shops, and the store that knows which of them may not be asked now."""
        self._channels = channels
        self._bans = Bans(store, wall_clock)

    @activity.defn(name="aftersales.tell_new_parcel")
    async def tell(self, request: TellNewParcel) -> WrittenBack | WriteBackRefused:
        """Tell the platform; told twice, it is told once. One that has no interface for it refuses in our words."""
        shop = request.case.order.shop_key
        channel = self._channels.get(shop)
        if request.unknown_there or not isinstance(channel, HearsOfNewParcels):
            return WriteBackRefused(reason=f"{shop} has no interface for goods that are sent once more")
        async with self._bans.heeding(shop):
            answer = await channel.tell_new_parcel(request.case, request.waybill, request.carrier)
        activity.logger.info(
            "new_parcel.told", extra={"case": case_key(request.case), "outcome": answer.outcome}
        )
        return answer

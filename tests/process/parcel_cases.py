"""The cases of parcels that come back unasked, and how people settle them."""

from datetime import UTC, datetime
from typing import Any

from temporalio.client import WorkflowHandle

from oms.domain.aftersales.book import workflow_id
from oms.domain.aftersales.messages import RefuseCase
from oms.domain.aftersales.parcel_back import ParcelBack, case_of, parcel_back
from oms.temporal.mailbox import TemporalMailbox
from tests.process.after_sales import Case
from tests.process.conftest import World
from tests.process.orders import Told


class ParcelCase(Case):
    """The case of a parcel, which nobody but we opened."""

    def __init__(self, world: World, back: ParcelBack) -> None:
        """Name the case; it is not open yet."""
        super().__init__(world, back.order, "intercept")
        self.back, self.word = back, case_of(back)
        self.key = f"{back.order.channel}:{back.order.shop}:{self.word.id}"
        self._letters = TemporalMailbox(world.client, queue=world.queue)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Its workflow."""
        return self._world.client.get_workflow_handle(workflow_id(self.key))

    async def opens(self) -> "ParcelCase":
        """Its order says so."""
        await self._letters.open_for_parcel(self.back)
        return self


async def settle(world: World, order: Told, waybill: str) -> None:
    """The goods of a parcel that came back are taken in, and service closes its case: the money stays where it is."""
    state = await order.until(lambda state: any(case.of_parcel for case in state.cases))
    parcel = next(each for each in state.parcels if each.waybill == waybill)
    case = ParcelCase(world, parcel_back(state, parcel, datetime.now(UTC)))
    await case.until(lambda state: state.expected)
    await case.comes_back(good=1)
    await case.held()
    await case.asks("refuse", RefuseCase(by="lin", why="paid back in the shop's own pages"))
    await case.ends()

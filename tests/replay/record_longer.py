"""Record what takes a server of its own: a case that carries on in a fresh history, and a round of the parcel watch.

`python -m tests.replay.record_longer [NAME …]`; as in `tests.replay.record`, nothing recorded is ever overwritten.
"""

from datetime import UTC, datetime, timedelta

from temporalio.client import WorkflowHistory

from oms.domain.aftersales.messages import AddCaseNote, ApproveCase, SendAgain
from oms.domain.aftersales.parcel_back import ParcelBack, case_of, parcel_back
from oms.domain.errands import WatchParcels
from oms.domain.messages import WarehouseSays
from oms.domain.parcels import ParcelState
from oms.temporal.mailbox import TemporalMailbox
from tests.process.after_sales import Case, marketplace, on_its_way, own_shop
from tests.process.conftest import World, a_world
from tests.replay.recording import SHORT, Recorder
from workflows.watch import WatchParcelsWorkflow

CASES = "c2"
"""The edition of the cases' histories; raised with `CASE_EDITION`."""
NOTES = 60


class OfParcel(Case):
    """The case of a parcel that comes back unasked."""

    def __init__(self, world: World, back: ParcelBack) -> None:
        """Name it."""
        super().__init__(world, back.order, "intercept")
        self._letters = TemporalMailbox(world.client, queue=world.queue)
        self.back, self.word = back, case_of(back)
        self.key = f"{back.order.channel}:{back.order.shop}:{self.word.id}"

    async def opens(self) -> "OfParcel":
        """Open it as its order does."""
        await self._letters.open_for_parcel(self.back)
        return self


async def refused(world: World) -> OfParcel:
    """A parcel that its buyer refused, expected by the warehouse."""
    order = await on_its_way(world)
    await order.parcel(ParcelState.REJECTED)
    state = await order.until(lambda state: state.parcels[0].state is ParcelState.REJECTED)
    case = await OfParcel(world, parcel_back(state, state.parcels[0], datetime.now(UTC))).opens()
    await case.until(lambda state: state.expected)
    return case


async def a_refused_parcel_paid(world: World) -> list[WorkflowHistory]:
    """Taken in, decided, looked up once more, paid by us."""
    own_shop(world)
    case = await refused(world)
    await case.comes_back(good=1)
    await case.held()
    await case.asks("approve", ApproveCase(by="lin", why="dented", amount_fen=18800))
    await case.ends()
    return [await case.handle.fetch_history()]


async def a_refused_parcel_sent_again(world: World) -> list[WorkflowHistory]:
    """Decided before it was back; new goods, followed."""
    marketplace(world)
    case = await refused(world)
    await case.asks("send_once_more", SendAgain(by="lin", why="not at home"))
    await case.comes_back(good=1)
    sent = await case.until(lambda state: state.sent == "accepted")
    await case.warehouse_says(WarehouseSays.SHIPPED, sent.delivery_code, "SF7777")
    await case.ends()
    return [await case.handle.fetch_history()]


async def a_case_in_fresh_histories(world: World) -> list[WorkflowHistory]:
    """Dozens of notes, and a reminder in between: its memory goes from run to run."""
    own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "refund_only").opens()
    await case.until(lambda state: state.deadlines)
    first = (await case.handle.describe()).run_id
    for number in range(NOTES):
        await case.asks("add_note", AddCaseNote(by="lin", why=f"note {number}"))
    second = (await case.handle.describe()).run_id
    assert first != second, "the server suggested no fresh history"
    await case.waits(timedelta(hours=37))
    await case.asks("approve", ApproveCase(by="lin", why="agreed"))
    await case.ends()
    last = await case.handle.describe()
    runs = dict.fromkeys((first, second, last.run_id))
    handles = [world.client.get_workflow_handle(case.handle.id, run_id=run) for run in runs]
    return [await handle.fetch_history() for handle in handles]


async def a_round_of_the_watch(world: World) -> list[WorkflowHistory]:
    """A parcel without a first scan is asked for, and people are told. The watch keeps no memory of its own."""
    order = await on_its_way(world)
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)
    handle = await world.client.start_workflow(
        WatchParcelsWorkflow.run, WatchParcels(pace=100_000), id="watch-parcels", task_queue=world.queue
    )
    await handle.result()
    return [await handle.fetch_history()]


PATHS = (a_refused_parcel_paid, a_refused_parcel_sent_again, a_case_in_fresh_histories, a_round_of_the_watch)


if __name__ == "__main__":
    Recorder(CASES, PATHS, a_world, (SHORT,)).main()

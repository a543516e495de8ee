"""Record what takes a server of its own: a case that carries on in a fresh history, and a round of the parcel watch.

`python -m tests.replay.record_longer [NAME …]`; as in `tests.replay.record`, nothing recorded is ever overwritten.
"""

import asyncio
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from oms.domain.aftersales.messages import AddCaseNote, ApproveCase, SendAgain
from oms.domain.aftersales.parcel_back import ParcelBack, case_of, parcel_back
from oms.domain.errands import WatchParcels
from oms.domain.messages import WarehouseSays
from oms.domain.parcels import ParcelState
from oms.temporal.attributes import ALL
from oms.temporal.client import converter
from oms.temporal.mailbox import TemporalMailbox
from tests.process.after_sales import Case, marketplace, on_its_way, own_shop
from tests.process.conftest import FLAGS, World, a_world, temporal_binary
from tests.replay.record import HISTORIES
from workflows.watch import WatchParcelsWorkflow

CASES = "c2"
"""The edition of the cases' histories; raised with `CASE_EDITION`."""
SHORT = "limit.historyCount.suggestContinueAsNew=100"
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


async def main(names: list[str]) -> None:
    """Record every path that has no history of this edition yet, or those named."""
    flags = [word for flag in (*FLAGS, SHORT) for word in ("--dynamic-config-value", flag)]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=temporal_binary(), dev_server_extra_args=flags, search_attributes=list(ALL),
        data_converter=converter(()), ts_config=TimeSkippingConfig(enabled=False),
    ) as env:  # fmt: skip
        for path in PATHS:
            if (names and path.__name__ not in names) or any(
                HISTORIES.glob(f"{path.__name__}*.{CASES}.json")
            ):
                continue
            with tempfile.TemporaryDirectory() as folder:
                async with a_world(env, Path(folder), path.__name__) as world:
                    histories = await path(world)
            for number, history in enumerate(histories, start=1):
                run = f".run{number}" if len(histories) > 1 else ""
                target = HISTORIES / f"{path.__name__}{run}.{CASES}.json"
                target.write_text(history.to_json(), encoding="utf-8")
                sys.stdout.write(f"recorded {target.name}: {len(history.events)} events\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)  # the SDK can abort at interpreter exit

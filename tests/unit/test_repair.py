"""After a poll: people are told once, another version is taken where that is allowed, what was missed comes in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oms.domain.errands import PollDone, PollFailed
from oms.domain.errors import Unavailable
from oms.hole_keeping import HoleKeeping
from oms.intake import Intake
from oms.polling import Polling
from oms.repair import Answer, Repair
from oms.repairing import repair_of
from oms.store import Store
from oms.store.shop_versions import switched
from oms.switchboard import Switchboard
from simulator.control.retiring import Retirement, retire
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.intake_world import RememberingMailbox, a_store
from tests.unit.remembering_alarms import RememberingAlarms


@dataclass
class Surroundings:
    """A JD shop on the simulated platform, polled by hand."""

    place: PlatformWorld
    store: Store
    board: Switchboard
    alarms: RememberingAlarms = field(default_factory=RememberingAlarms)
    mailbox: RememberingMailbox = field(default_factory=RememberingMailbox)

    @property
    def polling(self) -> Polling:
        """Who fetches."""
        intake = Intake(self.store, self.mailbox, self.board, now)
        return Polling(self.store, intake, self.board, now, follow=self.board.catch_up)

    @property
    def repair(self) -> Repair:
        """Who draws the consequences, as a worker puts it together."""
        alarms = HoleKeeping(self.alarms, self.store.holes, tuple(self.board))
        return repair_of(self.store, self.board, self.polling, alarms, now, timedelta(hours=1))

    async def poll(self) -> Answer:
        """Poll the orders, and draw the consequences."""
        shop = self.place.shop.key
        return await self.repair.both(shop, await self.polling.poll(shop), None)


def now() -> datetime:
    """Tell the time; the platform lives in it too."""
    return datetime.now(UTC)


@asynccontextmanager
async def a_jd(folder: Path, template: Path, *, fallback: bool) -> AsyncIterator[Surroundings]:
    """Open it, polled once."""
    async with a_platform("jd") as place:
        store = a_store(folder, template)
        shop = place.shop.model_copy(update={"fallback": fallback})
        board = Switchboard((shop,), place.http, place.tokens, store.shop_versions)
        board.begin(now)
        around = Surroundings(place, store, board)
        await around.poll()
        yield around
        store.close()


async def test_people_are_told_by_an_alert_and_no_more_by_the_poll(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """The workflow has nothing left to tell: neither of the failure nor of its end."""
    async with a_jd(tmp_path, sqlite_template, fallback=False) as jd:
        retire(jd.place.world, Retirement(version="jd/routerjson"))
        failed = await jd.poll()
        jd.place.world.faults.clear()
        done = await jd.poll()

    assert isinstance(failed, PollFailed)
    assert isinstance(done, PollDone)
    assert (failed.alert, done.recovered_after) == (False, 0)
    assert jd.alarms.keys == jd.alarms.closed == ["retired:jd/jingdong.pop.order.search:jd:main"]
    assert "sp-api" in jd.alarms.opened[0].body


async def test_when_nobody_can_be_told_the_poll_tells(tmp_path: Path, sqlite_template: Path) -> None:
    """Its notice is the way out that is left."""
    async with a_jd(tmp_path, sqlite_template, fallback=False) as jd:
        jd.alarms.fails = Unavailable("Temporal is away")
        retire(jd.place.world, Retirement(version="jd/routerjson"))

        failed = await jd.poll()

    assert isinstance(failed, PollFailed)
    assert failed.alert


async def test_a_shop_that_may_repairs_itself(tmp_path: Path, sqlite_template: Path) -> None:
    """Told of at the first answer, fetched by the second poll, counted as recovered."""
    async with a_jd(tmp_path, sqlite_template, fallback=True) as jd:
        retire(jd.place.world, Retirement(version="jd/routerjson", how="error_body"))
        jd.place.order()
        jd.place.order()
        await jd.poll()
        done = await jd.poll()

        proof = jd.store.polls.completeness_rows(jd.place.shop.key)[0]
    assert "We speak sp-api from now on" in jd.alarms.opened[0].body
    assert isinstance(done, PollDone)
    assert done.delivered == len(jd.mailbox.snapshots) == 2
    assert (proof.platform_count, proof.our_count, proof.delivered) == (2, 2, 2)


async def test_what_is_read_again_right_after_a_switch_is_read_in_the_new_version(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """The old one shows an empty list: whoever switched and asks at once must not be told that nothing was sold."""
    async with a_jd(tmp_path, sqlite_template, fallback=False) as jd:
        shop = jd.place.shop.key
        retire(jd.place.world, Retirement(version="jd/routerjson", how="empty_list"))
        jd.place.order()
        unseen = await jd.polling.sweep(shop, now() - timedelta(hours=1), now())

        jd.store.shop_versions.switch(switched(shop, now(), "lin", ("routerjson", "sp-api"), "JD retires it"))
        seen = await jd.polling.sweep(shop, now() - timedelta(hours=1), now())

    assert (unseen.platform, seen.platform, seen.recovered) == (0, 1, 1)

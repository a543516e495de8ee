"""The desk's inbox: what is parked and why, and reading it again, one by one or all, with a result in words."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oms.domain.errors import Unavailable
from oms.domain.messages import Way
from oms.domain.roles import Role
from oms.store.desk_jobs import LOST_AFTER, DeskJobs, Job, Kind
from oms.store.engine import Database
from oms.store.tables import InboxRow, table_of
from oms.web.desk.background import keep_working, work_off
from tests.unit.intake_world import NOON, SHOP, a_store, an_order
from tests.unit.outside_world import OutsideWorld

INBOX = table_of(InboxRow)


class FailsAtFirst(DeskJobs):
    """A database that is away when it is first asked for each kind of job; tells when a job is done."""

    def __init__(self, database: Database) -> None:
        """Nothing has failed yet."""
        super().__init__(database)
        self.failures = 0
        self.loop, self.ended = asyncio.get_running_loop(), asyncio.Event()

    def claim(self, kind: Kind, holder: str) -> Job | None:
        """Fail twice."""
        if self.failures < 2:
            self.failures += 1
            raise Unavailable("the database is away")
        return super().claim(kind, holder)

    def finish(self, name: str, holder: str, result: dict[str, Any]) -> bool:
        """Tell."""
        done = super().finish(name, holder, result)
        self.loop.call_soon_threadsafe(self.ended.set)
        return done


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[OutsideWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield OutsideWorld(store)
    store.close()


async def a_buggy_one(world: OutsideWorld, number: str = "1001") -> str:
    """A payload that is parked until our mapping is mended."""
    return await world.park(**an_order(number, bug=True))


async def test_the_parked_are_listed_with_reason_and_without_content(world: OutsideWorld) -> None:
    """Counted by reason; a script in a reason is text."""
    await world.park(number="1001", modified=0, street="文三路 100 号")
    inbox_id = world.store.inbox.put(SHOP, Way.POLL, "payment", b"{}", NOON)
    world.store.inbox.settle(inbox_id, "parked", reason="<script>x</script>")

    page = (await world.get("/desk/inbox")).text
    only = (await world.get("/desk/inbox?source=payment")).text

    assert "status: is missing" in page
    assert "文三路" not in page
    assert "<script>x" not in page
    assert "status: is missing</td>" not in only
    assert inbox_id in only


async def test_a_payload_that_can_be_read_now_reaches_its_order(world: OutsideWorld) -> None:
    """At once, with its result in words, and the act is noted."""
    inbox_id = await a_buggy_one(world)
    world.shop.mapping_is_broken = False

    reply = await world.post("/desk/inbox/retry", {"inbox_id": inbox_id})
    page = (await world.get(reply.headers["location"])).text

    assert reply.status_code == 303
    assert [message.snapshot.key.number for message in world.mailbox.snapshots] == ["1001"]
    assert "reached its order" in page
    assert "woocommerce:main:1001" in page
    assert world.store.parked.count() == 0
    assert world.store.acts.newest()[0].what == "parked payloads retried"


async def test_a_payload_that_is_parked_again_says_why(world: OutsideWorld) -> None:
    """It stays in the list, once, with the reason it has now."""
    inbox_id = await world.park(number="1001", modified=0)

    reply = await world.post("/desk/inbox/retry", {"inbox_id": inbox_id})
    page = (await world.get(reply.headers["location"])).text

    assert "still cannot be read" in page
    assert "status: is missing" in page
    assert world.store.parked.count() == 1


async def test_a_payload_that_somebody_else_had_read_is_not_read_twice(world: OutsideWorld) -> None:
    """Two people tick the same one; an id of nothing is nothing."""
    inbox_id = await a_buggy_one(world)
    world.shop.mapping_is_broken = False
    await world.post("/desk/inbox/retry", {"inbox_id": inbox_id})

    reply = await world.as_(Role.SUPERVISOR).post("/desk/inbox/retry", {"inbox_id": [inbox_id, "no-such"]})
    page = (await world.get(reply.headers["location"])).text

    assert "somebody else had it read meanwhile" in page
    assert len(world.mailbox.snapshots) == 1


async def test_nothing_ticked_is_said(world: OutsideWorld) -> None:
    """And no job is begun."""
    await world.park()

    reply = await world.post("/desk/inbox/retry", {})

    assert reply.status_code == 422
    assert "Nothing was chosen" in reply.text
    assert world.store.desk_jobs.list("retry") == ()


async def test_all_are_read_again_in_the_background(world: OutsideWorld) -> None:
    """What is parked anew meanwhile is not read a second time; the page refreshes itself until the end."""
    for number in ("1001", "1002"):
        await a_buggy_one(world, number)
    await world.park(number="1003", modified=0)
    world.shop.mapping_is_broken = False

    reply = await world.post("/desk/inbox/retry", {"everything": "yes"})
    place = reply.headers["location"]
    before = (await world.get(place)).text
    await work_off(world.parts, "retry")
    mark = before.partition("?seen=")[2].partition('"')[0]
    after = await world.get(f"{place}?seen={mark}")

    assert 'hx-trigger="every 2s"' in before
    assert "waiting for its turn" in before
    assert after.status_code == 200
    assert "hx-trigger" not in after.text
    assert "reached its order: 2" in after.text
    assert "still cannot be read: 1" in after.text
    assert world.store.parked.count() == 1
    assert await work_off(world.parts, "retry") is None


async def test_only_those_that_were_chosen_by_reason_are_read_again(world: OutsideWorld) -> None:
    """The list and the button speak of the same."""
    await a_buggy_one(world)
    await world.park(number="1003", modified=0)
    world.shop.mapping_is_broken = False

    await world.post("/desk/inbox/retry", {"everything": "yes", "reason": "status: is missing"})
    await work_off(world.parts, "retry")

    assert world.mailbox.snapshots == []
    assert world.store.parked.count() == 2


async def test_with_the_orders_out_of_reach_the_rest_stays_parked_and_that_is_said(
    world: OutsideWorld,
) -> None:
    """Nothing is lost; the attempt is broken off in words."""
    inbox_id = await a_buggy_one(world)
    world.shop.mapping_is_broken = False
    world.mailbox.fails = Unavailable("Temporal does not answer")

    reply = await world.post("/desk/inbox/retry", {"inbox_id": inbox_id})
    page = (await world.get(reply.headers["location"])).text

    assert "broken off" in page
    assert "Temporal does not answer" in page
    assert "stays parked" in page
    assert inbox_id in (await world.get("/desk/inbox")).text


async def test_a_job_whose_process_died_is_taken_over(world: OutsideWorld) -> None:
    """By whoever looks next, once it has been silent for a minute; the dead one can write nothing any more."""
    await a_buggy_one(world)
    world.shop.mapping_is_broken = False
    jobs, database = world.store.desk_jobs, world.store.database
    name = jobs.begin("retry", "lin", {"until": "9"}, holder="dead")
    early = await work_off(world.parts, "retry")
    now = database.clock()
    database.clock = lambda: now + LOST_AFTER + timedelta(seconds=1)

    taken = await work_off(world.parts, "retry")

    job = jobs.get(name)
    assert early is None
    assert taken is not None
    assert job is not None
    assert (job.state, job.result["counts"]) == ("done", {"delivered": 1})
    assert not jobs.finish(name, "dead", {})


async def test_the_web_process_does_what_is_asked_and_outlives_a_database_that_is_away(
    world: OutsideWorld,
) -> None:
    """It looks again and again until it is told to end."""
    await a_buggy_one(world)
    world.shop.mapping_is_broken = False
    jobs = FailsAtFirst(world.store.database)
    world.store.desk_jobs = jobs
    name = jobs.begin("retry", "lin", {"until": "9"})

    working = asyncio.create_task(keep_working(world.parts, every_seconds=0.01))
    async with asyncio.timeout(5):
        await jobs.ended.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    job = jobs.get(name)
    assert jobs.failures == 2
    assert job is not None
    assert (job.state, job.result["counts"]) == ("done", {"delivered": 1})


async def test_ten_thousand_parked_are_shown_page_by_page(world: OutsideWorld) -> None:
    """Fifty at a time, each by its place and not by counting; the number is told."""
    world.park_many(10_000)
    with world.store.database.write() as connection:
        connection.execute(INBOX.update().values(status="parked", reason="status: is missing"))

    first = await world.get("/desk/inbox")
    after = first.text.partition("after=")[2].partition('"')[0]
    second = await world.get(f"/desk/inbox?after={after}")

    assert (first.status_code, second.status_code) == (200, 200)
    assert "Read all 10000 again" in first.text
    assert first.text.count('name="inbox_id"') == second.text.count('name="inbox_id"') == 50
    assert len(first.text) < 60_000


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SERVICE, Role.PURCHASING])
async def test_who_may_not_retry_sees_no_button_and_is_refused(world: OutsideWorld, role: Role) -> None:
    """The list is for everybody."""
    inbox_id = await world.park()
    someone = world.as_(role)

    page = await someone.get("/desk/inbox")
    sent = await someone.post("/desk/inbox/retry", {"inbox_id": inbox_id})

    assert page.status_code == 200
    assert "<button" not in page.text.partition("/desk/inbox/retry")[2].partition("</form>")[0]
    assert sent.status_code == 403


async def test_an_attempt_that_nobody_knows_is_said_in_words(world: OutsideWorld) -> None:
    """Also a job of another kind."""
    name = world.store.desk_jobs.begin("backtest", "lin", {})

    replies = [await world.get(f"/desk/inbox/retries/{each}") for each in ("nothing", name)]

    assert [reply.status_code for reply in replies] == [404, 404]

"""Which version, which campaign and which dated row an order lives by: seen a second before, at, and after."""

import asyncio
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle

from oms.domain.errands import RulesSpread, SpreadRules
from oms.temporal.rule_changes import spread_id, start_spreading
from tests.process.boundaries import (
    PLATFORMS,
    SECOND,
    bounds,
    figure,
    forward,
    how_long,
    in_time,
    order_on,
    shop_on,
    still_before,
)
from tests.process.conftest import World
from tests.process.orders import Told
from tests.process.tables import a_version
from workflows.policies import SETTLE
from workflows.rules import SpreadRulesWorkflow

HOUR = timedelta(hours=1)


def moment(at: datetime) -> str:
    """Write a moment as the table does."""
    return at.astimezone(UTC).isoformat()


async def promises(world: World, platform: str, paid: Iterable[datetime]) -> list[timedelta]:
    """Tell how long after the payment each of some orders must ship."""
    orders = [order_on(world, platform, created_at=at, paid_at=at) for at in paid]
    await asyncio.gather(*(order.arrives() for order in orders))
    states = [await order.until(lambda state: state.assessment) for order in orders]
    found = [(state.assessment, state.paid_at) for state in states]
    return [each.ship_by - at for each, at in found if each and each.ship_by and at]


@bounds("ship.within")
async def test_a_campaign_counts_from_its_first_second_to_the_one_before_its_end(world: World) -> None:
    """By the payment: half-open, for the platforms that it names and no others."""
    begins = datetime.now(UTC).replace(microsecond=0) - 2 * HOUR
    ends = begins + HOUR
    world.newer.append(a_version("campaign-1", lambda content: _campaign(content, begins, ends)))
    paid = [begins - SECOND, begins, begins + SECOND, ends - SECOND, ends, ends + SECOND]

    named, other = await promises(world, "tmall", paid), await promises(world, "pdd", paid)

    usual, longer = how_long("tmall", "ship.within"), timedelta(hours=72)
    assert named == [usual, longer, longer, longer, usual, usual]
    assert other == [how_long("pdd", "ship.within")] * 6


def _campaign(content: Any, begins: datetime, ends: datetime) -> None:
    content["campaigns"] = [
        {
            "id": "sale-1", "name": {"zh": "大促", "en": "sale"}, "platforms": ["tmall"], "from": moment(begins),
            "to": moment(ends), "ship": {"within": "72h"}, "evidence": {"ship.within": "D"},
        }
    ]  # fmt: skip


@bounds("ship.within")
async def test_a_dated_row_takes_over_in_its_first_second(world: World) -> None:
    """An order lives by the row that was in force when it was paid."""
    turn = datetime.now(UTC).replace(microsecond=0) - HOUR
    world.newer.append(a_version("dated-1", lambda content: _two_rows(content, turn)))

    found = await promises(world, "pdd", [turn - SECOND, turn, turn + SECOND])

    assert found == [how_long("pdd", "ship.within"), 36 * HOUR, 36 * HOUR]


def _two_rows(content: Any, turn: datetime) -> None:
    row = content["platforms"]["pdd"]
    later = {**deepcopy(row), "from": moment(turn), "ship": {**row["ship"], "within": "36h"}}
    content["platforms"]["pdd"] = [{**row, "to": moment(turn)}, later]


@bounds("ship.within")
async def test_a_shop_that_differs_from_its_platform_is_alone_with_it(world: World) -> None:
    """The overlay of one shop, to the second; another shop of the platform lives by the platform's row."""
    shop = shop_on(world, "pdd")
    world.platforms[shop.model_copy(update={"shop": "tmall"})] = "pdd"
    world.newer.append(a_version("shop-1", lambda content: _overlay(content, str(shop))))
    paid = [datetime.now(UTC).replace(microsecond=0)]

    own, other = await promises(world, "pdd", paid), await promises(world, "tmall", paid)

    assert (own, other) == ([36 * HOUR], [how_long("pdd", "ship.within")])


def _overlay(content: Any, shop: str) -> None:
    content["shops"] = {shop: {"ship": {"within": "36h"}, "evidence": {"ship.within": "D"}}}


# ------------------------------------------------------------------------------------------- orders under way


async def under_way(world: World, platform: str) -> Told:
    """Return an order that was judged and has not left."""
    order = order_on(world, platform, total_fen=500_000)
    await order.arrives()
    await order.until(lambda state: state.holds)
    return order


class Spreading:
    """The telling of a version, with a clock of its own; it remembers nothing but its end."""

    def __init__(self, world: World, version: str) -> None:
        """Take which one."""
        self._env = world.env
        self.handle: WorkflowHandle[Any, RulesSpread] = world.client.get_workflow_handle_for(
            SpreadRulesWorkflow.run, spread_id(version)
        )

    async def own_time(self) -> datetime:
        """What time it is for it."""
        return await self._env.get_current_time(self.handle)

    async def waits(self, by: timedelta) -> None:
        """Let its own clock run."""
        await self._env.fast_forward(self.handle, by)


async def spreading(world: World, begins: datetime, change: Callable[[Any], None]) -> Spreading:
    """Put another version of the table in force, and tell the orders under way of it from a moment on."""
    table = a_version(f"next-{uuid4()}", change)
    world.newer.append(table)
    errand = SpreadRules(version=table.version, effective_from=begins)
    await start_spreading(world.client, errand, queue=world.queue)
    return Spreading(world, table.version)


async def versions_of(orders: Iterable[Told]) -> list[str]:
    """Return the version that each order lives by."""
    states = [await order.state() for order in orders]
    return [state.assessment.policy.version for state in states if state.assessment]


@bounds("in_flight")
async def test_every_row_says_what_becomes_of_its_orders_under_way(world: World) -> None:
    """Where the new row says reevaluate they live by it, where it says keep by the old one; row by row."""
    keeping = {"pdd", "jd_self"}
    orders = {platform: await under_way(world, platform) for platform in PLATFORMS}

    telling = await spreading(world, datetime.now(UTC) - HOUR, lambda content: _keep(content, keeping))
    done = await telling.handle.result()
    new = world.newer[-1].version
    for platform in set(PLATFORMS) - keeping:
        await orders[platform].until(lambda state: state.assessment.policy.version == new, tries=400)
    found = dict(zip(orders, await versions_of(orders.values()), strict=True))

    assert {figure(platform, "in_flight") for platform in PLATFORMS} == {"reevaluate"}
    assert (done.told, done.kept) == (len(PLATFORMS) - len(keeping), len(keeping))
    assert found == {platform: world.table.version if platform in keeping else new for platform in PLATFORMS}


def _keep(content: Any, platforms: Iterable[str]) -> None:
    for platform in platforms:
        content["platforms"][platform]["in_flight"] = "keep"


@bounds("in_flight")
async def test_orders_under_way_hear_of_a_version_when_it_is_in_force(world: World) -> None:
    """Not a second before they are to hear of it; within the second they do."""

    async def told() -> tuple[Told, datetime]:
        order = await under_way(world, "pdd")
        begins = datetime.now(UTC).replace(microsecond=0) + HOUR
        heard = begins + SETTLE
        telling = await spreading(world, begins, lambda content: _keep(content, ()))
        await forward(telling, heard - SECOND)
        before = await versions_of([order])
        await still_before(telling, heard)
        assert before != [world.newer[-1].version]
        await forward(telling, heard)
        done = await telling.handle.result()
        assert done.told >= 1
        return order, begins

    order, _ = await in_time(told)
    state = await order.until(lambda s: s.assessment.policy.version == world.newer[-1].version)

    assert [line.rule_version for line in state.timeline if line.what == "order.assessed"][-1] == (
        world.newer[-1].version
    )

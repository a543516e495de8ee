"""A new version of the rules comes to the orders in flight when it is in force, and to those whose row says so."""

from datetime import UTC, datetime, timedelta

from temporalio.client import WorkflowHandle

from oms.domain.errands import RulesSpread, SpreadRules
from oms.domain.messages import WarehouseSays
from oms.rules.table import TABLE, RuleTable, parse_table
from oms.store import Activation
from oms.temporal.rule_changes import spread_id, start_spreading
from tests.process.conftest import World
from tests.process.orders import Told, a_snapshot, unpaid
from workflows.rules import SpreadRulesWorkflow

DAY = timedelta(days=1)
TEXT = TABLE.read_text(encoding="utf-8")
KEEPING = ("in_flight: reevaluate ", "in_flight: keep ")
LONGER = ("    within: 48h  ", "    within: 60h  ")


def a_version(world: World, *changes: tuple[str, str], begins: datetime | None = None) -> RuleTable:
    """Activate the table of the world with some words replaced."""
    name = f"next-{world.queue[-30:]}"
    text = TEXT.replace(world.table.version, name)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    table = parse_table(text, name)
    now = datetime.now(UTC)
    world.store.rule_tables.activate(
        Activation(
            version=name, digest=table.digest, text=text, effective_from=begins or now, activated_by="lin",
            why="a test", activated_at=now,
        )
    )  # fmt: skip
    world.newer.append(table)
    return table


async def held(world: World) -> Told:
    """An order in flight, which waits for goods: it has been judged and has not left."""
    order = world.order(a_snapshot(total_fen=500_000))
    await order.arrives()
    await order.until(lambda state: state.holds)
    return order


async def spreads(
    world: World, table: RuleTable, begins: datetime | None = None
) -> WorkflowHandle[SpreadRulesWorkflow, RulesSpread]:
    errand = SpreadRules(version=table.version, effective_from=begins or datetime.now(UTC) - DAY)
    await start_spreading(world.client, errand, queue=world.queue)
    return world.client.get_workflow_handle_for(SpreadRulesWorkflow.run, spread_id(table.version))


async def test_an_order_in_flight_lives_by_the_new_version(world: World) -> None:
    """All of it: version, digest, promise; and when everybody was told stands beside the version."""
    order = await held(world)
    before = await order.state()
    table = a_version(world, LONGER)

    done = await (await spreads(world, table)).result()
    after = await order.until(lambda state: state.assessment.policy.version == table.version)

    kept = world.store.rule_tables.get(table.version)
    assert before.assessment is not None
    assert after.assessment is not None
    assert before.assessment.policy.version == world.table.version
    assert before.assessment.ship_by is not None
    assert after.assessment.policy.digest == table.digest
    assert after.assessment.ship_by == before.assessment.ship_by + timedelta(hours=12)
    assert {deadline.version for deadline in after.deadlines if deadline.rung} == {table.version}
    assert (done.told, done.kept, done.gone) == (1, 0, 0)
    assert kept is not None
    assert kept.spread_at is not None
    await order.handle.terminate()


async def test_an_order_whose_row_says_keep_is_not_told(world: World) -> None:
    """It ends under the version that it was judged by."""
    order = await held(world)
    table = a_version(world, LONGER, KEEPING)

    done = await (await spreads(world, table)).result()
    state = await order.state()

    assert (done.told, done.kept) == (0, 1)
    assert state.assessment is not None
    assert state.assessment.policy.version == world.table.version
    await order.handle.terminate()


async def test_nobody_is_told_before_the_version_is_in_force(world: World) -> None:
    """It waits by a durable timer, on its own clock."""
    order = await held(world)
    begins = datetime.now(UTC) + DAY
    table = a_version(world, LONGER, begins=begins)

    handle = await spreads(world, table, begins)
    await world.env.fast_forward(handle, DAY - timedelta(minutes=1))
    early = await order.state()
    await world.env.fast_forward(handle, timedelta(minutes=2))
    done = await handle.result()

    assert early.assessment is not None
    assert early.assessment.policy.version == world.table.version
    assert done.told == 1
    await order.handle.terminate()


async def test_one_order_that_is_gone_keeps_nobody_waiting(world: World) -> None:
    """Its workflow was ended by hand, and the read model does not know it yet."""
    gone, order = await held(world), await held(world)
    await gone.handle.terminate()
    table = a_version(world, LONGER)

    done = await (await spreads(world, table)).result()
    await order.until(lambda state: state.assessment.policy.version == table.version)

    assert (done.told, done.gone, done.failed) == (1, 1, ())
    await order.handle.terminate()


async def test_what_has_left_and_what_is_not_paid_is_not_judged_anew(world: World) -> None:
    """A promise that was kept stays as it was made; one that is not made yet will be made under the new version."""
    shipped, waiting = world.order(a_snapshot()), world.order(unpaid())
    await shipped.arrives()
    await shipped.becomes("released")
    await shipped.warehouse_says(WarehouseSays.SHIPPED, "SF0001")
    await shipped.until(lambda state: state.parcels and state.parcels[0].written_back)
    await waiting.arrives()
    await waiting.becomes("awaiting_payment")
    table = a_version(world, LONGER)

    done = await (await spreads(world, table)).result()
    left, unjudged = await shipped.state(), await waiting.state()

    assert done.told == 2
    assert left.assessment is not None
    assert left.assessment.policy.version == world.table.version
    assert unjudged.assessment is None
    await shipped.handle.terminate()
    await waiting.handle.terminate()


async def test_a_version_that_was_overtaken_is_told_to_nobody(world: World) -> None:
    """Another one was activated after it: orders hear of that one only."""
    order = await held(world)
    overtaken = a_version(world, LONGER)
    world.newer.append(overtaken.model_copy(update={"version": "newer"}))

    done = await (await spreads(world, overtaken)).result()

    assert (done.told, done.superseded_by) == (0, "newer")
    assert "newer" in world.store.rule_tables.log()[-1].why
    await order.handle.terminate()

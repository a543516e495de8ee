"""The shape of payloads is looked at in passing: rarely when all is well, at once when payloads are parked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oms.domain.errors import Unavailable
from oms.domain.messages import Way
from oms.domain.shapes import LEARNT_AFTER
from oms.intake import Intake
from oms.polling import Polling
from oms.shapes import EVERY, EVERY_PARKED, ShapeWatch
from oms.store import Store
from tests.unit.intake_world import SHOP, IntakeWorld, a_store, an_order

ORDERS = "woocommerce/orders"


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store)
    store.close()


def looking(world: IntakeWorld) -> Intake:
    """An intake that looks at shapes."""
    shapes = ShapeWatch(world.store, lambda _shop: "v3", world.clock)
    return Intake(world.store, world.mailbox, {SHOP: world.shop}, world.clock, shapes=shapes)


def answers(world: IntakeWorld, version: str = "v3") -> int:
    """How many answers the contract has been held against."""
    found = world.store.shapes.get(ORDERS, version)
    return found.contract.answers if found else 0


async def learn(world: IntakeWorld, intake: Intake) -> None:
    """Let so many orders come that the contract is known."""
    for number in range(LEARNT_AFTER):
        await intake.receive(SHOP, Way.POLL, an_order(str(number)))
        world.clock.now += EVERY


async def test_an_interface_is_looked_at_once_a_minute_whatever_comes(world: IntakeWorld) -> None:
    """A hundred payloads within a minute cost one look."""
    intake = looking(world)

    for number in range(100):
        await intake.receive(SHOP, Way.WEBHOOK, an_order(str(number)))
    first = answers(world)
    world.clock.now += EVERY
    await intake.receive(SHOP, Way.WEBHOOK, an_order("x"))

    assert (first, answers(world)) == (1, 2)


async def test_two_orders_that_lack_a_usual_field_are_named_while_they_are_parked(world: IntakeWorld) -> None:
    """Within seconds, and the register knows of it."""
    intake = looking(world)
    await learn(world, intake)
    for number in ("2001", "2002"):
        world.clock.now += EVERY_PARKED
        odd = {name: value for name, value in an_order(number).items() if name != "status"}
        receipt = await intake.receive(SHOP, Way.POLL, odd)
        assert receipt.status == "parked"

    recorded = world.store.shapes.get(ORDERS, "v3")

    assert recorded is not None
    assert recorded.contract.broken == ("status (vanished)",)
    assert recorded.broken_since == world.clock.now
    assert world.store.interfaces.get(f"interface:{ORDERS}").shape_changed_at == world.clock.now


async def test_rubbish_among_good_orders_changes_no_shape(world: IntakeWorld) -> None:
    """However often it comes: the good ones beside it speak for the interface."""
    intake = looking(world)
    await learn(world, intake)

    for number in range(40):
        world.clock.now += EVERY
        await intake.receive_all(SHOP, Way.POLL, [{"number": "bad"}, an_order(f"n{number}")])

    recorded = world.store.shapes.get(ORDERS, "v3")
    assert recorded is not None
    assert recorded.contract.broken == ()


async def test_nothing_personal_is_recorded(world: IntakeWorld) -> None:
    """Names of fields and their types; no street, no number."""
    await looking(world).receive(SHOP, Way.POLL, an_order("771234"))

    recorded = world.store.shapes.get(ORDERS, "v3")

    assert recorded is not None
    assert "street" in recorded.contract.fields
    assert "文三路" not in recorded.model_dump_json()
    assert "771234" not in recorded.model_dump_json()


async def test_a_database_that_is_away_costs_no_order(store: Store) -> None:
    """Looking is a favour: it never fails its caller."""

    class Away:
        def get(self, interface: str, version: str) -> None:
            raise Unavailable("away")

    world = IntakeWorld(store)
    intake = looking(world)
    store.shapes = Away()  # type: ignore[assignment]  # a database that is away

    receipt = await intake.receive(SHOP, Way.POLL, an_order())

    assert receipt.status == "delivered"


async def test_a_poll_remembers_how_many_rows_its_list_had(world: IntakeWorld) -> None:
    """Read by read, the empty ones too; a list that breaks off was not read."""
    polling = Polling(world.store, world.intake, {SHOP: world.shop}, world.clock)
    world.shop.payloads = [an_order("1"), an_order("2"), an_order("3")]
    await polling.poll(SHOP)
    world.clock.now += timedelta(minutes=15)
    world.shop.payloads = []
    await polling.poll(SHOP)
    world.clock.now += timedelta(minutes=15)
    world.shop.fails = Unavailable("down")
    await polling.poll(SHOP)

    reads = world.store.list_reads.since(world.clock.now - timedelta(days=1))

    assert [read.rows for read in reads[str(SHOP)]] == [3, 0]

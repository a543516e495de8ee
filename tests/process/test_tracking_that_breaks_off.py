"""A carrier's connection that breaks at the quick try costs an order nothing but the patient one."""

from oms.domain.errors import Unavailable
from tests.process.conftest import World
from tests.process.orders import a_snapshot


async def test_the_quick_try_may_break_off(world: World) -> None:
    """Found by the day's simulation: one connection in twelve thousand broke, and its order's workflow failed."""
    order, tries = world.order(a_snapshot()), list[str]()
    followed = world.tracking.subscribe

    async def breaks_once(waybill: str, carrier: str, phone_tail: str = "") -> None:
        tries.append(waybill)
        if len(tries) == 1:
            raise Unavailable("POST /poll: ReadError")
        await followed(waybill, carrier, phone_tail)

    world.tracking.subscribe = breaks_once  # type: ignore[method-assign] # one call of a fake
    await order.arrives()
    await order.becomes("released")
    await order.ships()
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)

    await order.until(lambda _: world.tracking.followed == ["SF0001"])

    assert tries == ["SF0001", "SF0001"]

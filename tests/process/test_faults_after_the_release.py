"""The tenth fault of the reference application: nothing can be said to an order once it is being processed.

Its other half, a parcel that is never delivered and a history without bound, is in test_long_histories.py.
"""

import pytest
from temporalio.client import WorkflowUpdateFailedError

from oms.domain.messages import CancelOrder, ChangeAddress, PlaceHold, ReleaseHold
from oms.domain.parcels import ParcelState
from oms.domain.receiver import Receiver
from oms.ports import CancelAccepted, CancelRefused, Intercepted, InterceptRefused
from tests.process.conftest import World
from tests.process.orders import Told, a_snapshot

BY = {"by": "wang", "why": "the buyer called"}
ELSEWHERE = Receiver(name="李娜", phone="13900005678", province="广东省", city="广州市", address="天河路2号")
PATIENT = 1000


async def released(world: World) -> Told:
    """Bring an order to the warehouse."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(
        lambda state: state.deliveries and state.deliveries[0].status == "accepted", tries=PATIENT
    )
    return order


@pytest.mark.parametrize(
    ("warehouse", "carrier", "end", "verdict"),
    [
        (CancelAccepted(), Intercepted(), "cancelled", "before anything left"),
        (CancelRefused(reason="packed"), Intercepted(), "closed", "turns parcel SF0001 round"),
        (
            CancelRefused(reason="packed"),
            InterceptRefused(reason="at the door"),
            "closed",
            "becomes a return",
        ),
    ],
    ids=["the warehouse stops it", "the carrier turns it round", "it becomes a return"],
)
async def test_an_order_at_the_warehouse_can_be_cancelled_and_says_what_came_of_it(
    world: World,
    warehouse: CancelAccepted | CancelRefused,
    carrier: Intercepted | InterceptRefused,
    end: str,
    verdict: str,
) -> None:
    """Whether the warehouse, the carrier or nobody could stop it stands in the order's own words."""
    world.warehouse.on_cancel = lambda code: warehouse
    world.tracking.on_intercept = lambda waybill: carrier
    order = await released(world)

    await order.asks("cancel", CancelOrder(**BY))
    if isinstance(warehouse, CancelRefused):
        await order.until(lambda state: state.deliveries[0].status == "too_late", tries=PATIENT)
        await order.ships()
        await order.until(lambda state: state.interceptions, tries=PATIENT)
        await order.parcel(ParcelState.RETURNED)
    state = await order.ends()

    assert state.stage == end
    assert state.withdrawal is not None
    assert verdict in state.withdrawal.verdict
    assert len(world.warehouse.recalled) == 1


async def test_a_new_address_after_the_release_reaches_the_warehouse(world: World) -> None:
    """The old delivery is called back and a new one goes to the new receiver; one parcel leaves."""
    order = await released(world)
    digest = world.store.receivers.put(order.key, ELSEWHERE, "", "")

    await order.asks("change_address", ChangeAddress(receiver_digest=digest, province="广东省", **BY))
    await order.until(lambda state: len(state.deliveries) == 2 and state.stage == "released", tries=PATIENT)
    await order.ships()
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()

    assert [receiver.name for receiver in world.warehouse.receivers] == ["张伟", "李娜"]
    assert [delivery.status for delivery in state.deliveries] == ["cancelled", "shipped"]
    assert (state.outcome, len(state.parcels)) == ("completed", 1)


async def test_a_hold_after_the_release_calls_the_goods_back_until_it_is_released(world: World) -> None:
    """Whoever holds an order wants it not to ship: the warehouse is asked, and asked again afterwards."""
    order = await released(world)

    done = await order.asks("hold", PlaceHold(**BY))
    held = await order.becomes("allocated", tries=PATIENT)
    recalled = list(world.warehouse.recalled)
    await order.asks("release_hold", ReleaseHold(reason="manual", **BY))
    state = await order.until(lambda now: now.deliveries[-1].status == "accepted", tries=PATIENT)

    assert "warehouse" in done.note
    assert ([hold.reason for hold in held.holds], recalled) == (["manual"], [held.deliveries[0].code])
    assert [delivery.status for delivery in state.deliveries] == ["cancelled", "accepted"]


async def test_what_comes_too_late_is_refused_with_what_can_be_done_instead(world: World) -> None:
    """An address after the parcel has left is a matter of the carrier, and the answer says so."""
    order = await released(world)
    await order.ships()
    await order.becomes("shipped", tries=PATIENT)

    with pytest.raises(WorkflowUpdateFailedError) as address:
        await order.asks("change_address", ChangeAddress(receiver_digest="d", **BY))
    with pytest.raises(WorkflowUpdateFailedError) as hold:
        await order.asks("hold", PlaceHold(**BY))

    assert "ask the carrier" in str(address.value.cause)
    assert "has left" in str(hold.value.cause)

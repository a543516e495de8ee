"""Who may carry an order, and what may still be changed of it: every figure seen from both sides of its line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from oms.domain import terms
from oms.domain.messages import (
    ApproveReview,
    ChangeAddress,
    ChangeWaybill,
    PackedPiece,
    RulesChanged,
    ShippedBox,
    WarehouseEvent,
    WarehouseSays,
)
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.rules.assessment import ShopWays
from oms.temporal.mailbox import TemporalMailbox
from tests.process.boundaries import (
    PLATFORMS,
    SECOND,
    another_address,
    at_the_warehouse,
    bounds,
    each_value,
    figure,
    forward,
    how_long,
    in_time,
    order_on,
    shop_on,
    still_before,
)
from tests.process.conftest import World
from tests.process.orders import Told, later
from tests.process.tables import a_version

WHO = {"by": "li", "why": "the buyer called"}
VALUABLE = 500_000


async def refused(asking: Awaitable[object]) -> str:
    """Return in what words an order refuses something; empty when it does not."""
    try:
        await asking
    except WorkflowUpdateFailedError as error:
        return str(error.cause)
    return ""


# ------------------------------------------------------------------------------------------------- couriers


async def courier_of(world: World, platform: str, courier: str) -> tuple[bool, str]:
    """Tell whether an order goes with the courier whom its shop prefers, and by which rule it does not."""
    world.ways[shop_on(world, platform)] = ShopWays(couriers=(courier,))
    order = order_on(world, platform)
    await order.arrives()
    state = await order.until(lambda s: s.held("compliance") or s.stage == Stage.RELEASED, tries=400)
    rule = next((line.rule for line in state.timeline if line.what == "gate.refused"), "")
    return state.stage is Stage.RELEASED, rule


@bounds("couriers.mode", "couriers.names")
@each_value("couriers.mode", "couriers.names")
async def test_only_couriers_of_the_row_carry_its_orders(world: World, platform: str) -> None:
    """Everybody where it is free; where it is not, those who are named and nobody else."""
    mode, names = figure(platform, "couriers.mode"), figure(platform, "couriers.names")
    assert mode in {"free", "only"}

    answers = {courier: await courier_of(world, platform, courier) for courier in ("sf", "jd", "yto")}

    allowed = {courier: mode == "free" or courier in names for courier in answers}
    assert answers == {
        courier: (may, "" if may else "courier-not-designated") for courier, may in allowed.items()
    }


@bounds("couriers.mode", "couriers.names")
@pytest.mark.parametrize(
    ("mode", "allowed", "rule"),
    [
        ("only", {"sf": True, "yto": True, "zto": False}, "courier-not-designated"),
        ("except", {"sf": False, "yto": False, "zto": True}, "courier-excluded"),
        ("advisory", {"sf": True, "yto": True, "zto": True}, ""),
    ],
)
async def test_a_row_names_couriers_in_three_ways(
    world: World, mode: str, allowed: dict[str, bool], rule: str
) -> None:
    """Only these, all but these, preferably these: the first name, the last name, and one that is not there."""
    world.newer.append(a_version("couriers-1", lambda content: _name_couriers(content, mode)))

    answers = {courier: await courier_of(world, "pdd", courier) for courier in allowed}

    assert answers == {courier: (may, "" if may else rule) for courier, may in allowed.items()}


def _name_couriers(content: Any, mode: str) -> None:
    row = content["platforms"]["pdd"]
    row["couriers"] = {"mode": mode, "names": ["sf", "yto"]}
    row["evidence"] |= {"couriers.mode": "D", "couriers.names": "D"}


@bounds("couriers.names")
@pytest.mark.parametrize(("carrier", "wrong"), [("jd", []), ("sf", ["couriers"])])
async def test_a_parcel_that_leaves_with_another_courier_breaks_the_rule(
    world: World, carrier: str, wrong: list[str]
) -> None:
    """The warehouse may take whom it likes: who is not in the row is written down."""
    order = await at_the_warehouse(world, "jd_self")

    (delivery,) = (await order.state()).deliveries
    packed = tuple(PackedPiece(sku=piece.sku, quantity=piece.quantity) for piece in delivery.pieces)
    left = WarehouseEvent(
        event_id="left-1", delivery_order=delivery.code, says=WarehouseSays.SHIPPED, at=datetime.now(UTC),
        boxes=(ShippedBox(waybill="JD0001", carrier=carrier, pieces=packed),),
    )  # fmt: skip
    await order.handle.signal("wms_event", left)
    state = await order.becomes(Stage.SHIPPED)

    assert [line.rule for line in state.timeline if line.what == "courier.not_allowed"] == wrong


# ------------------------------------------------------------------------------------------------- another address


async def in_review(world: World, platform: str) -> Told:
    """Return one that waits for customer service: nobody but us has it."""
    order = order_on(world, platform, total_fen=VALUABLE)
    await order.arrives()
    await order.until(lambda state: state.held("high_value"), tries=400)
    return order


async def with_a_waybill(world: World, platform: str) -> Told:
    """Return one whose warehouse has drawn a waybill."""
    order = await at_the_warehouse(world, platform)
    await order.warehouse_says(WarehouseSays.PACKED, waybill="SF0009", carrier="sf")
    await order.until(lambda state: state.deliveries[-1].waybill)
    return order


async def on_its_way(world: World, platform: str) -> Told:
    """Return one whose parcel has left, under a waybill that the channel knows."""
    order = await at_the_warehouse(world, platform)
    await order.ships(at=datetime.now(UTC).replace(microsecond=0))
    await order.until(lambda state: state.parcels and state.parcels[0].written_back, tries=400)
    return order


PLACES: dict[str, Callable[[World, str], Awaitable[Told]]] = {
    "in review": in_review,
    "at the warehouse": at_the_warehouse,
    "with a waybill": with_a_waybill,
    "left": on_its_way,
}
SO_FAR = {"before_release": 1, "before_waybill": 2, "before_ship": 3}
"""In how many of these places, from the first on, another address is allowed."""


async def readdressing(world: World, platform: str) -> list[str]:
    """Ask an order in each place to go elsewhere; return in what words each refuses."""

    async def ask(bring: Callable[[World, str], Awaitable[Told]]) -> str:
        order = await bring(world, platform)
        command = ChangeAddress(receiver_digest=another_address(world, order, 2), **WHO)
        return await refused(order.asks("change_address", command))

    return list(await asyncio.gather(*(ask(bring) for bring in PLACES.values())))


def why_not(platform: str, policy: str, until: str, place: int) -> str:
    """Say which words a refusal must contain; empty: there must be none."""
    if place == len(PLACES) - 1:
        return "has left the warehouse"
    if policy == "forbidden":
        return f"{platform}.address_change.policy"
    return "" if place < SO_FAR[until] else f"{platform}.address_change.until"


@bounds("address_change.policy", "address_change.until")
@each_value("address_change.policy", "address_change.until")
async def test_an_address_may_be_changed_up_to_the_place_that_the_row_says(
    world: World, platform: str
) -> None:
    """In the last place before it, yes; in the first one after it, no, and the refusal names the figure."""
    policy, until = figure(platform, "address_change.policy"), figure(platform, "address_change.until")

    words = await readdressing(world, platform)

    expected = [why_not(platform, policy, until, place) for place in range(len(PLACES))]
    assert [(bool(said), need in said) for said, need in zip(words, expected, strict=True)] == [
        (bool(need), True) for need in expected
    ]


@bounds("address_change.until")
async def test_before_the_release_is_before_the_warehouse_has_it(world: World) -> None:
    """No row says so today; with one that does, only what nobody else has goes elsewhere."""
    world.newer.append(a_version("until-1", _until_the_release))

    words = await readdressing(world, "pdd")

    assert [bool(said) for said in words] == [False, True, True, True]
    assert "pdd.address_change.until" in words[1]


def _until_the_release(content: Any) -> None:
    content["defaults"]["address_change"]["until"] = "before_release"


@bounds("address_change.max_changes")
@each_value("address_change.max_changes")
async def test_an_address_may_be_changed_so_often(world: World, platform: str) -> None:
    """The last time that is allowed, yes; once more, no: from a person and at the gate alike. No limit: ten times."""
    most = figure(platform, "address_change.max_changes")
    order = await in_review(world, platform)

    asked = [
        await refused(
            order.asks(
                "change_address",
                ChangeAddress(receiver_digest=another_address(world, order, house), **WHO),
            )
        )
        for house in range(10 if most is None else most)
    ]
    once_more = "" if most is None else await _readdressed_once_more(world, order)
    await order.asks("approve", ApproveReview(**WHO))
    state = await order.becomes(Stage.RELEASED)

    assert [*filter(None, asked)] == []
    assert most is None or f"{platform}.address_change.max_changes" in once_more
    assert not [line for line in state.timeline if line.what == "gate.refused"]


async def _readdressed_once_more(world: World, order: Told) -> str:
    command = ChangeAddress(receiver_digest=another_address(world, order, 99), **WHO)
    return await refused(order.asks("change_address", command))


@bounds("address_change.max_changes", "address_change.policy")
@pytest.mark.parametrize(
    ("figures", "rules"),
    [
        ({"max_changes": 2}, []),
        ({"max_changes": 1}, ["address-changed-too-often"]),
        ({"policy": "forbidden"}, ["address-change-forbidden"]),
    ],
)
async def test_the_gate_counts_once_more_under_the_table_that_is_in_force_by_then(
    world: World, figures: dict[str, Any], rules: list[str]
) -> None:
    """Changed twice under another table: where two are allowed it goes, where one or none is the gate holds it."""
    order = await in_review(world, "own_shop")
    for house in (2, 3):
        command = ChangeAddress(receiver_digest=another_address(world, order, house), **WHO)
        await order.asks("change_address", command)
    stricter = a_version("stricter-1", lambda content: _restrict(content, figures))
    world.newer.append(stricter)
    change = RulesChanged(event_id="rules:stricter-1", version=stricter.version)

    assert await TemporalMailbox(world.client, queue=world.queue).rules_changed(order.key, change)
    await order.until(lambda state: state.assessment.policy.version == stricter.version)
    await order.asks("approve", ApproveReview(**WHO))
    state = await order.until(lambda s: s.held("compliance") or s.stage == Stage.RELEASED)

    assert [line.rule for line in state.timeline if line.what == "gate.refused"] == rules
    assert state.stage is (Stage.ALLOCATED if rules else Stage.RELEASED)


def _restrict(content: Any, figures: dict[str, Any]) -> None:
    row = content["platforms"]["own_shop"]
    row["address_change"] |= figures
    row["evidence"] |= {f"address_change.{name}": "D" for name in figures}


@bounds("address_change.max_changes")
async def test_what_the_platform_changes_itself_is_not_counted(world: World) -> None:
    """It knows its own limits: once more than the row allows, and the order goes."""
    order = await in_review(world, "wechat_shop")
    word = order.snapshot
    for house in range(2, 9):
        word = later(word, receiver_digest=another_address(world, order, house))
        await order.says(word)
    await order.until(lambda state: state.receiver_digest == word.receiver_digest)

    await order.asks("approve", ApproveReview(**WHO))
    state = await order.becomes(Stage.RELEASED)

    assert state.address_changes == 0


# ------------------------------------------------------------------------------------------------- another waybill

SCANS = (None, ParcelState.PICKED_UP, ParcelState.DELIVERED)
SCANNED_SO_FAR = {"before_first_scan": 1, "before_sign": 2, "before_complete": 3}


def correction(old: str, new: str) -> ChangeWaybill:
    """Ask for another waybill."""
    return ChangeWaybill(old_waybill=old, waybill=new, carrier="sf", **WHO)


async def corrected(world: World, platform: str, scan: ParcelState | None) -> str:
    """Ask for another waybill of a parcel whose carrier has come so far; return in what words it is refused."""
    order = await on_its_way(world, platform)
    if scan is not None:
        await order.parcel(scan)
        await order.until(lambda state: state.parcels[0].state == scan)
    return await refused(order.asks("change_waybill", correction("SF0001", "SF0002")))


@bounds("waybill_change.allowed", "waybill_change.until")
@each_value("waybill_change.allowed", "waybill_change.until")
async def test_a_waybill_may_be_corrected_up_to_the_scan_that_the_row_says(
    world: World, platform: str
) -> None:
    """Without a scan, after the first one, after the signature."""
    allowed, until = figure(platform, "waybill_change.allowed"), figure(platform, "waybill_change.until")

    words = await asyncio.gather(*(corrected(world, platform, scan) for scan in SCANS))

    may = [allowed and place < SCANNED_SO_FAR[until] for place in range(len(SCANS))]
    assert [not said for said in words] == may
    named = f"{platform}.waybill_change.{'until' if allowed else 'allowed'}"
    assert all(named in said for said in words if said)


@bounds("waybill_change.within")
@each_value("waybill_change.within")
async def test_a_waybill_may_be_corrected_for_so_long(world: World, platform: str) -> None:
    """Within the last second yes, at the very moment yes, a second later no; without a limit after three weeks still."""
    said = figure(platform, "waybill_change.within")
    within = how_long(platform, "waybill_change.within") if said else timedelta(days=21)

    async def asked(late: timedelta) -> str:
        order = await on_its_way(world, platform)
        parcel = (await order.state()).parcels[0]
        end = parcel.shipped_at + within
        await forward(order, end + late)
        words = await refused(order.asks("change_waybill", correction("SF0001", "SF0002")))
        if late < timedelta():
            await still_before(order, end)
        state = await order.state()
        assert terms.waybill(state, parcel, end) == ""
        assert bool(terms.waybill(state, parcel, end + timedelta.resolution)) is (said is not None)
        return words

    before = await in_time(lambda: asked(-SECOND))
    after = await asked(SECOND)

    assert before == ""
    assert (f"{platform}.waybill_change.within" in after) is (said is not None)
    assert bool(after) is (said is not None)


@bounds("waybill_change.max_changes")
@each_value("waybill_change.max_changes")
async def test_a_waybill_may_be_corrected_so_often(world: World, platform: str) -> None:
    """The last time that is allowed, yes; once more, no. No limit: ten times."""
    most = figure(platform, "waybill_change.max_changes")
    order = await on_its_way(world, platform)
    times = 10 if most is None else most

    words = [
        await refused(order.asks("change_waybill", correction(f"SF000{n + 1}", f"SF000{n + 2}")))
        for n in range(times)
    ]
    once_more = await refused(order.asks("change_waybill", correction(f"SF000{times + 1}", "SF0099")))

    assert words == [""] * times
    assert (f"{platform}.waybill_change.max_changes" in once_more) is (most is not None)
    assert bool(once_more) is (most is not None)


def test_every_word_of_the_table_is_known_here() -> None:
    """A row that says something new of couriers, addresses or waybills needs a test of its own."""
    said = {
        path: {figure(platform, path) for platform in PLATFORMS}
        for path in ("couriers.mode", "address_change.policy", "address_change.until", "waybill_change.until")
    }
    assert said["couriers.mode"] <= {"free", "only"}
    assert said["address_change.policy"] <= {"free", "approval", "forbidden"}
    assert said["address_change.until"] <= set(SO_FAR)
    assert said["waybill_change.until"] <= set(SCANNED_SO_FAR)

"""Build orders and talk to them; every test shows only what matters to it."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from oms.domain.ids import OrderKey, ShopKey, Sku
from oms.domain.messages import (
    Command,
    Done,
    PackedPiece,
    ParcelEvent,
    ShippedBox,
    SnapshotArrived,
    StockArrived,
    WarehouseEvent,
    WarehouseSays,
    Way,
)
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.receiver import Receiver
from oms.domain.state import OrderState
from oms.ports import StockLevel
from oms.store import Store
from oms.temporal.mailbox import TemporalMailbox

SHOP = ShopKey(channel="woocommerce", shop="main")
SKU = Sku("SKU-8801")
OTHER_SKU = Sku("SKU-8802")
RECEIVER = Receiver(name="张伟", phone="13800001234", province="浙江省", city="杭州市", address="文三路1号")
PLENTY = 100_000
_numbers = itertools.count(1000)
_events = itertools.count(1)


def a_snapshot(**changes: Any) -> Snapshot:
    """Return a paid order of one piece."""
    now = datetime.now(UTC).replace(microsecond=0)
    given: dict[str, Any] = {
        "key": OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=str(next(_numbers))),
        "created_at": now, "modified_at": now, "status": PlatformStatus.PAID, "raw_status": "processing",
        "paid_at": now, "total_fen": 18800, "receiver_digest": "", "buyer": "b1", "province": "浙江省",
        "lines": (Line(id="1", sku=SKU, title="红色连体衣", quantity=1, total_fen=18800),),
    }  # fmt: skip
    return Snapshot(**{**given, **changes})


def unpaid(**changes: Any) -> Snapshot:
    """Return an order nobody has paid yet."""
    return a_snapshot(status=PlatformStatus.AWAITING_PAYMENT, raw_status="pending", paid_at=None, **changes)


def later(snapshot: Snapshot, **changes: Any) -> Snapshot:
    """Return what the platform says of the order a minute later."""
    return snapshot.model_copy(update={"modified_at": snapshot.modified_at + timedelta(minutes=1), **changes})


def cancelled(snapshot: Snapshot) -> Snapshot:
    """Return the order as the buyer cancelled it."""
    return later(snapshot, status=PlatformStatus.CANCELLED, raw_status="cancelled")


def refunded(snapshot: Snapshot) -> Snapshot:
    """Return the order as it was refunded whole."""
    return later(
        snapshot, status=PlatformStatus.REFUNDED, raw_status="refunded", refunded_fen=snapshot.total_fen
    )


class Told:
    """One order of a test, and everything that can be said to it."""

    def __init__(
        self, env: WorkflowEnvironment, mailbox: TemporalMailbox, store: Store, snapshot: Snapshot
    ) -> None:
        """Take the world the order lives in and its first snapshot."""
        self._env = env
        self._mailbox = mailbox
        self.snapshot = snapshot.model_copy(
            update={"receiver_digest": store.receivers.put(snapshot.key, RECEIVER, "", "")}
        )
        self.key = snapshot.key

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Its workflow."""
        return self._env.client.get_workflow_handle(self.key.workflow_id)

    async def arrives(self) -> None:
        """Its first snapshot comes in."""
        await self.says(self.snapshot)

    async def says(self, snapshot: Snapshot) -> bool:
        """The platform says something new (or old) of it."""
        event = SnapshotArrived(event_id=f"e{next(_events)}", way=Way.WEBHOOK, snapshot=snapshot)
        return await self._mailbox.snapshot(event)

    async def state(self) -> OrderState:
        """What it remembers now; one that is just carrying on in a fresh history is asked again."""
        while True:
            try:
                return OrderState.model_validate(await self.handle.query("state"))
            except RPCError as error:
                if "not scheduled yet" not in str(error):
                    raise
                await asyncio.sleep(0.05)

    async def warehouse_says(self, says: WarehouseSays, *boxes: str, **more: Any) -> None:
        """The warehouse reports on its first delivery order, or on the one of `code`."""
        state = await self.state()
        code = more.pop("code", None) or state.deliveries[-1].code
        delivery = next(d for d in state.deliveries if d.code == code)
        packed = tuple(PackedPiece(sku=p.sku, quantity=p.quantity) for p in delivery.pieces)
        event = WarehouseEvent(
            event_id=f"e{next(_events)}", delivery_order=code, says=says, raw=says.upper(),
            at=more.pop("at", datetime.now(UTC)),
            boxes=tuple(ShippedBox(waybill=waybill, carrier="sf", pieces=packed) for waybill in boxes), **more,
        )  # fmt: skip
        assert await self._mailbox.warehouse(self.key, event)

    async def ships(self, waybill: str = "SF0001", **more: Any) -> None:
        """The warehouse ships everything in one box."""
        await self.warehouse_says(WarehouseSays.SHIPPED, waybill, **more)

    async def parcel(self, state: ParcelState, waybill: str = "SF0001", **more: Any) -> None:
        """The carrier reports on a parcel."""
        event = ParcelEvent(
            event_id=more.pop("event_id", f"e{next(_events)}"), waybill=waybill, state=state, raw_state=state,
            at=more.pop("at", datetime.now(UTC)),
        )  # fmt: skip
        assert await self._mailbox.parcel(self.key, event)

    async def stock_comes(self) -> None:
        """Pieces came in."""
        await self._mailbox.stock(self.key, StockArrived(event_id=f"e{next(_events)}", skus=(SKU,)))

    async def asks(self, update: str, command: Command) -> Done:
        """A person asks something of it; raises WorkflowUpdateFailedError when it is refused."""
        return Done.model_validate(await self.handle.execute_update(update, command))

    async def waits(self, by: timedelta) -> None:
        """Let its own clock run."""
        await self._env.fast_forward(self.handle, by)

    async def own_time(self) -> datetime:
        """What time it is for this order."""
        return await self._env.get_current_time(self.handle)

    async def becomes(self, stage: str, *, tries: int = 200) -> OrderState:
        """Wait, in real time, until it is in a stage; fail with what it says of itself when it never is."""
        state = await self.state()
        for _ in range(tries):
            if state.stage == stage:
                return state
            await asyncio.sleep(0.03)
            state = await self.state()
        raise AssertionError(
            f"{self.key} is {state.stage}, not {stage}; holds {state.holds}; {state.set_aside}"
        )

    async def until(self, true: Any, *, tries: int = 200) -> OrderState:
        """Wait, in real time, until something is true of it."""
        state = await self.state()
        for _ in range(tries):
            if true(state):
                return state
            await asyncio.sleep(0.03)
            state = await self.state()
        raise AssertionError(
            f"{self.key} is {state.stage}; holds {state.holds}; {state.model_dump(mode='json')}"
        )

    async def ends(self) -> OrderState:
        """Let its clock run until it has ended; it may have ended meanwhile."""
        try:
            await self._env.fast_forward(self.handle)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        await self.handle.result()
        return await self.state()


def stock(store: Store, sku: Sku = SKU, *, hangzhou: int = PLENTY, guangzhou: int = 0) -> None:
    """Put pieces on the shelves."""
    store.stock.set_levels(
        [
            StockLevel(warehouse="HZ01", sku=sku, on_hand=hangzhou),
            StockLevel(warehouse="GZ01", sku=sku, on_hand=guangzhou),
        ]
    )

"""How the driver speaks to each side: the same words at the same moments, each in its own form."""

from collections.abc import Sequence
from typing import Protocol

from temporalio.client import Client

from bench.bare import Errand, Word
from bench.plan import LAST_WAIT, PACE, SHIP_BY, SKU, Side, key_of, workflow_id
from oms.clock import wall_clock
from oms.domain.messages import (
    PackedPiece,
    ParcelEvent,
    ShippedBox,
    SnapshotArrived,
    WarehouseEvent,
    WarehouseSays,
    Way,
)
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.receiver import Receiver
from oms.store import Store
from oms.temporal.mailbox import TemporalMailbox

RECEIVER = Receiver(name="张伟", phone="13800001234", province="浙江省", city="杭州市", address="文三路1号")


class Party(Protocol):
    """Somebody to whom an order's facts are told."""

    client: Client

    def prepare(self, numbers: Sequence[str]) -> None:
        """Do what precedes the order's life, outside of what is measured."""

    async def starts(self, number: str) -> None:
        """The paid order arrives."""

    async def ships(self, number: str, code: str) -> None:
        """The warehouse says that it has left."""

    async def scans(self, number: str) -> None:
        """The carrier has it."""

    async def signs(self, number: str) -> None:
        """The buyer has it."""


class Ours:
    """The real order workflow, through the real mailbox."""

    def __init__(self, client: Client, store: Store, *, pace: int = PACE) -> None:
        """Take a client with our converter, and the store that holds the receivers."""
        self.client = client
        self._store = store
        self._mailbox = TemporalMailbox(client, pace=pace)
        self._digests: dict[str, str] = {}

    def prepare(self, numbers: Sequence[str]) -> None:
        """Put the receivers into the vault, as intake does before an order starts."""
        for number in numbers:
            self._digests[number] = self._store.receivers.put(key_of(number), RECEIVER)

    async def starts(self, number: str) -> None:
        """The paid order arrives."""
        snapshot = _snapshot(number, self._digests.pop(number))
        await self._mailbox.begin(SnapshotArrived(event_id=f"{number}-1", way=Way.WEBHOOK, snapshot=snapshot))

    async def ships(self, number: str, code: str) -> None:
        """The warehouse says that it has left."""
        box = ShippedBox(waybill=_waybill(number), carrier="sf", pieces=(PackedPiece(sku=SKU, quantity=1),))
        event = WarehouseEvent(
            event_id=f"{number}-2",
            delivery_order=code,
            says=WarehouseSays.SHIPPED,
            raw="SHIPPED",
            at=wall_clock(),
            boxes=(box,),
        )
        await self._mailbox.warehouse(key_of(number), event)

    async def scans(self, number: str) -> None:
        """The carrier has it."""
        await self._parcel(number, "3", ParcelState.PICKED_UP)

    async def signs(self, number: str) -> None:
        """The buyer has it."""
        await self._parcel(number, "4", ParcelState.DELIVERED)

    async def _parcel(self, number: str, event: str, state: ParcelState) -> None:
        word = ParcelEvent(
            event_id=f"{number}-{event}",
            waybill=_waybill(number),
            state=state,
            raw_state=state,
            at=wall_clock(),
        )
        await self._mailbox.parcel(key_of(number), word)


class Bare:
    """The yardstick."""

    def __init__(self, client: Client, side: Side) -> None:
        """Take a client with the stock pydantic converter."""
        self.client = client
        self._side = side
        self._errand = Errand(
            in_place=side == "lean", ship_by=SHIP_BY.total_seconds(), last_wait=LAST_WAIT.total_seconds()
        )

    def prepare(self, numbers: Sequence[str]) -> None:
        """Nothing precedes it."""

    async def starts(self, number: str) -> None:
        """The paid order arrives."""
        await self.client.start_workflow(
            "BareOrder", self._errand, id=workflow_id(self._side, number), task_queue=self._side,
            start_signal="snapshot", start_signal_args=[Word(text="paid")],
        )  # fmt: skip

    async def ships(self, number: str, code: str) -> None:
        """The warehouse says that it has left."""
        await self._signal(number, "shipped", code)

    async def scans(self, number: str) -> None:
        """The carrier has it."""
        await self._signal(number, "in_transit", "picked up")

    async def signs(self, number: str) -> None:
        """The buyer has it."""
        await self._signal(number, "delivered", "signed")

    async def _signal(self, number: str, name: str, text: str) -> None:
        handle = self.client.get_workflow_handle(workflow_id(self._side, number))
        await handle.signal(name, Word(text=text))


def _snapshot(number: str, digest: str) -> Snapshot:
    now = wall_clock()
    return Snapshot(
        key=key_of(number), created_at=now, modified_at=now, status=PlatformStatus.PAID, raw_status="processing",
        paid_at=now, total_fen=18800, receiver_digest=digest, buyer="b1", province="浙江省",
        lines=(Line(id="1", sku=SKU, title="红色连体衣", quantity=1, total_fen=18800),),
    )  # fmt: skip


def _waybill(number: str) -> str:
    return f"SF{number}"

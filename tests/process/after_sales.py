"""Open after-sales and talk to them; every test shows only what matters to it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from oms.domain.aftersale import AfterSale, AfterSaleKind, AfterSaleStatus
from oms.domain.aftersales.book import case_key, workflow_id
from oms.domain.aftersales.messages import InspectedPiece, ReturnArrived
from oms.domain.aftersales.state import CaseState
from oms.domain.ids import OrderKey
from oms.domain.messages import Command, Done, ShippedBox, WarehouseEvent, WarehouseSays
from oms.domain.model import Moment
from oms.ports import Answered, AnswerRefused, Page, Refunded, RefundRefused
from oms.temporal.mailbox import TemporalMailbox
from tests.process.conftest import World
from tests.process.fakes import FakeChannel
from tests.process.orders import SHOP, SKU, Told, a_snapshot

_numbers = itertools.count(1)


class OwnShop(FakeChannel):
    """A shop where we pay back ourselves."""

    def __init__(self) -> None:
        super().__init__(SHOP)
        self.refunds: dict[str, int] = {}
        self.on_refund: Callable[[int], Refunded | RefundRefused] = lambda fen: Refunded(reference="R1")

    async def refund(self, number: str, amount_fen: int, *, key: str, why: str) -> Refunded | RefundRefused:
        """Remember by key and answer."""
        answer = self.on_refund(amount_fen)
        if isinstance(answer, Refunded):
            self.refunds[key] = amount_fen
        return answer


class Marketplace(FakeChannel):
    """A platform that decides after-sales and is told our answers."""

    def __init__(self) -> None:
        super().__init__(SHOP)
        self.answers: list[tuple[AfterSaleStatus, bool]] = []
        self.on_answer: Callable[[AfterSale], Answered | AnswerRefused] = lambda case: Answered()

    async def after_sales(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Nothing changed."""
        pages: tuple[Page, ...] = ()
        for page in pages:
            yield page

    def read_after_sale(self, payload: Mapping[str, Any]) -> AfterSale:
        """Not used here."""
        raise AssertionError("a case never reads a payload")

    async def answer_after_sale(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Remember and answer."""
        answer = self.on_answer(case)
        if isinstance(answer, Answered):
            self.answers.append((case.status, accept))
        return answer


def own_shop(world: World) -> OwnShop:
    """Let the world's shop be one of our own."""
    shop = OwnShop()
    world.channels[SHOP] = shop
    return shop


def marketplace(world: World) -> Marketplace:
    """Let the world's shop be one on a platform that decides after-sales."""
    shop = Marketplace()
    world.channels[SHOP] = shop
    return shop


async def at_the_warehouse(world: World, **changes: Any) -> Told:
    """Bring an order to where the warehouse has it."""
    order = world.order(a_snapshot(**changes))
    await order.arrives()
    await order.until(
        lambda state: state.deliveries and all(d.status == "accepted" for d in state.deliveries)
    )
    return order


async def on_its_way(world: World, **changes: Any) -> Told:
    """Bring an order to where its parcel has left."""
    order = await at_the_warehouse(world, **changes)
    await order.ships()
    await order.becomes("shipped")
    return order


class Case:
    """One after-sale of a test, and everything that can be said to it."""

    def __init__(self, world: World, order: OrderKey, kind: str, *, pace: int = 1, **changes: Any) -> None:
        """Wish for something; nothing has been said yet."""
        self._world = world
        self._mailbox = TemporalMailbox(world.client, queue=world.queue, pace=pace)
        self.word = AfterSale(
            **{
                "id": f"C{next(_numbers)}", "order": order, "kind": AfterSaleKind(kind),
                "status": AfterSaleStatus.REQUESTED, "raw_status": "asked", "line": "1", "quantity": 1,
                "refund_fen": 18800, "modified_at": datetime.now(UTC).replace(microsecond=0), **changes,
            }
        )  # fmt: skip
        self.key = case_key(self.word)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Its workflow."""
        return self._world.client.get_workflow_handle(workflow_id(self.key))

    async def opens(self) -> "Case":
        """The buyer's wish comes in."""
        await self._mailbox.after_sale(self.word)
        return self

    async def says(self, status: str, **changes: Any) -> bool:
        """The platform says something new of it, a minute later."""
        later = {"status": AfterSaleStatus(status), "raw_status": status, **changes}
        at = max(self.word.modified_at + timedelta(minutes=1), await self.own_time())
        self.word = self.word.model_copy(update={"modified_at": at, **later})
        return await self._mailbox.after_sale(self.word)

    async def hears_again(self, word: AfterSale) -> bool:
        """An old word comes once more; False when the case has ended."""
        return await self._mailbox.after_sale(word)

    async def comes_back(self, good: int = 1, damaged: int = 0, *, event_id: str = "") -> bool:
        """The warehouse has looked at what came in."""
        event = ReturnArrived(
            event_id=event_id or f"r{next(_numbers)}", code="", warehouse="HZ01", at=datetime.now(UTC),
            pieces=(InspectedPiece(sku=SKU, good=good, damaged=damaged),),
        )  # fmt: skip
        return await self._mailbox.returned(self.key, event)

    async def warehouse_says(self, says: WarehouseSays, code: str, *boxes: str, why: str = "") -> bool:
        """The warehouse says something of a code it was given."""
        event = WarehouseEvent(
            event_id=f"w{next(_numbers)}", delivery_order=code, says=says, raw=says.upper(), at=datetime.now(UTC),
            why=why, boxes=tuple(ShippedBox(waybill=box, carrier="sf", pieces=()) for box in boxes),
        )  # fmt: skip
        return await self._mailbox.case_delivery(self.key, event)

    async def state(self) -> CaseState:
        """What it remembers now."""
        return CaseState.model_validate(await self.handle.query("state"))

    async def asks(self, update: str, command: Command) -> Done:
        """A person asks something of it; raises WorkflowUpdateFailedError when it is refused."""
        return Done.model_validate(await self.handle.execute_update(update, command))

    async def waits(self, by: timedelta) -> None:
        """Let its own clock run."""
        await self._world.env.fast_forward(self.handle, by)

    async def own_time(self) -> datetime:
        """What time it is for this case."""
        return await self._world.env.get_current_time(self.handle)

    async def until(self, true: Any, *, tries: int = 200) -> CaseState:
        """Wait, in real time, until something is true of it."""
        state = await self.state()
        for _ in range(tries):
            if true(state):
                return state
            await asyncio.sleep(0.03)
            state = await self.state()
        raise AssertionError(f"{self.key} is {state.status}; {state.model_dump(mode='json')}")

    async def becomes(self, status: str) -> CaseState:
        """Wait, in real time, until it is in a status."""
        return await self.until(lambda state: state.status == status)

    async def held(self) -> CaseState:
        """Wait, in real time, until it stands still for a person."""
        return await self.until(lambda state: state.hold is not None)

    async def ends(self) -> CaseState:
        """Let its clock run until it has ended; it may have ended meanwhile."""
        try:
            await self._world.env.fast_forward(self.handle)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        await self.handle.result()
        return await self.state()

"""The demo's staff lift red locks and answer the clock's calls, by name and with a reason, each once."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from temporalio.client import Client

from oms.cli.desk import SUPERVISOR, Desk
from oms.domain.book import OrderBook
from oms.domain.messages import Command, Done
from oms.store import Store
from tests.unit.store_builders import a_change, a_key, a_row


class FakeTemporal:
    """Takes every update and writes it down."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Command]] = []

    def get_workflow_handle(self, workflow: str) -> Any:
        asked = self.asked

        class Handle:
            async def execute_update(self, update: str, message: Command, **_more: Any) -> Done:
                asked.append((workflow, update, message))
                return Done()

        return Handle()

    @property
    def updates(self) -> list[tuple[str, str]]:
        return [(workflow, update) for workflow, update, _ in self.asked]


def a_desk(store: Store) -> tuple[Desk, FakeTemporal]:
    temporal = FakeTemporal()
    return Desk(store, cast("Client", temporal)), temporal


def called(store: Store, number: int, seq: int, what: str) -> None:
    """The clock calls somebody for an order, in a moment."""
    soon = datetime.now(UTC) + timedelta(minutes=1)
    row = a_row(number, seq=seq)
    change = a_change(row, what=what, after="escalated", at=soon, rule="supervisor")
    store.books.commit(OrderBook(row=row, changes=(change,)))


async def test_a_locked_order_is_unlocked_by_a_named_person(store: Store) -> None:
    """No other order is touched."""
    store.books.commit(OrderBook(row=a_row(1, holds=("no_waybill_lock",))))
    store.books.commit(OrderBook(row=a_row(2, holds=("manual",))))
    desk, temporal = a_desk(store)

    await desk.supervise()

    assert temporal.updates == [(a_key(1).workflow_id, "lift_lock")]
    assert temporal.asked[0][2].by == SUPERVISOR
    assert temporal.asked[0][2].why
    assert (desk.lifted, desk.heard) == (1, 0)


async def test_a_call_is_answered_once_and_a_further_one_again(store: Store) -> None:
    """A reminder calls nobody."""
    called(store, 1, 1, "clock.escalate")
    called(store, 2, 1, "clock.remind")
    desk, temporal = a_desk(store)

    await desk.supervise()
    await desk.supervise()
    answered = list(temporal.updates)
    called(store, 1, 2, "clock.escalate_further")
    await desk.supervise()

    assert answered == [(a_key(1).workflow_id, "acknowledge")]
    assert temporal.updates == [*answered, *answered]
    assert desk.heard == 2

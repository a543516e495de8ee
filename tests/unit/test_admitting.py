"""New orders come in as fast as the workers take them up; words about known ones never wait for that."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from oms.admitting import Room
from oms.domain.ids import OrderKey
from oms.domain.messages import Way


class ReadModel:
    """Knows the orders that a test says were written."""

    def __init__(self) -> None:
        """Know none."""
        self.written: set[OrderKey] = set()

    def all_known(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, str]:
        """Return those written."""
        return {key: "known" for key in keys if key in self.written}


def order(number: int) -> OrderKey:
    """An order of one shop."""
    return OrderKey(channel="taobao", shop="flagship", number=str(number))


async def test_no_more_than_so_many_new_orders_are_on_their_way() -> None:
    """The next one comes in when one of them has been written."""
    model = ReadModel()
    room = Room(model, most=2)
    await room.enter(order(1), Way.POLL)
    await room.enter(order(2), Way.SWEEP)

    third = asyncio.create_task(room.enter(order(3), Way.POLL))
    await asyncio.sleep(0.25)
    waited = not third.done()
    model.written.add(order(1))
    await asyncio.wait_for(third, 2)

    assert waited


async def test_an_order_that_a_platform_pushes_waits_for_nobody() -> None:
    """The platform wants an answer within seconds."""
    room = Room(ReadModel(), most=1)
    await room.enter(order(1), Way.POLL)

    entering = asyncio.create_task(room.enter(order(2), Way.WEBHOOK))
    await asyncio.sleep(0.05)

    assert entering.done()


async def test_an_order_that_was_not_begun_after_all_makes_room() -> None:
    """Temporal may have been away."""
    room = Room(ReadModel(), most=1)
    await room.enter(order(1), Way.POLL)

    room.leave(order(1))
    entering = asyncio.create_task(room.enter(order(2), Way.POLL))
    await asyncio.sleep(0.05)

    assert entering.done()


async def test_workers_that_are_away_stop_no_intake(caplog: pytest.LogCaptureFixture) -> None:
    """The orders are durable; they wait in Temporal, and the log says why."""
    room = Room(ReadModel(), most=1, patience_seconds=0.2)
    await room.enter(order(1), Way.POLL)

    await asyncio.wait_for(room.enter(order(2), Way.POLL), 2)

    assert "intake.workers_away" in caplog.text

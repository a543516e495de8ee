"""Who asks an order and gets no answer is told so; who is told to stop asking, stops."""

import asyncio
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError

from oms.cli import commands
from oms.cli.output import Code, Trouble
from oms.domain.messages import ApproveReview
from tests.unit.store_builders import a_key

APPROVE = ApproveReview(by="lin", why="confirmed by phone")


class SilentOrder:
    """An order that no worker answers for; like the SDK it says the same of a time-out and of a cancellation."""

    def get_workflow_handle(self, workflow_id: str) -> "SilentOrder":
        return self

    async def execute_update(self, update: str, message: Any, **_: Any) -> Any:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            raise WorkflowUpdateRPCTimeoutOrCancelledError from error


async def ask() -> None:
    await commands.ask(cast("Client", SilentOrder()), a_key(), "approve", APPROVE)


async def test_an_order_that_nobody_answers_for_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a broken program: the words name the order and what to look at."""
    monkeypatch.setattr(commands, "PATIENCE_SECONDS", 0.05)

    with pytest.raises(Trouble, match="no worker answered") as trouble:
        await ask()

    assert trouble.value.code is Code.UNREACHABLE


async def test_who_is_told_to_stop_asking_stops() -> None:
    """A cancellation stays one, although the SDK words it as a time-out."""
    asking = asyncio.create_task(ask())
    await asyncio.sleep(0.05)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert asking.cancelled()

"""A buyer's wish shows at once: the platform's own message brings the after-sale itself, not only its order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from oms.pushes import keep_listening
from tests.channels.test_every_push import CALLED, FETCHED, PATIENCE_S, Ear, an_ear

TELLING = sorted({*CALLED, *FETCHED} - {"woocommerce"})
"""Every marketplace whose platform tells us anything; JD's tells nothing."""


@asynccontextmanager
async def listening(name: str, folder: Path) -> AsyncIterator[Ear]:
    """Hear one platform, whichever way it tells."""
    async with an_ear(name, folder) as ear:
        task = asyncio.create_task(keep_listening({ear.place.shop.key: ear.place.channel}, ear.pushes))
        yield ear
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(ear: Ear, true: Callable[[], bool]) -> None:
    """Wait for something to be heard."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            ear.mailbox.came.clear()
            await ear.mailbox.came.wait()


@pytest.mark.parametrize("name", TELLING)
async def test_a_wish_and_its_end_are_heard_without_any_poll(name: str, tmp_path: Path) -> None:
    """Opened, then refused: both reach the case's workflow, beside the order."""
    async with listening(name, tmp_path) as ear:
        market: Any = ear.place.market
        order = ear.place.order()
        await ear.mailbox.hears_of(order.number)
        case = market.wish(order, "refund_only", 100, "不想要了", order.lines[0].id)
        await until(ear, lambda: bool(ear.mailbox.cases))
        market.settle(case, "refunded")
        await until(ear, lambda: ear.mailbox.cases[-1].status == "refunded")

        heard = [(each.id, each.status, each.refund_fen) for each in ear.mailbox.cases]

        assert heard == [(case.id, "requested", 100), (case.id, "refunded", 100)]
        assert ear.store.inbox.parked() == ()

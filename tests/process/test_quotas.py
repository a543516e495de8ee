"""A platform's quota is the rate of its channel's queue; what its orders ask of it waits there, and nobody else does."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType

from activities.channels import ChannelActivities
from activities.notices import NoticeActivities
from activities.untold import Untold
from oms.channels import CHANNELS, LIMITED
from oms.domain.errands import PollShop
from oms.intake import Intake
from oms.polling import Polling
from oms.running import QUOTAS
from oms.temporal.client import channel_queue
from oms.temporal.mailbox import TemporalMailbox
from oms.temporal.worker import build_worker
from tests.process.conftest import World
from tests.process.orders import SHOP, Told, a_snapshot
from workflows.poll import PollShopWorkflow

A_SECOND, POLLS = 3, 12
AT_LEAST_S = 2.0
"""Twelve at three a second, the first second's three at once."""


def shops_of(world: World) -> ChannelActivities:
    """The activities that a channel's queue serves."""
    channels, clock = {SHOP: world.channel}, lambda: datetime.now(UTC)
    intake = Intake(world.store, TemporalMailbox(world.client, queue=world.queue), channels, clock)
    untold = Untold(NoticeActivities(world.people, world.store), world.store)
    return ChannelActivities(channels, Polling(world.store, intake, channels, clock), world.store, untold)


def test_every_platform_with_a_quota_has_it_on_its_queue() -> None:
    """What the connector declares is what the worker keeps to."""
    rates = {name: QUOTAS[channel_queue(name)] for name in CHANNELS}

    assert {name for name, rate in rates.items() if rate is not None} == LIMITED
    assert rates["jd"] == CHANNELS["jd"].properties.calls_per_second


async def test_a_queue_starts_no_more_than_its_quota_a_second(world: World) -> None:
    """However many polls are due at once."""
    shops = shops_of(world)
    began = time.monotonic()
    async with build_worker(
        world.client, world.store, queue=channel_queue(SHOP.channel), workflows=[], activities=[shops.poll],
        cached_workflows=0, a_second=A_SECOND, grace=timedelta(seconds=1),
    ):  # fmt: skip
        polls = [
            world.client.execute_workflow(
                PollShopWorkflow.run, PollShop(shop=SHOP), id=f"poll:quota:{n}", task_queue=world.queue
            )
            for n in range(POLLS)
        ]
        done = await asyncio.gather(*polls)

    assert [answer.outcome for answer in done] == ["done"] * POLLS
    assert time.monotonic() - began > AT_LEAST_S


async def test_an_order_of_such_a_platform_writes_back_on_the_channel_s_queue(world: World) -> None:
    """So that write-backs count against the quota; everything else stays on the order's own queue."""
    mailbox = TemporalMailbox(world.client, queue=world.queue, limited={SHOP.channel})
    order = Told(world.env, mailbox, world.store, a_snapshot())
    async with build_worker(
        world.client, world.store, queue=channel_queue(SHOP.channel), workflows=[],
        activities=[shops_of(world).write_back], cached_workflows=0, grace=timedelta(seconds=1),
    ):  # fmt: skip
        await order.arrives()
        await order.becomes("released")
        await order.ships()
        await order.until(lambda state: state.parcels and state.parcels[0].written_back)

    queues = {
        event.activity_task_scheduled_event_attributes.activity_type.name: (
            event.activity_task_scheduled_event_attributes.task_queue.name
        )
        async for event in order.handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    }
    assert queues == {"warehouse.release": world.queue, "channels.write_back": channel_queue(SHOP.channel)}

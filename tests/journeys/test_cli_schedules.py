"""Schedules on a real server follow the settings, and respect what people did to them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
)
from temporalio.testing import WorkflowEnvironment

from oms.settings import Settings
from oms.stack.blueprint import temporal_binary
from oms.temporal.attributes import ALL
from oms.temporal.client import converter
from oms.temporal.schedules import Verb, apply, existing, plan, wanted
from tests.unit.command_line import configured

POLL, SWEEP, WATCH = "poll:woocommerce:main", "sweep:woocommerce:main", "watch-parcels"
INTERFACES = "watch-interfaces"
REPORT = "report:violations"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One shop, polled every quarter of an hour."""
    return Settings.from_environ(configured(tmp_path))


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    """A server of our own, whose payloads are encrypted."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_binary(), search_attributes=list(ALL),
        data_converter=converter(settings.payload_keys),
    ) as environment:  # fmt: skip
        yield environment.client


async def test_schedules_follow_the_settings(client: Client, settings: Settings) -> None:
    """Applied once they are there; applied again nothing changes; other people's are not ours."""
    stranger = Schedule(
        action=ScheduleActionStartWorkflow("Other", id="other", task_queue="other"),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=9))]),
    )
    await client.create_schedule("other", stranger)
    ours = wanted(settings)

    first = await plan(client, ours)
    await apply(client, first)
    second = await plan(client, ours)

    assert [(step.verb, step.id) for step in first] == [
        (Verb.CREATE, POLL),
        (Verb.CREATE, REPORT),
        (Verb.CREATE, SWEEP),
        (Verb.CREATE, INTERFACES),
        (Verb.CREATE, WATCH),
    ]
    assert {step.verb for step in second} == {Verb.KEEP}
    there = await existing(client, [POLL, SWEEP, REPORT])
    monday = there[REPORT].info.next_action_times[0].astimezone(ZoneInfo("Asia/Shanghai"))
    assert (monday.weekday(), monday.hour, monday.minute) == (0, 8, 0)
    midnight = there[SWEEP].info.next_action_times[0].astimezone(ZoneInfo("Asia/Shanghai"))
    assert (midnight.hour, midnight.minute) == (0, 10)
    assert there[POLL].schedule.policy.catchup_window == timedelta(minutes=30)


async def test_a_paused_schedule_stays_paused_when_it_changes(client: Client, settings: Settings) -> None:
    """The plan says what changes; the note stays; a shop that is gone takes its Schedules along."""
    await apply(client, await plan(client, wanted(settings)))
    await client.get_schedule_handle(POLL).pause(note="the shop moves")
    faster = {POLL: wanted(settings.model_copy(update={"poll_every_seconds": 60}))[POLL]}

    steps = await plan(client, faster)
    await apply(client, steps)

    assert [(step.verb, step.id) for step in steps] == [
        (Verb.CHANGE, POLL),
        (Verb.REMOVE, REPORT),
        (Verb.REMOVE, SWEEP),
        (Verb.REMOVE, INTERFACES),
        (Verb.REMOVE, WATCH),
    ]
    assert "every 0:15:00 → 0:01:00" in steps[0].why
    there = await existing(client, [POLL, SWEEP])
    assert list(there) == [POLL]
    assert there[POLL].schedule.state.paused
    assert there[POLL].schedule.state.note == "the shop moves"


def test_a_pace_shortens_the_interval_but_never_below_a_second(settings: Settings) -> None:
    """And a poll may always take a minute: the next one waits for it."""
    fast = wanted(settings.model_copy(update={"pace": 7200}))[POLL]

    assert fast.spec.intervals[0].every == timedelta(seconds=1)
    assert isinstance(fast.action, ScheduleActionStartWorkflow)
    assert fast.action.execution_timeout == timedelta(seconds=60)


def test_silent_parcels_are_looked_after_every_half_hour(settings: Settings) -> None:
    """As often as a carrier answers for one number; at a demonstration's pace every two seconds at most."""
    usual, fast = wanted(settings)[WATCH], wanted(settings.model_copy(update={"pace": 7200}))[WATCH]

    assert usual.spec.intervals[0].every == timedelta(minutes=30)
    assert fast.spec.intervals[0].every == timedelta(seconds=2)
    assert isinstance(usual.action, ScheduleActionStartWorkflow)
    assert usual.action.execution_timeout == timedelta(minutes=27)


def test_the_outside_world_is_asked_every_five_minutes(settings: Settings) -> None:
    """A round ends before the next is due; at a demonstration's pace it is every two seconds at most."""
    usual, fast = (
        wanted(settings)[INTERFACES],
        wanted(settings.model_copy(update={"pace": 7200}))[INTERFACES],
    )

    assert usual.spec.intervals[0].every == timedelta(minutes=5)
    assert fast.spec.intervals[0].every == timedelta(seconds=2)
    assert isinstance(usual.action, ScheduleActionStartWorkflow)
    assert usual.action.execution_timeout == timedelta(minutes=4, seconds=30)


def test_the_violation_report_comes_on_mondays_or_with_every_divided_week(settings: Settings) -> None:
    """A Monday morning that was missed is made up for; at a demonstration's pace once a minute at most."""
    usual = wanted(settings)[REPORT]
    every = [
        wanted(settings.model_copy(update={"pace": pace}))[REPORT].spec.intervals[0].every
        for pace in (7200, 86_400)
    ]

    assert usual.spec.calendars[0].day_of_week[0].start == 1
    assert usual.policy.catchup_window == timedelta(days=6)
    assert every == [timedelta(seconds=84), timedelta(minutes=1)]

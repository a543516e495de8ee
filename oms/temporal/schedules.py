"""The Schedules a configuration asks for, and the way from those that exist to those."""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleDescription,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from oms.domain.errands import MakeReport, PollShop, SweepShop, WatchInterfaces, WatchParcels
from oms.domain.periods import length_at
from oms.domain.summaries import Words
from oms.settings import Settings, ShopConfig
from oms.temporal import attributes
from oms.temporal.client import ORDERS_QUEUE

PREFIXES = ("watch-parcels", "watch-interfaces", "poll:", "sweep:", "report:")
"""Only Schedules of these names are ours to change or remove."""
WATCH_PARCELS = "watch-parcels"
TIME_ZONE = "Asia/Shanghai"
SWEEP_HOUR, SWEEP_MINUTE = 0, 10
SWEEP_HOURS = 24
SWEEP_TIMEOUT = timedelta(hours=2)
SHORTEST_WATCH = timedelta(seconds=2)
"""At a demonstration's pace, no quicker than it is worth."""
VIOLATION_REPORT = "report:violations"
MONDAY, REPORT_HOUR = 1, 8
REPORT_CATCHUP = timedelta(days=6)
"""A report of last week is worth having until the next one, whatever was down on Monday morning."""
REPORT_TIMEOUT = timedelta(hours=12)
CATCHUP = timedelta(minutes=30)
SHORTEST_INTERVAL = timedelta(seconds=1)
SHORTEST_TIMEOUT = timedelta(seconds=60)
"""However short the interval: what an outage or a busy machine has piled up must be read to its end."""
SHARE_OF_INTERVAL = 0.9
"""A poll ends before the next is due."""
JITTER_FROM = timedelta(minutes=1)
JITTER = timedelta(seconds=20)
PLACES = 1000


@dataclass(frozen=True)
class Round:
    """Something that is looked after again and again; `every` is business time."""

    id: str
    every: timedelta
    workflow: str
    errand: type[WatchParcels] | type[WatchInterfaces]
    words: str


ROUNDS = (
    # Carriers are asked for whole numbers of half hours.
    Round(WATCH_PARCELS, timedelta(minutes=30), "WatchParcelsWorkflow", WatchParcels, "look after parcels that say nothing"),
    Round("watch-interfaces", timedelta(minutes=5), "WatchInterfacesWorkflow", WatchInterfaces, "ask the outside world how it is"),
)  # fmt: skip


class Verb(StrEnum):
    """What applying a configuration does to one Schedule."""

    CREATE = "create"
    CHANGE = "change"
    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True)
class Step:
    """One line of the plan; `schedule` is what it will be, None when it goes."""

    verb: Verb
    id: str
    why: str
    schedule: Schedule | None = None


def wanted(settings: Settings) -> dict[str, Schedule]:
    """Return the Schedules that the settings' shops ask for, by id."""
    schedules: dict[str, Schedule] = {}
    for shop in settings.shops:
        schedules[f"poll:{shop.key}"] = _poll(shop, settings)
        schedules[f"sweep:{shop.key}"] = _sweep(shop, settings)
    schedules |= {each.id: _round(each, settings.pace) for each in ROUNDS}
    schedules[VIOLATION_REPORT] = _violation_report(settings)
    return schedules


def _violation_report(settings: Settings) -> Schedule:
    """Every Monday morning; at a pace, with every slice of time that a week takes."""
    action = ScheduleActionStartWorkflow(
        "ReportWorkflow",
        MakeReport(pace=settings.pace),
        id=VIOLATION_REPORT,
        task_queue=ORDERS_QUEUE,
        execution_timeout=REPORT_TIMEOUT,
        static_summary=Words("the violation report of last week"),
    )
    if settings.pace > 1:
        return _schedule(
            action, ScheduleSpec(intervals=[ScheduleIntervalSpec(every=length_at(settings.pace))])
        )
    on_monday = ScheduleCalendarSpec(
        day_of_week=[ScheduleRange(MONDAY)], hour=[ScheduleRange(REPORT_HOUR)], comment="the week is over"
    )
    spec = ScheduleSpec(calendars=[on_monday], time_zone_name=TIME_ZONE)
    return _schedule(action, spec, REPORT_CATCHUP)


def _round(each: Round, pace: int) -> Schedule:
    every = max(each.every / pace, SHORTEST_WATCH)
    action = ScheduleActionStartWorkflow(
        each.workflow,
        each.errand(pace=pace),
        id=each.id,
        task_queue=ORDERS_QUEUE,
        execution_timeout=max(every * SHARE_OF_INTERVAL, SHORTEST_TIMEOUT),
        static_summary=Words(each.words),
    )
    return _schedule(action, ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]))


def poll_interval(settings: Settings) -> timedelta:
    """Time between two polls of a shop, in real time."""
    return max(timedelta(seconds=settings.poll_every_seconds / settings.pace), SHORTEST_INTERVAL)


def _poll(shop: ShopConfig, settings: Settings) -> Schedule:
    every = poll_interval(settings)
    action = ScheduleActionStartWorkflow(
        "PollShopWorkflow",
        PollShop(shop=shop.key, pace=settings.pace),
        id=f"poll:{shop.key}",
        task_queue=ORDERS_QUEUE,
        execution_timeout=max(every * SHARE_OF_INTERVAL, SHORTEST_TIMEOUT),
        static_summary=Words(f"poll {shop.key}"),
        typed_search_attributes=_attributes(shop),
    )
    jitter = JITTER if every >= JITTER_FROM else None
    interval = ScheduleIntervalSpec(every=every, offset=_place_in(every, shop))
    return _schedule(action, ScheduleSpec(intervals=[interval], jitter=jitter))


def _attributes(shop: ShopConfig) -> TypedSearchAttributes:
    """Let what concerns a shop be found under its name."""
    pairs = {attributes.CHANNEL: shop.key.channel, attributes.SHOP: shop.key.shop}
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in pairs.items()])


def _place_in(every: timedelta, shop: ShopConfig) -> timedelta:
    """Spread the shops over the interval, each always at the same place, so that they do not fire together."""
    share = zlib.crc32(str(shop.key).encode()) % PLACES
    return timedelta(seconds=every // timedelta(seconds=1) * share // PLACES)


def _sweep(shop: ShopConfig, settings: Settings) -> Schedule:
    action = ScheduleActionStartWorkflow(
        "SweepShopWorkflow",
        SweepShop(shop=shop.key, hours=SWEEP_HOURS, pace=settings.pace),
        id=f"sweep:{shop.key}",
        task_queue=ORDERS_QUEUE,
        execution_timeout=SWEEP_TIMEOUT,
        static_summary=Words(f"sweep {shop.key}: is anything missing?"),
        typed_search_attributes=_attributes(shop),
    )
    at_ten_past_midnight = ScheduleCalendarSpec(
        hour=[ScheduleRange(SWEEP_HOUR)], minute=[ScheduleRange(SWEEP_MINUTE)], comment="after the day's end"
    )
    return _schedule(action, ScheduleSpec(calendars=[at_ten_past_midnight], time_zone_name=TIME_ZONE))


def _schedule(
    action: ScheduleActionStartWorkflow, spec: ScheduleSpec, catchup: timedelta = CATCHUP
) -> Schedule:
    policy = SchedulePolicy(
        overlap=ScheduleOverlapPolicy.SKIP, catchup_window=catchup, pause_on_failure=False
    )
    return Schedule(action=action, spec=spec, policy=policy)


async def existing(client: Client, expected: Iterable[str] = ()) -> dict[str, ScheduleDescription]:
    """Describe our Schedules on the server, by id.

    The server's list lags behind; those that are `expected` are asked for by name as well.
    """
    names = {listed.id async for listed in await client.list_schedules() if listed.id.startswith(PREFIXES)}
    found: dict[str, ScheduleDescription] = {}
    for name in sorted(names | set(expected)):
        try:
            found[name] = await client.get_schedule_handle(name).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
    return found


async def plan(client: Client, ours: Mapping[str, Schedule]) -> list[Step]:
    """Say what has to be done so that the server has exactly these Schedules, and why."""
    there = await existing(client, ours)
    steps = [Step(Verb.CREATE, name, "new in the settings", ours[name]) for name in ours if name not in there]
    for name, description in there.items():
        schedule = ours.get(name)
        if schedule is None:
            steps.append(Step(Verb.REMOVE, name, "the settings have no such shop any more"))
        elif why := _differences(await traits(client, description.schedule), await traits(client, schedule)):
            steps.append(Step(Verb.CHANGE, name, why, schedule))
        else:
            steps.append(Step(Verb.KEEP, name, "as the settings say", schedule))
    return sorted(steps, key=lambda step: step.id)


async def apply(client: Client, steps: Sequence[Step]) -> None:
    """Do what the plan says; a paused Schedule stays paused, and its note stays."""
    for step in steps:
        handle = client.get_schedule_handle(step.id)
        match step.verb:
            case Verb.CREATE if step.schedule:
                await client.create_schedule(step.id, step.schedule)
            case Verb.CHANGE if step.schedule:
                await handle.update(_keeping_its_state(step.schedule))
            case Verb.REMOVE:
                await handle.delete()
            case _:
                pass


def _keeping_its_state(schedule: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    return lambda now: ScheduleUpdate(schedule=replace(schedule, state=now.description.schedule.state))


async def traits(client: Client, schedule: Schedule) -> dict[str, str]:
    """Name what matters of a Schedule, in words, whether it comes from the server or from us."""
    action, spec = schedule.action, schedule.spec
    if not isinstance(action, ScheduleActionStartWorkflow):
        return {"action": type(action).__name__}
    times = [f"{c.hour[0].start:02d}:{c.minute[0].start:02d}" for c in spec.calendars if c.hour and c.minute]
    return {
        "every": ", ".join(str(interval.every) for interval in spec.intervals),
        "offset": ", ".join(str(interval.offset or timedelta(0)) for interval in spec.intervals),
        "at": ", ".join(times),
        "on": ", ".join(_days(calendar) for calendar in spec.calendars),
        "time zone": spec.time_zone_name or "UTC",
        "jitter": str(spec.jitter or timedelta(0)),
        "overlap": schedule.policy.overlap.name,
        "catch-up": str(schedule.policy.catchup_window),
        "workflow": str(action.workflow),
        "queue": action.task_queue,
        "timeout": str(action.execution_timeout),
        "found by": ", ".join(f"{pair.key.name} {pair.value}" for pair in action.typed_search_attributes),
        "argument": await _argument(client, action),
    }


def _days(calendar: ScheduleCalendarSpec) -> str:
    """Name the days of the week, Sunday is 0."""
    return " ".join(f"{days.start}-{max(days.start, days.end)}" for days in calendar.day_of_week)


async def _argument(client: Client, action: ScheduleActionStartWorkflow) -> str:
    converter = client.data_converter
    payloads = [a for a in action.args if hasattr(a, "metadata")] or await converter.encode(action.args)
    values = await converter.decode(payloads)
    return str(sorted(values[0].items())) if values and isinstance(values[0], dict) else str(values)


def _differences(there: Mapping[str, str], ours: Mapping[str, str]) -> str:
    changed = [f"{name} {there.get(name)} → {ours[name]}" for name in ours if there.get(name) != ours[name]]
    return "; ".join(changed)

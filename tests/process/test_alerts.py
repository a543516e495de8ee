"""One alert a condition: told, called further, acknowledged, raised, over, whatever is down."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from oms.domain.alerting import AlertStage
from oms.domain.alerts import AlertKind
from tests.process.alert_rota import Duty, a_condition, a_person, a_rota, on_duty
from tests.unit.store_builders import a_book

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def duty(
    env: WorkflowEnvironment, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Duty]:
    """Lin, Wang and Zhao, and a worker."""
    async with on_duty(env, tmp_path, request.node.name) as standing:
        yield standing


async def test_a_condition_said_again_is_one_alert_told_once(duty: Duty) -> None:
    """Deduplicated by its key, over every way of the person who is first."""
    condition = a_condition("unhealthy:jd/once")

    for _ in range(5):
        await duty.alarms.open(condition)
    state = await duty.until(condition.key, lambda state: state.reported == 5 and state.told)

    assert (state.told, state.stage) == (("lin",), AlertStage.OPEN)
    assert len(duty.robot("lin").heard) == 1
    assert duty.mail("lin").heard == duty.robot("wang").heard == []
    assert [(alert.key, alert.stage) for alert in duty.store.alerts.list()] == [(condition.key, "open")]
    assert len(duty.journal.told) == 1


async def test_nobody_acknowledges_and_the_next_one_is_called(duty: Duty) -> None:
    """Five minutes each when it is red; after the last one it begins with the first again."""
    condition = a_condition("unhealthy:jd/next")
    await duty.alarms.open(condition)
    await duty.until(condition.key, lambda state: state.told)

    tellings = [1]
    for _ in range(3):
        await duty.waits(condition.key, 5 * MINUTE)
        state = await duty.until(condition.key, lambda state: state.tellings > tellings[-1])
        tellings.append(state.tellings)

    assert (tellings, state.told) == ([1, 2, 3, 4], ("lin", "wang", "zhao"))
    assert [len(duty.robot(name).heard) for name in ("lin", "wang", "zhao")] == [2, 1, 1]
    assert "nobody has acknowledged" in duty.robot("wang").titles[0]


async def test_an_acknowledged_alert_calls_nobody_else_and_closes_with_a_summary(duty: Duty) -> None:
    """It stays open until the condition is over; who was told hears how long it lasted and who had it."""
    condition = a_condition("unhealthy:jd/acknowledged")
    await duty.alarms.open(condition)
    await duty.until(condition.key, lambda state: state.told)

    done = await duty.acknowledge(condition.key)
    await duty.waits(condition.key, 60 * MINUTE)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await duty.acknowledge(condition.key, by="wang")
    acknowledged = duty.store.alerts.of(condition.key)[0]
    await duty.alarms.over(condition.key, condition.since + 65 * MINUTE, "it answers again")
    ended = await duty.ended(condition.key)

    assert "nobody else" in done.note
    assert "lin looks after" in str(refused.value.cause)
    assert (acknowledged.stage, acknowledged.acknowledged_by) == ("acknowledged", "lin")
    assert (ended.told, len(duty.robot("lin").heard), duty.robot("wang").heard) == (("lin",), 2, [])
    for words in ("lasted: 1 h 5 min", "acknowledged by: lin", "ended because: it answers again"):
        assert words in duty.robot("lin").heard[-1][1]
    assert duty.store.alerts.of(condition.key)[0].stage == "closed"


@pytest.mark.parametrize(("by", "why"), [("", "on it"), ("lin", " "), ("x" * 81, "on it")])
async def test_nobody_acknowledges_without_a_name_and_a_reason(duty: Duty, by: str, why: str) -> None:
    """Refused before history is written."""
    condition = a_condition(f"unhealthy:jd/nameless{len(by)}{len(why)}")
    await duty.alarms.open(condition)

    with pytest.raises(WorkflowUpdateFailedError):
        await duty.acknowledge(condition.key, by=by, why=why)

    assert (await duty.state(condition.key)).stage is AlertStage.OPEN


async def test_a_graver_word_is_told_anew_to_whom_it_concerns_now(duty: Duty) -> None:
    """A reminder that operations acknowledged becomes red: the supervisor is called."""
    condition = a_condition("order:woocommerce:main:1:sla", severity="warning")
    await duty.alarms.open(condition)
    await duty.until(condition.key, lambda state: state.told)
    await duty.acknowledge(condition.key)

    await duty.alarms.open(
        condition.model_copy(update={"severity": "red", "to": "supervisor", "title": "late"})
    )
    state = await duty.until(condition.key, lambda state: "zhao" in state.told)

    assert state.stage is AlertStage.OPEN
    assert duty.robot("zhao").titles[0].startswith("[RED] graver now")


async def test_a_robot_that_is_down_is_stood_in_for_by_mail_then_by_the_next_person(duty: Duty) -> None:
    """First the person's next way, then the next person; both are seen in its history."""
    first, second = a_condition("unhealthy:jd/robot"), a_condition("unhealthy:jd/person")
    duty.robot("lin").down = True
    await duty.alarms.open(first)
    await duty.until(first.key, lambda state: state.told)

    duty.mail("lin").down = True
    await duty.alarms.open(second)
    state = await duty.until(second.key, lambda state: state.told)

    assert len(duty.mail("lin").heard) == 1
    assert (state.told, len(duty.robot("wang").heard)) == (("wang",), 1)
    assert any(line.what == "not reached" and "lin" in line.who for line in state.lines)


async def test_an_alert_is_not_lost_while_nobody_can_be_reached(duty: Duty) -> None:
    """Everything is down: it stays open, seen at the desk, and is tried until something works."""
    condition = a_condition("unhealthy:jd/all-down")
    ways = [way for ways in duty.ways.values() for way in ways.values()]
    for way in ways:
        way.down = True
    await duty.alarms.open(condition)
    await duty.until(condition.key, lambda state: any(line.what == "not reached" for line in state.lines))
    seen = duty.store.alerts.list(under_way=True)
    for way in ways:
        way.down = False

    await duty.waits(condition.key, 2 * MINUTE)
    state = await duty.until(condition.key, lambda state: state.told)

    assert [alert.key for alert in seen] == [condition.key]
    assert state.told == ("lin",)


async def test_an_order_that_has_its_goods_closes_its_alert_by_itself(duty: Duty) -> None:
    """Nobody says that it is over: the read model shows it."""
    book = a_book(holds=("out_of_stock",), stage="accepted")
    duty.store.books.commit(book)
    order = str(book.row.key)
    condition = a_condition(
        f"order:{order}:out_of_stock", kind=AlertKind.OUT_OF_STOCK, order=order, severity="warning"
    )
    await duty.alarms.open(condition)
    await duty.until(condition.key, lambda state: state.told)
    await duty.waits(condition.key, 2 * MINUTE)
    held = await duty.until(condition.key, lambda state: state.looks > 1)

    duty.store.books.commit(a_book(holds=(), stage="allocated", seq=book.row.seq + 1))
    await duty.waits(condition.key, 5 * MINUTE)
    ended = await duty.ended(condition.key)

    assert held.over is None
    assert ended.over is not None
    assert (ended.over.why, ended.orders) == ("the goods have come", 1)


async def test_an_end_from_before_the_beginning_ends_nothing(duty: Duty) -> None:
    """A late message about the time before."""
    condition = a_condition("unhealthy:jd/late-end")
    await duty.alarms.open(condition)
    await duty.alarms.over(condition.key, condition.since - MINUTE, "long ago")
    await duty.alarms.over("unhealthy:jd/never-opened", condition.since, "nobody knows it")

    state = await duty.until(condition.key, lambda state: state.told)

    assert state.stage is AlertStage.OPEN


async def test_quiet_hours_are_kept_except_for_red(env: WorkflowEnvironment, tmp_path: Path) -> None:
    """A warning at night waits for the end of the quiet hours; a red one wakes the same person."""
    now = datetime.now(UTC)
    since, until = now + timedelta(hours=8, minutes=-1), now + timedelta(hours=10)
    quiet = {"warning": f"{since:%H:%M}-{until:%H:%M}"}
    rota = a_rota(a_person("lin", "all", quiet=quiet), acknowledge_within={"red": 5})
    warning, red = a_condition("unhealthy:jd/quiet", severity="warning"), a_condition("unhealthy:jd/awake")

    async with on_duty(env, tmp_path, "quiet", rota) as duty:
        await duty.alarms.open(warning)
        await duty.alarms.open(red)
        await duty.until(red.key, lambda state: state.told)
        waiting = await duty.until(
            warning.key, lambda state: any(line.what == "waits" for line in state.lines)
        )
        heard_at_night = list(duty.robot("lin").titles)
        await duty.waits(warning.key, timedelta(hours=2, minutes=1))
        await duty.until(warning.key, lambda state: state.told)

    assert waiting.told == ()
    assert len(heard_at_night) == 1
    assert heard_at_night[0].startswith("[RED]")


STORM = 12


async def test_a_storm_becomes_a_digest(env: WorkflowEnvironment, tmp_path: Path) -> None:
    """One notice a minute here: the rest waits for the next, as one digest; each alert knows that it was told."""
    rota = a_rota(a_person("lin", "all"), escalate=False, notices_a_minute=1)
    keys = [f"order:woocommerce:main:{number}:storm" for number in range(STORM)]
    conditions = [
        a_condition(key, kind=AlertKind.OUT_OF_STOCK, severity="warning", shop="woocommerce:main", title=key)
        for key in keys
    ]

    async with on_duty(env, tmp_path, "storm", rota) as duty:
        await asyncio.gather(*(duty.alarms.open(condition) for condition in conditions))
        for key in keys:
            await duty.until(
                key, lambda state: state.told or any(line.what == "waits" for line in state.lines)
            )
        in_the_first_minute = len(duty.robot("lin").heard)
        await asyncio.gather(*(duty.waits(key, 2 * MINUTE) for key in keys))
        for key in keys:
            await duty.until(key, lambda state: state.told)
        heard = duty.robot("lin").heard

    assert in_the_first_minute == 1
    assert 2 <= len(heard) <= 3
    assert sum(how_many(title) for title, _ in heard) == STORM
    assert any("× out of stock, please replenish · woocommerce:main (alert)" in text for _, text in heard)


def how_many(title: str) -> int:
    """Alerts that a notice is about."""
    return int(title.split()[1]) if title.endswith("together") else 1

"""Record alerts: called further and acknowledged, raised while all is down, and one that carries on in a fresh history.

`python -m tests.replay.record_alerts [NAME …]`; as in `tests.replay.record`, nothing recorded is ever overwritten.
"""

from datetime import timedelta

from temporalio.client import WorkflowHistory

from tests.process.alert_rota import Duty, a_condition, on_duty
from tests.replay.recording import SHORT, Recorder

ALERTS = "a1"
"""The edition of the alerts' histories."""
MINUTE = timedelta(minutes=1)


async def an_alert_called_further(duty: Duty) -> list[WorkflowHistory]:
    """Nobody answers, the next one is called, who acknowledges; then it is over."""
    condition = a_condition("unhealthy:jd/recorded")
    await duty.alarms.open(condition)
    await duty.until(condition.key, lambda state: state.told)
    await duty.waits(condition.key, 5 * MINUTE)
    await duty.until(condition.key, lambda state: "wang" in state.told)
    await duty.acknowledge(condition.key, by="wang")
    await duty.alarms.over(condition.key, condition.since + 10 * MINUTE, "it answers again")
    await duty.ended(condition.key)
    return [await duty.handle(condition.key).fetch_history()]


async def an_alert_raised_while_all_is_down(duty: Duty) -> list[WorkflowHistory]:
    """Nobody can be reached; it becomes red; then somebody can."""
    condition = a_condition("order:woocommerce:main:1:recorded", severity="warning")
    ways = [way for ways in duty.ways.values() for way in ways.values()]
    for way in ways:
        way.down = True
    await duty.alarms.open(condition)
    await duty.until(condition.key, lambda state: any(line.what == "not reached" for line in state.lines))
    await duty.alarms.open(condition.model_copy(update={"severity": "red", "to": "supervisor"}))
    for way in ways:
        way.down = False
    await duty.waits(condition.key, 2 * MINUTE)
    await duty.until(condition.key, lambda state: state.told)
    await duty.alarms.over(condition.key, condition.since + 10 * MINUTE, "it was sent")
    await duty.ended(condition.key)
    return [await duty.handle(condition.key).fetch_history()]


async def an_alert_in_fresh_histories(duty: Duty) -> list[WorkflowHistory]:
    """Said again and again: its memory goes from run to run."""
    condition = a_condition("unhealthy:jd/recorded-long")
    await duty.alarms.open(condition)
    first = (await duty.handle(condition.key).describe()).run_id
    for number in range(2, 42):
        await duty.alarms.open(condition)
        await duty.until(condition.key, lambda state, number=number: state.reported >= number)  # type: ignore[misc]  # mypy cannot infer it
    assert (await duty.handle(condition.key).describe()).run_id != first, "no fresh history"
    await duty.alarms.over(condition.key, condition.since + 10 * MINUTE, "it answers again")
    await duty.ended(condition.key)
    last = (await duty.handle(condition.key).describe()).run_id
    handles = [
        duty.env.client.get_workflow_handle(duty.handle(condition.key).id, run_id=run)
        for run in (first, last)
    ]
    return [await handle.fetch_history() for handle in handles]


PATHS = (an_alert_called_further, an_alert_raised_while_all_is_down, an_alert_in_fresh_histories)


if __name__ == "__main__":
    Recorder(ALERTS, PATHS, on_duty, (SHORT,)).main()

"""A rota of three, whose ways remember what came by them, and whatever an alert needs around it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.alerts import AlertActivities
from oms.alerting import RotaOffice
from oms.domain.alerting import AlertState
from oms.domain.alerts import AcknowledgeAlert, AlertKind, Condition
from oms.domain.errors import Unavailable
from oms.domain.messages import Done
from oms.rota import Rota
from oms.store import Store
from oms.store.vault import Vault
from oms.temporal.alarms import TemporalAlarms, alert_id
from oms.temporal.worker import build_worker
from tests.process.fakes import FakeNotices
from workflows.alert import AlertWorkflow


class FakeWay:
    """A way that remembers, until it is broken."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.down = False

    async def send(self, title: str, text: str) -> None:
        if self.down:
            raise Unavailable("it does not answer")
        self.heard.append((title, text))

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.heard]


def a_person(name: str, *roles: str, **more: Any) -> dict[str, Any]:
    """Somebody with a robot and a mailbox."""
    ways = {f"{name.upper()}_ROBOT": "x://", f"{name.upper()}_MAIL": "x://"}
    return {"name": name, "language": "en", "roles": roles, "ways": ways, **more}


PEOPLE = (
    a_person("lin", "operations", "purchasing", "service"),
    a_person("wang", "operations", "service"),
    a_person("zhao", "supervisor", "manager", "all"),
)


def a_rota(*people: dict[str, Any], **more: Any) -> Rota:
    """Lin, then Wang, then Zhao, unless told otherwise."""
    return Rota.model_validate({"people": people or PEOPLE, **more})


def a_condition(key: str = "canary", **changes: Any) -> Condition:
    """Something is wrong."""
    given: dict[str, Any] = {
        "key": key, "kind": AlertKind.CANARY, "severity": "red", "title": "the canary is silent",
        "body": "No canary came back within 30 s.", "since": datetime.now(UTC).replace(microsecond=0),
    }  # fmt: skip
    return Condition.model_validate({**given, **changes})


def ways_of(rota: Rota) -> dict[str, dict[str, FakeWay]]:
    """A fake behind every address."""
    return {person.name: {name: FakeWay() for name in person.ways} for person in rota.people}


@dataclass
class Duty:
    """Everything around the alerts of one test."""

    env: WorkflowEnvironment
    store: Store
    queue: str
    rota: Rota
    ways: dict[str, dict[str, FakeWay]]
    alarms: TemporalAlarms
    journal: FakeNotices = field(default_factory=FakeNotices)

    def robot(self, name: str) -> FakeWay:
        """The first way to somebody."""
        return self.ways[name][f"{name.upper()}_ROBOT"]

    def mail(self, name: str) -> FakeWay:
        """The second way."""
        return self.ways[name][f"{name.upper()}_MAIL"]

    def handle(self, key: str) -> WorkflowHandle[Any, Any]:
        """The alert of a condition."""
        return self.env.client.get_workflow_handle(alert_id(key))

    async def state(self, key: str) -> AlertState:
        """What the alert remembers."""
        return AlertState.model_validate(await self.handle(key).query("state"))

    async def until(self, key: str, true: Callable[[AlertState], object], *, tries: int = 200) -> AlertState:
        """Wait, in real time, until something is true of an alert."""
        for _ in range(tries):
            state = await self.state(key)
            if true(state):
                return state
            await asyncio.sleep(0.05)
        raise AssertionError(f"it never came to that: {state.model_dump_json(indent=1)}")

    async def waits(self, key: str, by: timedelta) -> None:
        """Let an alert's own clock run."""
        await self.env.fast_forward(self.handle(key), by)

    async def acknowledge(self, key: str, by: str = "lin", why: str = "on it") -> Done:
        """Somebody looks after it."""
        wish = AcknowledgeAlert(by=by, why=why)
        return Done.model_validate(await self.handle(key).execute_update("acknowledge", wish))

    async def ended(self, key: str) -> AlertState:
        """The alert as it ended."""
        return AlertState.model_validate(await asyncio.wait_for(self.handle(key).result(), 20))


@asynccontextmanager
async def on_duty(
    env: WorkflowEnvironment, folder: Path, name: str, rota: Rota | None = None
) -> AsyncIterator[Duty]:
    """Serve alerts, with a database of their own; each test names its conditions, for the server is shared."""
    store = Store.open(f"sqlite:///{folder / 'alerts.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    rota, queue = rota or a_rota(), f"alerts-{name[:60]}"
    alarms = TemporalAlarms(env.client, lambda: datetime.now(UTC), queue=queue)
    duty = Duty(env, store, queue, rota, ways_of(rota), alarms)
    alerting = AlertActivities(RotaOffice(rota, duty.ways, store, duty.journal), store)
    async with build_worker(
        env.client, store, queue=queue, workflows=[AlertWorkflow], activities=[alerting.look, alerting.tell],
        cached_workflows=1000, grace=timedelta(seconds=1), sandboxed=True,
    ):  # fmt: skip
        yield duty
    store.close()

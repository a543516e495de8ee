"""What every long workflow of ours stands on: errands beside the main way, its time, its messages, what it shows."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.notices import NoticeActivities
    from activities.requests import TellPeople
    from oms.domain import summaries
    from oms.domain.errors import OmsError
    from oms.domain.handover import Notice
    from oms.domain.summaries import Words
    from oms.temporal import attributes
from workflows.policies import OUTSIDE


class Remembers(Protocol):
    """A workflow's memory, as far as a message that makes no sense is concerned."""

    set_aside: tuple[str, ...]

    def note(self, at: datetime, what: str, *, actor: str = ..., why: str = ...) -> None:
        """Write one line of its history."""


class Ground:
    """Errands and the workflow's own time; whoever stands on it knows how to `wait`."""

    def __init__(self) -> None:
        """Nothing runs, and nothing has failed."""
        self._fault: BaseException | None = None
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def now(self) -> datetime:
        """The workflow's own time, the same on every replay."""
        return workflow.now()

    def run_aside(self, errand: Any, name: str) -> None:
        """Do something beside the main way; the workflow does not end before it is done."""
        task = asyncio.create_task(errand, name=name)
        self._errands.add(task)
        task.add_done_callback(self._errand_done)

    async def tell(self, notice: Notice) -> None:
        """Send a notice to people, for as long as it takes."""
        await workflow.execute_activity_method(
            NoticeActivities.tell, TellPeople(notice=notice), summary=summaries.tell(notice), **OUTSIDE
        )

    def _errand_done(self, task: "asyncio.Task[None]") -> None:
        self._errands.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._fault = task.exception()


async def moved_before(nearest: Callable[[], Any], deadline: Any, summary: Words) -> bool:
    """Wait for a deadline; True when another one took its place before it was due."""
    try:
        await workflow.wait_condition(
            lambda: nearest() != deadline, timeout=deadline.due - workflow.now(), timeout_summary=summary
        )
    except TimeoutError:
        return False
    return True


def let_in(memory: Remembers, what: str, record: Callable[[], Any], **whose: str) -> None:
    """Let a fact in; one that the domain cannot take is set aside and seen, never raised about."""
    try:
        record()
    except (ValueError, ArithmeticError, LookupError, AttributeError, TypeError, OmsError) as error:
        memory.set_aside = (*memory.set_aside, f"{what}: {error}")
        memory.note(workflow.now(), "event.set_aside", actor=what, why=f"{type(error).__name__}: {error}")
        workflow.logger.error("event.set_aside", extra={**whose, "signal": what})


def check(refusal: str) -> None:
    """Refuse an update, before history is written, when there are words against it."""
    if refusal:
        raise ApplicationError(refusal, type="Refused", non_retryable=True)


def updates(before: dict[str, Any], wanted: dict[str, Any]) -> list[SearchAttributeUpdate[Any]]:
    """Return what is to be upserted for the search attributes to be as wanted; None takes one away."""
    keys: dict[str, Any] = {key.name: key for key in attributes.ALL}
    changed = {name: value for name, value in wanted.items() if before.get(name) != value}
    return [
        keys[name].value_unset() if value is None else keys[name].value_set(value)
        for name, value in changed.items()
    ]

"""The yardstick: a workflow with as many outside calls, signals and waits as an order's, that does nothing."""

import asyncio
from datetime import timedelta

from pydantic import BaseModel
from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from bench.outside import said_asked
PATIENCE = timedelta(seconds=30)


class Word(BaseModel):
    """The one tiny model of its messages."""

    text: str = ""


class Errand(BaseModel):
    """Its input: whether the third call is made in place, as ours is, and how long its two waits are (seconds)."""

    in_place: bool
    ship_by: float
    last_wait: float


@activity.defn(name="bare.release")
async def release(word: Word) -> Word:
    """Answer at once, and let the driver know that the warehouse was asked."""
    said_asked(activity.info().workflow_id or "", word.text)
    return word


@activity.defn(name="bare.write_back")
async def write_back(word: Word) -> Word:
    """Answer at once."""
    return word


@activity.defn(name="bare.track")
async def track(word: Word) -> Word:
    """Answer at once."""
    return word


ACTIVITIES = [release, write_back, track]


@workflow.defn(name="BareOrder")
class BareOrder:
    """Three calls, four signals, two waits."""

    @workflow.init
    def __init__(self, errand: Errand) -> None:
        """Nothing has happened."""
        self._paid = self._shipped = self._scanned = self._signed = False

    @workflow.signal
    def snapshot(self, word: Word) -> None:
        """It is paid."""
        self._paid = True

    @workflow.signal
    def shipped(self, word: Word) -> None:
        """It has left."""
        self._shipped = True

    @workflow.signal
    def in_transit(self, word: Word) -> None:
        """The carrier has it."""
        self._scanned = True

    @workflow.signal
    def delivered(self, word: Word) -> None:
        """The buyer has it."""
        self._signed = True

    @workflow.run
    async def run(self, errand: Errand) -> Word:
        """Call, wait, call twice, wait, wait."""
        await workflow.wait_condition(lambda: self._paid)
        await workflow.execute_activity(release, Word(), start_to_close_timeout=PATIENCE)
        await workflow.wait_condition(lambda: self._shipped, timeout=timedelta(seconds=errand.ship_by))
        rest = asyncio.create_task(asyncio.sleep(errand.last_wait))
        await asyncio.gather(
            workflow.execute_activity(write_back, Word(), start_to_close_timeout=PATIENCE),
            workflow.execute_local_activity(track, Word(), start_to_close_timeout=PATIENCE)
            if errand.in_place
            else workflow.execute_activity(track, Word(), start_to_close_timeout=PATIENCE),
        )
        await workflow.wait_condition(lambda: self._scanned)
        await workflow.wait_condition(lambda: self._signed)
        await rest
        return Word()


@workflow.defn(name="BareEars")
class Ears:
    """Counts what it is told; the yardstick for signals."""

    def __init__(self) -> None:
        """Nothing was said."""
        self._heard = 0

    @workflow.signal
    def word(self, word: Word) -> None:
        """Count it."""
        del word
        self._heard += 1

    @workflow.run
    async def run(self) -> None:
        """Listen for ever."""
        await workflow.wait_condition(lambda: False)

"""The writer of the call log: in batches, bounded, and honest about what it dropped."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence

import pytest

from oms.calls import CallLog
from oms.domain.calls import CallMade
from oms.domain.errors import Unavailable
from oms.store import CallQuery, Store
from tests.unit.test_store_calls import a_call


async def until(holds: Callable[[], bool]) -> None:
    """Wait, a few seconds at most, until something is so."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")


async def test_calls_reach_the_database_in_batches(store: Store) -> None:
    """All of them, in their order, by a few transactions and without being asked."""
    written: list[int] = []

    def write(calls: Sequence[CallMade]) -> None:
        written.append(len(calls))
        store.calls.add(calls)

    async with CallLog(write, every_s=0.05) as log:
        for number in range(1_200):
            log.heard(a_call(duration_ms=number))
        await until(lambda: sum(written) == 1_200)
    kept = store.calls.find(CallQuery(), limit=2_000)

    assert [call.call.duration_ms for call in kept] == list(range(1_199, -1, -1))
    assert len(written) <= 5


async def test_what_waits_is_written_at_the_end(store: Store) -> None:
    """A process that ends leaves no call behind."""
    async with CallLog(store.calls.add, every_s=3_600) as log:
        log.heard(a_call())

    assert len(store.calls.find(CallQuery())) == 1


async def test_a_database_that_is_away_for_a_while_costs_no_call() -> None:
    """What could not be written waits, and is written once."""
    written: list[CallMade] = []
    away = threading.Event()
    away.set()
    tried = threading.Event()

    def write(calls: Sequence[CallMade]) -> None:
        tried.set()
        if away.is_set():
            raise Unavailable("the database")
        written.extend(calls)

    async with CallLog(write, every_s=0.01) as log:
        for number in range(700):
            log.heard(a_call(duration_ms=number))
        await until(tried.is_set)
        away.clear()
        await until(lambda: len(written) >= 700)

    assert [call.duration_ms for call in written] == list(range(700))


async def test_what_finds_no_room_is_counted_and_said(caplog: pytest.LogCaptureFixture) -> None:
    """Once for many, and not in silence."""

    def write(_calls: Sequence[CallMade]) -> None:
        raise Unavailable("the database")

    with caplog.at_level(logging.WARNING):
        async with CallLog(write, room=10, every_s=0.01) as log:
            for _ in range(25):
                log.heard(a_call())
            await until(lambda: "calls.dropped" in caplog.text)
            for _ in range(5):
                log.heard(a_call())
            await asyncio.sleep(0.1)
            said_before_the_end = caplog.text.count("calls.dropped")

    dropped = [record.__dict__["calls"] for record in caplog.records if record.message == "calls.dropped"]
    assert said_before_the_end == 1
    assert sum(dropped) == 30


async def test_a_batch_that_cannot_be_written_does_not_stop_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A mistake of ours costs a batch, is said, and ends there."""
    written: list[CallMade] = []

    def write(calls: Sequence[CallMade]) -> None:
        if calls[0].system == "broken":
            raise ValueError("a mistake")
        written.extend(calls)

    async with CallLog(write, every_s=0.01) as log:
        log.heard(a_call(system="broken"))
        await until(lambda: "calls.not_written" in caplog.text)
        log.heard(a_call())
        await until(lambda: len(written) == 1)

    assert written[0].system == "taobao"

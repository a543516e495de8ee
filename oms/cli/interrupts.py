"""Ctrl-C and its like: the first asks for an orderly end, the second ends everything at once."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from oms.cli.output import Code

Answer = TypeVar("Answer")
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """A person or the system asked us to end; everything has been stopped in good order."""


def run_until_interrupted(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run the work. Raises Interrupted when a signal ended it."""
    return asyncio.run(_run(work))


async def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    asked: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        asked.append(number)
        if len(asked) > 1:
            os._exit(Code.INTERRUPTED)  # the children are bound to our life
        task.cancel()

    for number in ENDING:
        loop.add_signal_handler(number, end, number)
    try:
        return await task
    except asyncio.CancelledError:
        raise Interrupted from None
    finally:
        for number in ENDING:
            loop.remove_signal_handler(number)

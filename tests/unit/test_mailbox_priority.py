"""Orders that we found ourselves let those that a platform told us of go first, if so configured."""

from typing import Any, cast

import pytest
from temporalio.client import Client

from oms.domain.messages import Way
from oms.temporal.mailbox import TemporalMailbox
from tests.unit.domain_orders import a_snapshot, arrival


class Starts:
    """A client that remembers with which priority workflows were started."""

    def __init__(self) -> None:
        self.priorities: list[tuple[int | None, str | None]] = []

    async def start_workflow(self, *_names: Any, priority: Any, **_options: Any) -> None:
        self.priorities.append((priority.priority_key, priority.fairness_key))


async def begun(way: Way, found_priority: int) -> tuple[int | None, str | None]:
    """Begin an order that came this way; return its priority and whose turn it takes."""
    client = Starts()
    mailbox = TemporalMailbox(cast("Client", client), found_priority=found_priority)
    await mailbox.begin(arrival(a_snapshot()).model_copy(update={"way": way}))
    return client.priorities[0]


@pytest.mark.parametrize(
    ("way", "found_priority", "priority"),
    [
        (Way.POLL, 4, 4),
        (Way.SWEEP, 5, 5),
        (Way.WEBHOOK, 4, None),
        (Way.RESYNC, 4, None),
        (Way.POLL, 3, None),
    ],
)
async def test_what_a_poll_finds_comes_after_what_was_pushed(
    way: Way, found_priority: int, priority: int | None
) -> None:
    """None is the server's usual one, 3; shops take turns in any case."""
    given, shop = await begun(way, found_priority)

    assert given == priority
    assert shop == str(a_snapshot().key.shop_key)

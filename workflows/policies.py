"""Every patience of every workflow, by name: no time-out and no retry figure stands anywhere else."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType


class LocalPatience(TypedDict, total=False):
    """How long a local activity is waited for and asked again."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


class Patience(LocalPatience, total=False):
    """How long an activity is waited for and asked again, and what calling it back means."""

    heartbeat_timeout: timedelta
    cancellation_type: ActivityCancellationType


BOOKS = LocalPatience(
    start_to_close_timeout=timedelta(seconds=20),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)
    ),
)
"""Our own database: it may be away for hours; the order waits and never fails for it."""

OUTSIDE = Patience(
    start_to_close_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)),
    cancellation_type=ActivityCancellationType.TRY_CANCEL,
)
"""Warehouses, shops, carriers: asked again for as long as it takes, unless they say that it makes no sense."""

HANDING_OVER = Patience(
    start_to_close_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)),
    cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
)
"""A push that is called back is waited for: a recall sent before it ended could overtake it."""

QUICK = LocalPatience(
    start_to_close_timeout=timedelta(seconds=3),
    retry_policy=RetryPolicy(maximum_attempts=1),
)
"""One quick try in place, before the patient one."""

POLL = Patience(
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(maximum_attempts=1),
)
"""One poll is one attempt: the next one comes by schedule, and failures are counted in the open."""

SWEEP = Patience(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=30), maximum_attempts=5),
)
"""A sweep must get through: it is the proof that nothing is missing."""

RELAY = Patience(
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)),
)
"""A turn ends by itself after five minutes; a worker that died under it is noticed within seconds, for events wait."""

CLEAR_EVENTS = Patience(
    start_to_close_timeout=timedelta(minutes=2),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=10), maximum_attempts=3),
)
"""Clearing away can wait: whatever is left is cleared the next time."""

LOOK_AGAIN = timedelta(minutes=10)
"""How often a stopped relay looks by itself whether it was resumed, should nobody have been able to tell it."""

WATCH = Patience(
    start_to_close_timeout=timedelta(minutes=20),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(maximum_attempts=1),
)
"""One round over the silent parcels is one attempt: the next one comes by schedule, and what was asked rests."""

SPREAD = Patience(
    start_to_close_timeout=timedelta(hours=2),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=5)),
)
"""Every order in flight must hear of new rules; a worker that takes over goes on at the page where the other stopped."""

SETTLE = timedelta(seconds=15)
"""After new rules begin: an order that was judged a moment before must stand in the read model when it is looked for."""

REPORT = Patience(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10)),
)
"""A report is read whenever it comes: the database may be away for hours, and a full disk be cleared."""

ALERT_BOOKS = LocalPatience(
    start_to_close_timeout=timedelta(seconds=20),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)),
)
"""An alert is written down before anybody is told; with the database away there is nobody to tell it from."""

TELL_ALERT = Patience(
    start_to_close_timeout=timedelta(minutes=5),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
)
"""Several people may be tried one after the other, each by several ways that hang; an answer always says when next."""

LOOK = Patience(
    start_to_close_timeout=timedelta(minutes=4),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_attempts=3),
)
"""A round over the outside interfaces ends before the next is due; every probe of it has a patience of its own."""

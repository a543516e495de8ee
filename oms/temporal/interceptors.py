"""Between Temporal and our activities: write the book first, name the errand, say errors in Temporal's words."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from oms.calls import for_order
from oms.domain.book import CarriesBook
from oms.domain.errors import OmsError, Unavailable
from oms.domain.ids import OrderKey
from oms.store import Store

PARTS = ("order", "parcel", "delivery", "wish", "case")
"""Where a request that names no order itself may hold what does."""


class HouseRules(Interceptor):
    """One interceptor for every activity of ours."""

    def __init__(self, store: Store) -> None:
        """Take the store that holds the books."""
        self._store = store

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        """Wrap one activity."""
        return _WrittenBeforeDone(next, self._store)


class _WrittenBeforeDone(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, store: Store) -> None:
        super().__init__(inner)
        self._store = store

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        """Commit the request's book, run the activity for its order, translate what goes wrong."""
        try:
            request = input.args[0] if input.args else None
            if isinstance(request, CarriesBook) and request.book is not None:
                await asyncio.to_thread(self._store.books.commit, request.book)
            with for_order(order_of(request), activity.info().attempt):
                return await super().execute_activity(input)
        except OmsError as error:
            raise in_temporal_words(error) from error


def order_of(request: object) -> str:
    """Return the key of the order that a request is about; empty when it is about none."""
    if isinstance(request, CarriesBook) and request.book is not None:
        return str(request.book.row.key)
    for held in (request, *(getattr(request, part, None) for part in PARTS)):
        order = getattr(held, "order", None)
        if isinstance(order, OrderKey):
            return str(order)
    return ""


def in_temporal_words(error: OmsError) -> ApplicationError:
    """Translate: what may be asked again is retried, with their own wait; the rest is not."""
    kind = type(error).__name__
    if isinstance(error, Unavailable):
        wait = timedelta(seconds=error.retry_after) if error.retry_after else None
        return ApplicationError(str(error), type=kind, next_retry_delay=wait)
    return ApplicationError(str(error), type=kind, non_retryable=True)

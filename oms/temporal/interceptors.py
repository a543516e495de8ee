"""Between Temporal and our activities: write the book first, and say errors in Temporal's words."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from oms.domain.book import CarriesBook
from oms.domain.errors import OmsError, Unavailable
from oms.store import Store


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
        """Commit the request's book, run the activity, translate what goes wrong."""
        try:
            request = input.args[0] if input.args else None
            if isinstance(request, CarriesBook) and request.book is not None:
                await asyncio.to_thread(self._store.books.commit, request.book)
            return await super().execute_activity(input)
        except OmsError as error:
            raise in_temporal_words(error) from error


def in_temporal_words(error: OmsError) -> ApplicationError:
    """Translate: what may be asked again is retried, with their own wait; the rest is not."""
    kind = type(error).__name__
    if isinstance(error, Unavailable):
        wait = timedelta(seconds=error.retry_after) if error.retry_after else None
        return ApplicationError(str(error), type=kind, next_retry_delay=wait)
    return ApplicationError(str(error), type=kind, non_retryable=True)

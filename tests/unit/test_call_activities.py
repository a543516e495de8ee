"""Pruning as the watch asks for it, and the order that an activity's calls are for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.calls import CallActivities
from activities.requests import CarrierErrand, ReserveStock
from oms.calls.calling import ERRAND, Errand
from oms.domain.calls import CallsPruned, PruneCalls
from oms.domain.errands import PollShop
from oms.store import CallQuery, Store
from oms.temporal.interceptors import HouseRules, order_of
from tests.unit.store_builders import SHOP, a_book, a_key
from tests.unit.test_store_calls import a_call

DAY = timedelta(days=1)


class Looking(ActivityInboundInterceptor):
    """Sees for which errand the calls of an activity would be."""

    def __init__(self) -> None:
        self.seen: list[Errand] = []

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        self.seen.append(ERRAND.get())


async def test_calls_are_kept_for_their_time_and_then_forgotten(store: Store) -> None:
    """However many there are, in batches; what is younger stays."""
    now = datetime.now(UTC)
    store.calls.add([a_call(at=now - 31 * DAY)] * 2_500 + [a_call(at=now - 29 * DAY)])
    calls = CallActivities(store, keep=30 * DAY)

    done = await ActivityEnvironment().run(calls.prune, PruneCalls())

    assert done == CallsPruned(pruned=2_500)
    assert len(store.calls.find(CallQuery(), 10)) == 1


async def test_an_activity_s_calls_are_for_its_order_and_attempt(store: Store) -> None:
    """The second attempt to recycle a waybill of an order; afterwards, nobody's."""
    inner, environment = Looking(), ActivityEnvironment()
    environment.info = replace(environment.info, attempt=2)
    request = CarrierErrand(order=a_key(7), waybill="SF1", carrier="sf")
    asked = ExecuteActivityInput(fn=activity.info, args=[request], executor=None, headers={})

    await environment.run(HouseRules(store).intercept_activity(inner).execute_activity, asked)

    assert inner.seen == [Errand(str(a_key(7)), 2)]
    assert ERRAND.get() == Errand()


def test_the_order_of_a_request_is_found_where_it_stands() -> None:
    """By its book, by its own field; a poll is for none."""
    book = a_book(8)
    by_book = ReserveStock(book=book, order=a_key(8), pieces=())

    assert order_of(by_book) == str(a_key(8))
    assert order_of(CarrierErrand(order=a_key(9), waybill="SF1", carrier="sf")) == str(a_key(9))
    assert order_of(PollShop(shop=SHOP)) == ""
    assert order_of(None) == ""

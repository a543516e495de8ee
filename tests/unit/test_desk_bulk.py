"""The same request to many orders: a preview, each asked once whoever dies on the way, a result per order."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.bulk import SILENCE, Bulk
from oms.domain.book import OrderBook
from oms.domain.desk_requests import Ask, command
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.roles import Role
from oms.ports.asking import Declined, NotRunning
from oms.store.bulk_jobs import BulkJob, Chosen, Fate
from oms.temporal.asking import the_order
from tests.unit.asking_world import RememberingOrders, happens
from tests.unit.intake_world import a_key, a_store, an_order
from tests.unit.web_world import WebWorld

JOB = "ab" * 16
Form = dict[str, str | list[str]]
STOOD = "allocated|high_value"


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store, asking=RememberingOrders(store=store))
    store.close()


@pytest.fixture
def orders(world: WebWorld) -> RememberingOrders:
    assert isinstance(world.asking, RememberingOrders)
    return world.asking


def in_review(world: WebWorld, *numbers: str, holds: tuple[str, ...] = ("high_value",)) -> list[OrderKey]:
    """Orders that wait for customer service."""
    keys = [world.the_order_stands_at("allocated", number) for number in numbers]
    for key in keys:
        view = world.store.orders.get(key)
        assert view is not None
        row = view.row.model_copy(update={"seq": 2, "holds": holds})
        world.store.books.commit(OrderBook(row=row))
    return keys


def a_bulk(world: WebWorld, name: str = "one") -> Bulk:
    return Bulk(world.store, world.asking, world.intake.resync, name)


def a_job(world: WebWorld, keys: list[OrderKey], ask: Ask = Ask.APPROVE) -> None:
    job = BulkJob(id=JOB, by="lin", ask=ask, why="confirmed", made_at=datetime.now(UTC))
    world.store.bulk_jobs.open(job, [Chosen(key, STOOD) for key in keys])


def fates(world: WebWorld) -> list[Fate]:
    return [item.fate for item in world.store.bulk_jobs.items(JOB)]


async def test_the_preview_says_what_each_would_do_now_and_asks_nobody(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Refusals are foreseen; what is no order is left out and counted."""
    keys = in_review(world, "1", "2")
    locked = in_review(world, "3", holds=("high_value", "no_waybill_lock"))
    form: Form = {"ask": "approve", "key": [*map(str, keys + locked), "woocommerce:main:404", "<b>"]}

    answer = await world.post("/desk/bulk/preview", form)

    assert "3 orders chosen" in answer.text
    assert answer.text.count("nothing speaks against it") == 2
    assert "A red lock stops everything" in answer.text
    assert "2 of the chosen are left out" in answer.text
    assert "<b>" not in answer.text
    assert not orders.calls


async def test_a_selection_is_asked_one_by_one_and_each_answer_is_kept(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Done, refused in its own words, not there any more: a result per order on the page of the job."""
    keys = in_review(world, "1", "2", "3")
    orders.answers |= {str(keys[1]): Declined(why="order 2 is locked <b>"), str(keys[2]): NotRunning()}
    form: Form = {
        "job": JOB,
        "ask": "approve",
        "why": "confirmed",
        "chosen": [f"{key} {STOOD}" for key in keys],
    }

    begun = await world.post("/desk/bulk", form)
    waiting = await world.get(begun.headers["location"])
    await a_bulk(world).work_once()
    ended = await world.get(begun.headers["location"])

    assert begun.status_code == 303
    assert "waits its turn: 3" in waiting.text
    assert fates(world) == [Fate.DONE, Fate.REFUSED, Fate.GONE]
    for shown in ("All have answered.", "done as asked", "order 2 is locked &lt;b&gt;", "not there any more"):
        assert shown in ended.text
    assert [act.what for act in world.store.acts.of(f"bulk:{JOB}")] == ["bulk.started"]


async def test_a_reload_in_the_middle_shows_the_same_job_and_asks_nobody_again(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """The form sent twice is one job, also when it has ended."""
    keys = in_review(world, "1")
    form: Form = {"job": JOB, "ask": "approve", "why": "x", "chosen": [f"{keys[0]} {STOOD}"]}

    first = await world.post("/desk/bulk", form)
    await a_bulk(world).work_once()
    again = await world.post("/desk/bulk", form)
    more = await a_bulk(world).work_once()

    assert first.headers["location"] == again.headers["location"]
    assert more is False
    assert len(orders.asked) == 1


async def test_what_a_dead_process_left_is_taken_over_and_nothing_is_done_twice(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """One order had answered and not been written down; it is not asked again, the others are."""
    keys = in_review(world, "1", "2", "3")
    a_job(world, keys)
    jobs = world.store.bulk_jobs
    assert jobs.take("dead", SILENCE) is not None
    jobs.begin(JOB, keys[0], "dead")
    happens(world.store, keys[0], "approve", "lin", "confirmed")

    too_early = await a_bulk(world, "two").work_once()
    _let_time_pass(world, SILENCE + timedelta(seconds=1))
    await a_bulk(world, "two").work_once()

    assert too_early is False
    assert fates(world) == [Fate.DONE, Fate.DONE, Fate.DONE]
    assert sorted(asked[0].name for asked in orders.asked) == [str(keys[1]), str(keys[2])]


def _let_time_pass(world: WebWorld, by: timedelta) -> None:
    clock = world.store.database.clock
    world.store.database.clock = lambda: clock() + by


async def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_name(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """The order did it, its shadow does not show it yet: Temporal gives the same answer again."""
    keys = in_review(world, "1")
    a_job(world, keys)
    orders.store = None
    world.store.bulk_jobs.take("dead", SILENCE)
    world.store.bulk_jobs.begin(JOB, keys[0], "dead")
    await _asked_by_the_dead(orders, keys[0])

    _let_time_pass(world, SILENCE + timedelta(seconds=1))
    await a_bulk(world, "two").work_once()

    assert fates(world) == [Fate.DONE]
    assert len(orders.asked) == 1


async def _asked_by_the_dead(orders: RememberingOrders, key: OrderKey) -> None:
    message = command(Ask.APPROVE, "lin", "confirmed")
    await orders.ask(the_order(key), Ask.APPROVE, message, once=f"bulk:{JOB}")


async def test_without_temporal_the_job_waits_says_so_and_goes_on_by_itself(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """No order is lost and none is asked twice."""
    a_job(world, in_review(world, "1", "2"))
    orders.fails = Unavailable("no worker answered")

    went_on = await a_bulk(world).work_once()
    page = await world.get(f"/desk/bulk/{JOB}")
    orders.fails = None
    await a_bulk(world).work_once()

    assert went_on is False
    assert "no worker answered" in page.text
    assert "nothing is asked twice" in page.text
    assert fates(world) == [Fate.DONE, Fate.DONE]
    assert len(orders.asked) == 2


async def test_a_database_that_goes_away_in_the_middle_makes_nothing_happen_twice(
    world: WebWorld, orders: RememberingOrders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer could not be written down: the same process asks again under the same name, and hears it again."""
    a_job(world, in_review(world, "1", "2"))
    orders.store = None

    def gone(*_: object) -> None:
        raise Unavailable("the database: OperationalError")

    with monkeypatch.context() as broken:
        broken.setattr(world.store.bulk_jobs, "settle", gone)
        broken.setattr(world.store.bulk_jobs, "let_go", gone)
        with pytest.raises(Unavailable):
            await a_bulk(world).work_once()
    await a_bulk(world).work_once()

    assert fates(world) == [Fate.DONE, Fate.DONE]
    assert orders.calls == 4
    assert len(orders.asked) == 2


async def test_an_order_that_nobody_answers_for_is_given_up_when_the_job_is_stopped(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Nobody waits for ever: it is said that nothing is known of it."""
    a_job(world, in_review(world, "1"))
    orders.fails = Unavailable("no worker answered")
    await a_bulk(world).work_once()

    world.store.bulk_jobs.stop(JOB, "lin")
    await a_bulk(world).work_once()
    page = await world.get(f"/desk/bulk/{JOB}")

    assert fates(world) == [Fate.UNANSWERED]
    assert "nobody answered" in page.text


async def test_an_order_that_moved_on_since_the_preview_is_not_asked(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Somebody else was there: the person looks at it anew."""
    keys = in_review(world, "1", "2")
    a_job(world, keys)
    happens(world.store, keys[0], "approve", "zhang", "was faster")

    await a_bulk(world).work_once()

    assert fates(world) == [Fate.CHANGED, Fate.DONE]
    assert [asked[0].name for asked in orders.asked] == [str(keys[1])]


async def test_a_stopped_job_asks_no_further_order(world: WebWorld, orders: RememberingOrders) -> None:
    """What was not asked stays as it is."""
    a_job(world, in_review(world, "1", "2"))

    await world.post(f"/desk/bulk/{JOB}/stop")
    await a_bulk(world).work_once()
    page = await world.get(f"/desk/bulk/{JOB}")

    assert fates(world) == [Fate.STOPPED, Fate.STOPPED]
    assert not orders.calls
    assert "All have answered." in page.text


async def test_a_selection_is_fetched_anew_from_its_shop(world: WebWorld) -> None:
    """Each by itself; one that the shop does not know is gone."""
    keys = in_review(world, "1", "2")
    world.shop.payloads.append(an_order("1"))
    a_job(world, keys, Ask.RESYNC)

    await a_bulk(world).work_once()

    assert fates(world) == [Fate.DONE, Fate.GONE]
    assert [each.snapshot.key for each in world.mailbox.snapshots] == [a_key("1")]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"job": "x"}, 422), ({"why": ""}, 422), ({"ask": "change_waybill"}, 422), ({"chosen": []}, 422),
        ({"ask": "release_hold", "hold": "no_waybill_lock"}, 422), ({"ask": "lift_lock"}, 403),
    ],
)  # fmt: skip
async def test_a_job_that_cannot_be_or_may_not_be_is_not_begun(
    world: WebWorld, form: dict[str, str | list[str]], status: int
) -> None:
    """No number, no reason, no orders, nothing for many, a lock released as a hold, or a right that is missing."""
    keys = in_review(world, "1")
    whole = {"job": JOB, "ask": "approve", "why": "x", "chosen": [f"{keys[0]} {STOOD}"], **form}

    answer = await world.as_(Role.SERVICE).post("/desk/bulk", whole)

    assert answer.status_code == status
    assert world.store.bulk_jobs.newest() == []


async def test_the_live_part_of_a_job_comes_only_when_something_moved(world: WebWorld) -> None:
    """204 while nothing has; no job, nothing to say."""
    a_job(world, in_review(world, "1"))
    page = (await world.get(f"/desk/bulk/{JOB}")).text
    address = page.partition('hx-get="')[2].partition('"')[0]

    quiet = await world.get(address)
    await a_bulk(world).work_once()
    moved = await world.get(address)
    unknown = await world.get(f"/desk/bulk/{'cd' * 16}")

    assert (quiet.status_code, moved.status_code, unknown.status_code) == (204, 200, 404)
    assert "All have answered." in moved.text

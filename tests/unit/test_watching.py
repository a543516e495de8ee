"""Silent parcels are asked for as often as it makes sense, and what the carrier says goes the way of a callback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oms.domain.errands import WatchDone
from oms.domain.errors import CredentialsExpired, Misused, OmsError, RateLimited, Unavailable
from oms.domain.handover import Notice
from oms.domain.ids import business_id
from oms.domain.messages import ParcelEvent
from oms.domain.parcels import Parcel, ParcelState
from oms.domain.receiver import Receiver
from oms.ports import GaveUp, ParcelReport, Scan
from oms.reports import ParcelReports
from oms.rules.table import read_table
from oms.rules.tables import OnlyTable
from oms.store import Store
from oms.watching import AT_ONCE, BREAK_AFTER, Silences, Watching
from tests.process.fakes import FakeTracking
from tests.unit.intake_world import NOON, SHOP, Clock, RememberingMailbox, a_key, a_store
from tests.unit.store_builders import a_book
from tests.unit.store_builders import a_parcel as a_known_parcel

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
P = ParcelState
Answer = Callable[[str], ParcelReport | None]


def says(state: ParcelState, at: datetime, *, picked_up: bool = True, **more: Any) -> Answer:
    """A carrier that knows the parcel as this, since then."""

    def answer(waybill: str) -> ParcelReport:
        event = ParcelEvent(
            event_id=f"{waybill}:{state}:{at}", waybill=waybill, state=state, raw_state="x", at=at
        )
        scan = Scan(at=at, raw_state="x", text=f"{state} somewhere")
        since = at if picked_up else None
        return ParcelReport(event=event, carrier="sf", scans=(scan,), picked_up_at=since, **more)

    return answer


def fails(error: OmsError) -> Answer:
    """A carrier that fails."""

    def answer(_waybill: str) -> ParcelReport | None:
        raise error

    return answer


def refuses(waybill: str) -> None:
    """A carrier that will not follow the parcel."""
    raise Misused(f"701 {waybill}")


class Carrier(FakeTracking):
    """A carrier that remembers who asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []

    async def query(self, waybill: str, carrier: str, phone_tail: str = "") -> ParcelReport | None:
        self.asked.append((waybill, phone_tail))
        return await super().query(waybill, carrier, phone_tail)


@dataclass
class World:
    """The watch, with everything it works with."""

    store: Store
    carrier: Carrier = field(default_factory=Carrier)
    mailbox: RememberingMailbox = field(default_factory=RememberingMailbox)
    clock: Clock = field(default_factory=lambda: Clock(NOON))
    told: list[Notice] = field(default_factory=list)
    platforms: dict[Any, str] = field(default_factory=lambda: {SHOP: "pdd"})

    @property
    def reports(self) -> ParcelReports:
        return ParcelReports(self.store, self.mailbox, self.clock)

    def shipped(
        self, waybill: str = "SF1", hours_ago: float = 25, number: str = "1001", **more: Any
    ) -> Parcel:
        """An order's parcel that left so many hours before noon."""
        parcel = a_known_parcel(waybill, shipped_at=NOON - hours_ago * HOUR, **more)
        key = a_key(number)
        row: dict[str, Any] = {"key": key, "business_id": business_id(key, NOON), "stage": "shipped"}
        self.store.books.commit(a_book(parcels=(parcel,), **row))
        return parcel

    async def round(self, after: timedelta = timedelta(0), pace: int = 1) -> WatchDone:
        """One round, so much later than the last."""
        self.clock.now += after

        async def tell(notice: Notice) -> None:
            self.told.append(notice)

        watching = Watching(
            self.store, self.carrier, self.reports, OnlyTable(read_table()), self.platforms, self.clock
        )
        return await watching.round(pace, tell)

    @property
    def states(self) -> list[ParcelState]:
        """What the order was told."""
        return [event.state for _, event in self.mailbox.parcel_events]


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[World]:
    store = a_store(tmp_path, sqlite_template)
    yield World(store)
    store.close()


async def test_what_a_lost_callback_would_have_told_is_learnt(world: World) -> None:
    """Once: the order hears it, the trace has it, the inbox shows where it came from."""
    world.shipped(state=P.IN_TRANSIT)
    world.carrier.on_query = says(P.DELIVERED, NOON - 20 * HOUR)

    done = await world.round()

    assert (done.due, done.asked, done.healed) == (1, 1, 1)
    assert world.states == [P.DELIVERED]
    assert [scan.text for scan in world.store.orders.scans("SF1")] == ["delivered somewhere"]
    assert world.store.inbox.count_by_status() == {"delivered": 1}


@pytest.mark.parametrize(
    ("answer", "asked_at_hours"),
    [
        (lambda _waybill: None, [0, 6, 12, 18, 24, 30]),
        (says(P.IN_TRANSIT, NOON - 30 * HOUR), [0, 6, 12, 18, 24, 30]),
        (says(P.AT_PICKUP_POINT, NOON - 30 * HOUR, finished=True), [0, 24]),
        (fails(Misused("408 the phone does not fit")), [0, 24]),
        (fails(RateLimited("locked")), list(range(31))),
    ],
    ids=["nobody knows it", "nothing new", "the end of their story", "refused", "locked"],
)
async def test_a_parcel_is_asked_for_as_often_as_it_makes_sense(
    world: World, answer: Answer, asked_at_hours: list[int]
) -> None:
    """Every hour somebody looks; the outcome of the last time says when it is worth another question."""
    world.shipped(hours_ago=60, state=P.IN_TRANSIT)
    world.carrier.on_query = answer

    asked = [hour for hour in range(31) if (await world.round(HOUR if hour else timedelta(0))).asked]

    assert asked == asked_at_hours


async def test_a_number_is_never_asked_for_twice_within_half_an_hour(world: World) -> None:
    """Not even when the answer was lost: the carrier locks it."""
    world.shipped(state=P.IN_TRANSIT)
    world.carrier.on_query = fails(Unavailable("no answer"))

    asked = [(await world.round(5 * MINUTE if turn else timedelta(0))).asked for turn in range(13)]

    assert asked == [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]


async def test_a_scan_heard_in_time_keeps_a_parcel_from_being_asked_for(world: World) -> None:
    """Although the order's own row does not change with it; a scan of the future does not count."""
    world.shipped(hours_ago=90, state=P.IN_TRANSIT)
    await world.reports.hear("SF1", says(P.IN_TRANSIT, NOON - HOUR)("SF1"))

    fresh = await world.round()
    await world.reports.hear("SF1", says(P.IN_TRANSIT, NOON + 900 * HOUR)("SF1"))
    silent = await world.round(24 * HOUR)

    assert (fresh.asked, silent.asked) == (0, 1)


async def test_a_missing_first_scan_is_told_once_with_everything_one_needs(world: World) -> None:
    """Operations and the supervisor: order, waybill, carrier, the platform's rule, by when; and in the timeline."""
    world.shipped("SF1", 25)

    first = await world.round()
    await world.round(30 * HOUR)

    assert first.at_risk == 1
    assert [(notice.to, notice.severity) for notice in world.told] == [
        ("operations", "red"),
        ("supervisor", "red"),
    ]
    for words in (
        "woocommerce:main:1001",
        "SF1",
        "SF",
        "pdd.parcel.first_scan_within",
        "11-22 11:00",
        "nobody knows it",
    ):
        assert words in world.told[0].body
    timeline = world.store.orders.timeline(a_key())
    assert sorted(line.what for line in timeline) == ["parcel.no_first_scan", "stage.moved"]


@pytest.mark.parametrize(("seconds", "at_risk"), [(-1, 0), (0, 1), (1, 1)])
async def test_the_first_scan_is_due_at_the_very_moment(world: World, seconds: int, at_risk: int) -> None:
    """24 h after shipping, not a second before."""
    world.shipped("SF1", 24)

    done = await world.round(timedelta(seconds=seconds))

    assert done.at_risk == at_risk


@pytest.mark.parametrize(
    ("answer", "at_risk"),
    [
        (says(P.PICKED_UP, NOON - HOUR), 0),
        (says(P.CREATED, NOON - HOUR, picked_up=False), 1),
        (says(P.UNKNOWN, NOON - HOUR, picked_up=False), 1),
        (fails(Misused("no such company")), 1),
        (fails(Unavailable("no answer")), 0),
        (fails(CredentialsExpired("the key has expired")), 0),
    ],
    ids=["scanned", "only ordered", "an unknown word", "refused", "no answer", "a key of yesterday"],
)
async def test_the_carrier_is_asked_before_people_are_told(
    world: World, answer: Answer, at_risk: int
) -> None:
    """A lost callback is no false shipment, and a carrier that does not answer proves nothing."""
    world.shipped("SF1", 25)
    world.carrier.on_query = answer

    done = await world.round()

    assert done.at_risk == at_risk


async def test_a_parcel_given_up_is_followed_again_after_half_an_hour(world: World) -> None:
    """Not sooner, which they refuse; and once."""
    world.shipped(hours_ago=1)
    await world.reports.hear("SF1", GaveUp())

    rounds = [await world.round(10 * MINUTE) for _ in range(5)]

    assert [done.followed_again for done in rounds] == [0, 0, 1, 0, 0]
    assert world.carrier.followed == ["SF1"]


async def test_what_cannot_be_followed_again_is_asked_for_like_any_other(world: World) -> None:
    """Refused for good: nobody tries every half hour."""
    world.shipped(hours_ago=1)
    world.carrier.on_subscribe = refuses
    await world.reports.hear("SF1", GaveUp())

    rounds = [await world.round(HOUR) for _ in range(3)]

    assert [(done.followed_again, done.failed) for done in rounds] == [(0, 0)] * 3
    assert (await world.round(24 * HOUR)).asked == 1


async def test_a_carrier_that_is_away_is_not_asked_for_every_parcel(world: World) -> None:
    """After three failures nobody asks any more in this round; a person is told once a day, and all are served when it is back."""
    for number in range(20):
        world.shipped(f"SF{number:02}", 60, str(number), state=P.IN_TRANSIT)
    world.carrier.on_query = fails(Unavailable("Kuaidi100 query: no answer"))

    away = await world.round()
    again = await world.round(HOUR)
    world.carrier.on_query = says(P.DELIVERED, NOON)
    back = await world.round(HOUR)

    assert BREAK_AFTER <= away.asked < BREAK_AFTER + AT_ONCE
    assert again.failed >= BREAK_AFTER
    assert {notice.id for notice in world.told} == {"watch-parcels:11-22"}
    assert (back.asked, back.healed, back.failed) == (20, 20, 0)


async def test_one_parcels_trouble_delays_no_other(world: World) -> None:
    """Even when it is a fault of ours."""
    for number in range(3):
        world.shipped(f"SF{number}", 60, str(number), state=P.IN_TRANSIT)

    def answer(waybill: str) -> ParcelReport | None:
        if waybill == "SF1":
            raise KeyError("a mistake of ours")
        return says(P.DELIVERED, NOON)(waybill)

    world.carrier.on_query = answer
    done = await world.round()

    assert (done.asked, done.healed, done.failed, done.error) == (3, 2, 1, "KeyError")


async def test_the_carrier_gets_the_last_digits_of_the_newest_phone(world: World) -> None:
    """SF answers nobody else; who looked is on record."""
    world.store.receivers.put(a_key(), Receiver(name="王小明", phone="13812345678"))
    world.store.receivers.put(a_key(), Receiver(name="王小明", phone="13800009999"))
    world.shipped(hours_ago=60, state=P.IN_TRANSIT)

    await world.round()

    (seen,) = world.store.decryptions.of(str(a_key()))
    assert world.carrier.asked == [("SF1", "9999")]
    assert seen.purpose == "track SF1"


async def test_a_pace_divides_every_patience(world: World) -> None:
    """At 3600 an hour is a second, and the lock half a second."""
    world.shipped(hours_ago=1, state=P.IN_TRANSIT)
    world.carrier.on_query = says(P.IN_TRANSIT, NOON - 2 * HOUR)

    asked = [(await world.round(timedelta(seconds=1), pace=3600)).asked for _ in range(13)]

    assert asked == [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]


def test_a_shop_that_is_not_configured_any_more_lives_by_the_defaults() -> None:
    """Its parcels are still under way."""
    silences = Silences(read_table(), {}, 1)

    assert silences.of(SHOP).silent_after == 24 * HOUR
    assert silences.limits(NOON).other == {}

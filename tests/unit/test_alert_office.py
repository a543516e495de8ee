"""Whom the office tells: limits a minute, digests, and what a stormy night leaves in the database."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.alerting import RotaOffice
from oms.domain.alerting import AlertState, ToldAlert
from oms.domain.alerts import AlertKind
from oms.rota import Rota
from oms.store import Store
from oms.store.vault import Vault
from tests.process.alert_rota import FakeWay, a_condition, a_person, a_rota
from tests.process.fakes import FakeNotices

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def calm(tmp_path: Path) -> Iterator[Store]:
    """A database of its own."""
    store = Store.open(f"sqlite:///{tmp_path / 'oms.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    yield store
    store.close()


def an_alert(number: int, **changes: object) -> AlertState:
    shop = f"taobao:{'main' if number % 4 else 'outlet'}"
    condition = a_condition(
        f"order:{shop}:{number}:out_of_stock", kind=AlertKind.OUT_OF_STOCK, severity="warning", shop=shop,
        title=f"out of stock {number}", since=NOON, **changes,
    )  # fmt: skip
    return AlertState.begin(condition, NOON)


async def told(office: RotaOffice, alerts: list[AlertState], at: datetime) -> list[ToldAlert]:
    hands = asyncio.Semaphore(50)

    async def tell(state: AlertState) -> ToldAlert:
        async with hands:
            return await office.tell(state, "opened", at)

    return await asyncio.gather(*(tell(state) for state in alerts))


@pytest.mark.parametrize("many", [2_000, pytest.param(10_000, marks=pytest.mark.slow)], ids=str)
async def test_thousands_of_conditions_at_once_are_six_notices_and_a_digest(calm: Store, many: int) -> None:
    """Nobody's telephone dies of it, and each of them is told."""
    way = FakeWay()
    office = RotaOffice(
        a_rota(a_person("lin", "all", language="zh")), {"lin": {"LIN": way}}, calm, FakeNotices()
    )
    storm = [an_alert(number) for number in range(many)]

    first = await told(office, storm, NOON)
    alone = len(way.heard)
    waiting = [state for state, answer in zip(storm, first, strict=True) if not answer.reached]
    next_minute = await told(office, waiting[-20:], NOON + MINUTE)
    later = await told(office, waiting[:100], NOON + 2 * MINUTE)

    assert alone == 6
    assert len(way.heard) == 7
    assert any(answer.reached for answer in next_minute)
    assert {answer.reached for answer in later} == {"lin"}
    title, text = way.heard[-1]
    assert many - 1_000 < int(title.split()[1]) < many
    assert title.endswith("条告警汇总")
    assert "× 缺货，请补货 · taobao:main (新告警)" in text
    assert "× 缺货，请补货 · taobao:outlet (新告警)" in text
    assert len(text.splitlines()) == 10


async def test_told_twice_it_is_heard_once(calm: Store) -> None:
    """An activity may run again although its answer was lost."""
    way = FakeWay()
    office = RotaOffice(a_rota(a_person("lin", "all")), {"lin": {"LIN": way}}, calm, FakeNotices())

    answers = [await office.tell(an_alert(1), "opened", NOON + n * MINUTE) for n in range(3)]

    assert [answer.reached for answer in answers] == ["lin"] * 3
    assert len(way.heard) == 1


async def test_a_digest_that_did_not_go_out_is_tried_again_whole(calm: Store) -> None:
    """What waits is not lost with the robot."""
    way = FakeWay()
    rota = a_rota(a_person("lin", "all"), notices_a_minute=1)
    office = RotaOffice(rota, {"lin": {"LIN": way}}, calm, FakeNotices())
    alerts = [an_alert(number) for number in range(4)]
    for state in alerts:
        await office.tell(state, "opened", NOON)

    way.down = True
    broken = await office.tell(alerts[3], "opened", NOON + MINUTE)
    way.down = False
    await told(office, alerts, NOON + 2 * MINUTE)

    assert (broken.reached, broken.failed, broken.again_at) == ("", ("lin: LIN",), NOON + 2 * MINUTE)
    assert [title for title, _ in way.heard[1:]] == ["[warning] 3 alerts together"]


async def test_posts_whose_sender_died_are_sent_by_another(calm: Store) -> None:
    """Three minutes after it took them."""
    way = FakeWay()
    office = RotaOffice(a_rota(a_person("lin", "all")), {"lin": {"LIN": way}}, calm, FakeNotices())
    way.down = True
    await office.tell(an_alert(1), "opened", NOON)
    calm.alert_posts.take("lin", "a sender that dies", NOON)
    way.down = False

    soon = await office.tell(an_alert(1), "opened", NOON + MINUTE)
    later = await office.tell(an_alert(1), "opened", NOON + 4 * MINUTE)

    assert (soon.reached, later.reached, len(way.heard)) == ("", "lin", 1)


async def test_without_a_rota_everybody_reads_the_log_and_nobody_is_called_further(calm: Store) -> None:
    """As before there were rotas."""
    journal = FakeNotices()
    office = RotaOffice(Rota.of_everybody({}), {}, calm, journal)

    answers = await told(office, [an_alert(number) for number in range(20)], NOON)

    assert {(answer.reached, answer.way, answer.again_at) for answer in answers} == {
        ("everybody", "log", None)
    }
    assert len(journal.told) == 20
    assert journal.told[0].to == "operations"

"""A platform retires the version we speak, for six hours orders are paid unseen, and afterwards none is missing."""

from datetime import timedelta
from pathlib import Path

import pytest

from oms.domain.periods import BUSINESS_ZONE
from tests.journeys.incident import JD, NEW, OLD, SEARCH, Incident, an_incident

FEW, ALL_387 = 12, 387
SLACK_S = 6.0
"""What a busy machine may take beyond the polling interval, from the first wrong answer to the alert."""


def check_the_orders(incident: Incident, orders: int) -> None:
    """Each is in, once, and its clocks run from when its buyer paid."""
    rows = incident.rows()
    assert len(incident.offered) == orders
    assert set(rows) == set(incident.offered)
    late = {
        number: row.paid_at
        for number, row in rows.items()
        if row.paid_at is None or abs(row.paid_at - incident.offered[number]) > timedelta(seconds=1)
    }
    assert late == {}
    promised = {
        round((row.ship_by - row.paid_at).total_seconds())
        for row in rows.values()
        if row.ship_by and row.paid_at
    }
    assert len(promised) == 1


def check_the_proof(incident: Incident, orders: int) -> None:
    """The platform counts what we count, and the day says how many only came afterwards."""
    proof = incident.proof()
    assert proof is not None
    assert (proof.platform_count, proof.our_count, proof.delivered) == (orders, orders, orders)


async def live_through(incident: Incident, how: str, orders: int) -> None:
    """Six hours without the old version, then the switch by configuration."""
    retired_at = await incident.retire(how)
    told_at = await incident.until(lambda: bool(incident.alert()))
    await incident.sell(orders)
    unseen = incident.rows()
    applied = await incident.switch()
    await incident.until(lambda: len(incident.rows()) >= orders)
    await incident.until(incident.filled)
    await incident.until(incident.closed)

    assert (told_at - retired_at).total_seconds() < incident.every_s + SLACK_S
    words = incident.alert()
    for named in (SEARCH, f"{retired_at.astimezone(BUSINESS_ZONE):%m-%d}", NEW, str(JD)):
        assert named in words
    assert unseen == {}
    assert applied.code == 0, applied.err
    assert [(row["from"], row["to"], row["answers"]) for row in applied.json["plan"]] == [(OLD, NEW, True)]


@pytest.mark.timeout(150)
@pytest.mark.parametrize("how", ["http_404", pytest.param("error_body", marks=pytest.mark.slow)])
async def test_a_retired_version_loses_no_order(tmp_path: Path, how: str) -> None:
    """A dozen orders: the alert comes with the first poll, the switch without a restart, the hole fills by itself."""
    async with an_incident(tmp_path, pace=3600, every_s=2.0) as incident:
        await live_through(incident, how, FEW)

        check_the_orders(incident, FEW)
        check_the_proof(incident, FEW)


@pytest.mark.slow
@pytest.mark.timeout(150)
async def test_a_list_that_is_suddenly_empty_loses_no_order(tmp_path: Path) -> None:
    """Polls come through and move the cursor; once the watch's condition is over, its time is read again."""
    async with an_incident(tmp_path, pace=3600, every_s=2.0) as incident:
        retired_at = await incident.retire("empty_list")
        await incident.until(lambda: incident.polled_since(retired_at))
        incident.store.holes.begin(JD, f"shape:jd/{SEARCH}", retired_at, "watch")
        await incident.sell(FEW)
        unseen = incident.rows()
        applied = await incident.switch()
        over_at = await incident.until(lambda: True)
        incident.store.holes.end(f"shape:jd/{SEARCH}", over_at, found_by=("watch",))
        await incident.until(incident.filled)
        await incident.until(lambda: len(incident.rows()) >= FEW)

        assert unseen == {}
        assert applied.code == 0, applied.err
        check_the_orders(incident, FEW)
        proof = incident.proof()
        assert proof is not None
        assert proof.platform_count == proof.our_count + proof.delivered == FEW


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", ["http_404", "error_body"])
async def test_387_orders_of_six_hours_are_all_recovered(tmp_path: Path, how: str) -> None:
    """The incident as it happened, at a pace of 720: six hours are thirty seconds."""
    async with an_incident(tmp_path, pace=720, every_s=3.0) as incident:
        await live_through(incident, how, ALL_387)

        check_the_orders(incident, ALL_387)
        check_the_proof(incident, ALL_387)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_387_orders_behind_an_empty_list_are_read_again_by_hand(tmp_path: Path) -> None:
    """Nobody noticed; a person says from when on, and every order comes in, once."""
    async with an_incident(tmp_path, pace=720, every_s=3.0) as incident:
        retired_at = await incident.retire("empty_list")
        await incident.until(lambda: incident.polled_since(retired_at))
        await incident.sell(ALL_387)
        applied = await incident.switch()
        await incident.until(lambda: incident.polled_since(max(incident.offered.values())))
        since = retired_at.isoformat()
        read = await incident.type("shops", "backfill", "jd:main", "--since", since, "--json")
        assert (applied.code, read.code) == (0, 0), read.err
        await incident.until(lambda: len(incident.rows()) >= ALL_387)

        check_the_orders(incident, ALL_387)
        assert sum(day["platform"] for day in read.json) == ALL_387

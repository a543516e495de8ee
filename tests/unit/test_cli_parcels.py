"""What the command line shows of parcels on their way: the silent ones, and those no carrier has scanned."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oms.domain.ids import OrderKey, business_id
from oms.domain.parcels import ParcelState
from oms.opening import open_store
from oms.settings import Settings
from oms.stack.world import SHOP
from tests.unit.command_line import configured, say
from tests.unit.store_builders import NOON, a_book, a_parcel

HOUR = timedelta(hours=1)
LEFT = {"SF1": 30, "SF2": 30, "SF3": 2}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """SF1 was never scanned, SF2 was and is silent since, SF3 has just left."""
    environ = configured(tmp_path)
    store, now = open_store(Settings.from_environ(environ)), datetime.now(UTC)
    store.migrate()
    for number, (waybill, hours) in enumerate(LEFT.items()):
        key = OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=str(number))
        state = ParcelState.IN_TRANSIT if waybill == "SF2" else ParcelState.CREATED
        parcel = a_parcel(waybill, shipped_at=now - hours * HOUR, state=state)
        row: dict[str, Any] = {"key": key, "business_id": business_id(key, NOON), "stage": "shipped"}
        store.books.commit(a_book(parcels=(parcel,), **row))
    store.watch.claim("SF1", now, now + HOUR / 2)
    store.watch.answered("SF1", "nobody knows it", now + 6 * HOUR)
    store.close()
    return environ


@pytest.mark.parametrize(
    ("option", "waybills"),
    [((), ["SF1", "SF2", "SF3"]), (("--silent",), ["SF1", "SF2"]), (("--risk",), ["SF1"])],
)
def test_parcels_are_listed_by_what_is_wrong_with_them(
    environ: dict[str, str], tmp_path: Path, option: tuple[str, ...], waybills: list[str]
) -> None:
    """All that are on their way, unless one asks for less."""
    shown = say("parcels", "list", *option, "--json", environ=environ, base=tmp_path)

    assert shown.code == 0
    assert sorted(row["waybill"] for row in shown.json) == waybills


def test_a_parcel_is_shown_with_its_due_time_and_the_carriers_answer(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """What a person needs to decide whom to call."""
    shown = say("parcels", "list", "--risk", environ=environ, base=tmp_path)

    for words in ("woocommerce:main:0", "SF1", "sf", "created", "nobody knows it"):
        assert words in shown.out


def test_two_lists_at_once_are_refused(environ: dict[str, str], tmp_path: Path) -> None:
    """With the next step."""
    shown = say("parcels", "list", "--risk", "--silent", environ=environ, base=tmp_path)

    assert (shown.code, "ask for one of them" in shown.err) == (2, True)

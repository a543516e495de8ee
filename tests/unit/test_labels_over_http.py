"""Our label client against the simulated desk on a real port: signed, once for one code, given back."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from oms.carriers.kuaidi100 import Kuaidi100Config, Labels
from oms.domain.errors import CredentialsExpired, Misused, Unavailable
from oms.ports import Drawn, DrawRefused
from oms.store import Store, Vault
from oms.waybills import WaybillDesk, Ways
from simulator.faults import Fault
from simulator.shipment import Shipment
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.waybill_wishes import KEY, MASKED, PLAIN, SENDER, a_shop, a_wish

CARRIER = {"customer": "c", "key": "k", "secret": "s"}


@pytest.fixture(name="store")
def a_store(tmp_path: Path, sqlite_template: Path, vault: Vault) -> Iterator[Store]:
    """An empty store."""
    shutil.copy(sqlite_template, tmp_path / "oms.db")
    store = Store.open(f"sqlite:///{tmp_path}/oms.db", vault)
    yield store
    store.close()


@asynccontextmanager
async def couriers(secret: str = "s", **carrier: Any) -> AsyncIterator[tuple[Labels, PlatformWorld]]:
    """The simulated carrier platform, and our client with its key."""
    async with a_platform("taobao", carrier=CARRIER | carrier) as place:
        config = Kuaidi100Config(
            label_url=f"{place.url}/label/order", customer="c", key=SecretStr("k"), secret=SecretStr(secret),
            salt=SecretStr("salt"), callback_url="http://127.0.0.1:8080/hooks",
        )  # fmt: skip
        yield Labels(config, place.http), place


def a_desk(store: Store, labels: Labels) -> WaybillDesk:
    """A desk whose one shop draws through Kuaidi100."""
    return WaybillDesk(Ways({KEY.shop_key: a_shop()}, {}, labels), store.waybills)


async def test_a_number_of_theirs_is_given_back_once() -> None:
    """Signed as they check it; a number that was used stays."""
    async with couriers() as (labels, place):
        one = await labels.draw(a_wish("OL-1"), SENDER, PLAIN)
        two = await labels.draw(a_wish("OL-2", carrier="yto"), SENDER, PLAIN)
        assert isinstance(one, Drawn)
        assert isinstance(two, Drawn)
        pieces = place.order().ordered
        left = Shipment(two.waybill, "yuantong", ("1",), pieces, PLAIN.phone, "杭州市", "广州市")
        place.world.journeys.hand_over(left)

        await labels.give_back("OL-1", one.waybill, "sf")
        await labels.give_back("OL-1", one.waybill, "sf")
        with pytest.raises(Misused, match=two.waybill):
            await labels.give_back("OL-2", two.waybill, "yto")

        verdict = place.world.roll.verdict()

    assert (verdict["drawn"], verdict["given_back"], verdict["used"], verdict["unused"]) == (2, 1, 1, [])


async def test_a_forgetful_courier_gives_one_number_for_one_code_all_the_same(store: Store) -> None:
    """We remember what we drew: a repeated question does not leave the house."""
    async with couriers(forgetful=True) as (labels, place):
        first = await a_desk(store, labels).draw(a_wish(), PLAIN)
        again = await a_desk(store, labels).draw(a_wish(), PLAIN)

        verdict = place.world.roll.verdict()

    assert first == again
    assert (verdict["drawn"], verdict["drawn_twice"]) == (1, [])


async def test_a_lost_answer_costs_no_second_number_where_the_courier_remembers(store: Store) -> None:
    """The same code is asked with again."""
    async with couriers() as (labels, place):
        place.world.faults.arm(Fault(system="carrier", kind="lost_answer", match="label"))
        desk = a_desk(store, labels)
        with pytest.raises(Unavailable):
            await desk.draw(a_wish(), PLAIN)

        answer = await desk.draw(a_wish(), PLAIN)

        verdict = place.world.roll.verdict()

    assert isinstance(answer, Drawn)
    assert (verdict["drawn"], verdict["unused"]) == (1, [answer.waybill])


async def test_a_masked_receiver_is_refused_by_the_courier() -> None:
    """Nobody could call the buyer; the refusal is a value."""
    async with couriers() as (labels, place):
        answer = await labels.draw(a_wish(), SENDER, MASKED)

        assert place.world.roll.verdict()["drawn"] == 0
    assert isinstance(answer, DrawRefused)
    assert "30008" in answer.reason


async def test_a_wrong_secret_is_told_from_a_refusal() -> None:
    """A person must put the right one into the settings."""
    async with couriers(secret="guessed") as (labels, _):
        with pytest.raises(CredentialsExpired):
            await labels.draw(a_wish(), SENDER, PLAIN)

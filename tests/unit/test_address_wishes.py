"""A lost push is no lost wish: where the order's own payload tells of it, the poll brings it, once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from oms.channels.wechat.wishes import address_wish
from oms.domain.errors import Unavailable
from oms.domain.messages import Way
from oms.ports import Word
from oms.pushes import Pushes
from tests.unit.intake_world import SHOP, IntakeWorld, PlainShop, a_store, an_order

WORD = Word(number="1001", topic="address", wants_address=True, event_id="m-1")


class TellingShop(PlainShop):
    """A shop whose orders tell of a wish."""

    def address_wish(self, payload: Mapping[str, Any]) -> str:
        """Name it by when it was made."""
        return str(payload.get("wish", ""))


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store, shop=TellingShop())
    store.close()


async def polled(world: IntakeWorld, *wishes: str) -> None:
    """See the order so often, each time with this wish."""
    for wish in wishes:
        await world.intake.receive_all(SHOP, Way.POLL, [an_order() | {"wish": wish}])


async def test_a_poll_finds_the_wish_whose_push_was_lost(world: IntakeWorld) -> None:
    """Once for each wish, however often it is seen, and also when nothing else of the order is news."""
    await polled(world, "", "1662480000", "1662480000", "", "1662490000")

    assert [event.event_id for _, event in world.mailbox.wishes] == [
        "address:1001:1662480000",
        "address:1001:1662490000",
    ]


async def test_a_push_and_the_payload_it_brings_are_one_wish(world: IntakeWorld) -> None:
    """The order is fetched for the push; its payload names the wish."""
    world.shop.payloads = [an_order() | {"wish": "1662480000"}]

    await Pushes(world.store, world.intake).take(SHOP, WORD, b"{}")
    await polled(world, "1662480000")

    assert [event.event_id for _, event in world.mailbox.wishes] == ["address:1001:1662480000"]


async def test_a_push_counts_although_the_payload_says_nothing(world: IntakeWorld) -> None:
    """WeChat has been seen to leave the field empty."""
    world.shop.payloads = [an_order()]

    await Pushes(world.store, world.intake).take(SHOP, WORD, b"{}")

    assert [event.event_id for _, event in world.mailbox.wishes] == ["address:m-1"]


async def test_a_wish_that_could_not_be_told_is_told_by_the_next_poll(world: IntakeWorld) -> None:
    """It is remembered only afterwards."""
    await polled(world, "")
    world.mailbox.fails = Unavailable("no Temporal")
    with pytest.raises(Unavailable):
        await polled(world, "1662480000")

    world.mailbox.fails = None
    await polled(world, "1662480000")

    assert len(world.mailbox.wishes) == 1


def a_payload(**delivery: Any) -> dict[str, Any]:
    """An order of WeChat's, as far as it matters here."""
    present = {"user_name": "王*", "city_name": "杭州市", "detail_info": "示例路**"}
    return {"order_detail": {"delivery_info": {"address_info": present, **delivery}}}


WANTED = {"user_name": "王*", "city_name": "苏州市", "detail_info": "别的路**"}


@pytest.mark.parametrize(
    ("delivery", "wish"),
    [
        ({}, ""),
        ({"address_under_review": {}}, ""),
        ({"address_under_review": None}, ""),
        ({"address_under_review": "x"}, ""),
        ({"address_under_review": {"user_name": ""}, "address_apply_time": 0}, ""),
        ({"address_under_review": WANTED, "address_apply_time": 1662480000}, "1662480000"),
        ({"address_under_review": WANTED, "address_apply_time": "1662480000"}, "1662480000"),
        ({"address_under_review": WANTED | {"hash_code": "h1"}, "address_apply_time": 0}, "h1"),
        ({"address_under_review": WANTED}, "asked"),
        ({"address_under_review": a_payload()["order_detail"]["delivery_info"]["address_info"]}, ""),
    ],
)
def test_wechat_s_payload_tells_of_an_open_wish(delivery: dict[str, Any], wish: str) -> None:
    """Named by its moment; an address that stands already is none, and what cannot be read is none."""
    assert address_wish(a_payload(**delivery)) == wish


@pytest.mark.parametrize("payload", [{}, {"order_detail": []}, {"order_detail": {"delivery_info": 1}}])
def test_a_payload_of_another_shape_tells_of_none(payload: dict[str, Any]) -> None:
    """It is parked elsewhere."""
    assert address_wish(payload) == ""

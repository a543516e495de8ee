"""What people see: the desk, the tracking page, health; never a person, never a script, never an error's inside."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oms.domain.book import Change, OrderBook
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import Way
from oms.domain.parcels import ParcelState
from oms.ports import Scan
from tests.unit.intake_world import NAME, NOON, SHOP, a_store
from tests.unit.web_world import UI, WAYBILL, WebWorld, a_parcel


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


def an_order_in_review(world: WebWorld, number: str = "1001") -> OrderKey:
    """An order that waits for customer service, with one change in its timeline."""
    key = world.the_order_stands_at("allocated", number)
    view = world.store.orders.get(key)
    assert view is not None
    row = view.row.model_copy(
        update={
            "seq": 2,
            "holds": ("high_value",),
            "why_here": "amount above 5000 <b>& more</b>",
            "next_deadline": NOON + timedelta(hours=48),
            "next_deadline_text": "ship by 11-24 12:00",
        }
    )
    change = Change(
        id=f"{key}#1", seq=1, at=NOON, actor="rules", what="hold.placed", after="high_value", why="rule"
    )
    world.store.books.commit(OrderBook(row=row, changes=(change,)))
    return key


def a_token(world: WebWorld, key: OrderKey) -> str:
    view = world.store.orders.get(key)
    assert view is not None
    return world.tokens.token(view.row.business_id)


async def test_an_order_page_shows_its_life(world: WebWorld) -> None:
    """Where it is, why, who acts, parcels with trace, timeline, and the way to the Temporal UI."""
    key = an_order_in_review(world)
    world.the_order_stands_at("shipped", "2", parcels=(a_parcel(ParcelState.IN_TRANSIT),))
    world.store.orders.add_scans(
        WAYBILL, [Scan(at=NOON, raw_state="1", text="已揽收，快递员：李四 13900001111")]
    )

    review = (await world.get(f"/desk/orders/{key}")).text
    shipped = (await world.get("/desk/orders/woocommerce:main:2")).text

    for shown in (
        "hold placed",
        "service: confirm address",
        f"{UI}/order%3Awoocommerce%3Amain%3A1001",
        "/t/OL",
    ):
        assert shown in review
    assert WAYBILL in shipped
    assert "已揽收，快递员：***" in shipped
    assert "13900001111" not in shipped


@pytest.mark.parametrize("key", ["woocommerce:main:404", "OLNOBODY", "x", "a:b:c:d", "<script>"])
async def test_an_unknown_order_is_a_plain_404(world: WebWorld, key: str) -> None:
    """On the desk as in the API."""
    assert (await world.get(f"/desk/orders/{key}")).status_code == 404
    assert (await world.get(f"/api/orders/{key}")).status_code == 404


async def test_parked_payloads_and_shops_are_visible(world: WebWorld) -> None:
    """With the reason, without the payload; a shop with its cursor."""
    await world.intake.receive(SHOP, Way.POLL, {"number": "1", "street": "文三路"})
    world.store.polls.failed(SHOP, "Unavailable: the shop is down")

    inbox, shops = (await world.get("/desk/inbox")).text, (await world.get("/desk/channels")).text

    assert "status: is missing" in inbox
    assert "文三路" not in inbox
    assert "the shop is down" in shops


async def test_the_api_tells_the_same(world: WebWorld) -> None:
    """Orders with counts; one order with parcels, timeline and tracking address."""
    key = an_order_in_review(world)

    listed = (await world.get("/api/orders?stage=allocated")).json()
    one = (await world.get(f"/api/orders/{key}")).json()

    assert listed["counts"] == {"allocated": 1}
    assert [order["key"] for order in listed["orders"]] == [str(key)]
    assert one["timeline"][0]["what"] == "hold.placed"
    assert one["tracking"] == f"/t/{a_token(world, key)}"


@pytest.mark.parametrize(("fails", "status"), [(False, 200), (True, 503)])
async def test_health_names_what_is_not_well(world: WebWorld, fails: object, status: int) -> None:
    """By its class, without its words."""

    async def database() -> None:
        if fails:
            raise Unavailable("the database at secret-host")

    world.probes = {"database": database}
    reply = await world.get("/health")

    assert reply.status_code == status
    assert reply.json()["database"] == ("Unavailable" if fails else "ok")
    assert "secret-host" not in reply.text


async def test_an_error_of_ours_shows_nothing_of_its_inside(
    world: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500, and not a word of what it was about."""

    def broken(*_: object) -> None:
        raise ValueError(NAME)

    monkeypatch.setattr(world.store.orders, "get", broken)
    reply = await world.get("/desk/orders/woocommerce:main:1")

    assert reply.status_code == 500
    assert reply.json() == {"error": "internal error"}

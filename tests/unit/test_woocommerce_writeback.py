"""A shop hears of a parcel once, however often we have to say it."""

from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels.woocommerce import WooCommerce, WooCommerceConfig
from oms.domain.errors import CredentialsExpired, Unavailable
from oms.domain.ids import OrderKey, Sku
from oms.domain.stock import Piece
from oms.http import Http
from oms.ports import ShippedParcel, WriteBackRefused, WrittenBack
from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http
from tests.unit.fake_shop import BASE, at, no_route, one_order, refusal
from tests.unit.woocommerce_orders import SHOP, meta

PATH = f"{BASE}/orders/727"


def a_parcel(waybill: str = "SF0001", *, last: bool = True) -> ShippedParcel:
    pieces = (Piece(line="315", sku=Sku("A"), quantity=2), Piece(line="gift", sku=Sku("B"), quantity=1))
    return ShippedParcel(
        order=OrderKey(channel="woocommerce", shop="main", number="727"), waybill=waybill, carrier="sf",
        pieces=pieces, shipped_at=at(0), last=last, idempotency_key=f"727:{waybill}",
    )  # fmt: skip


class Ledger:
    """A shop that remembers what is written to it."""

    def __init__(self, *, fulfillments: bool = True, **order: Any) -> None:
        self.fulfillments: list[Any] | None = [] if fulfillments else None
        self.order = one_order(**order)
        self.notes: list[str] = []
        self.broken: dict[str, Says] = {}

    def respond(self, asked: Asked) -> Says:
        call = f"{asked.method} {asked.path.removeprefix(PATH)}".strip()
        return self.broken[call] if call in self.broken else self._answer(call, asked)

    def _answer(self, call: str, asked: Asked) -> Says:
        match call:
            case "GET":
                return Says(self.order)
            case "PUT":
                written = {
                    note["key"]: note for note in [*self.order["meta_data"], *asked.json.pop("meta_data", [])]
                }
                self.order |= asked.json | {"meta_data": list(written.values())}
                return Says(self.order)
            case "POST /notes":
                self.notes.append(asked.json["note"])
                return Says({}, 201)
            case "GET /fulfillments" if self.fulfillments is not None:
                return Says(self.fulfillments)
            case "POST /fulfillments" if self.fulfillments is not None:
                self.fulfillments.append(asked.json)
                return Says(asked.json, 201)
        return no_route()


async def tell(
    shop: Ledger, *parcels: ShippedParcel
) -> tuple[list[WrittenBack | WriteBackRefused], FakeHttp]:
    async with fake_http(shop.respond) as server, Http() as http:
        config = WooCommerceConfig(
            shop=SHOP, base_url=server.url, consumer_key=SecretStr("ck"), consumer_secret=SecretStr("cs"),
            webhook_secret=SecretStr("wh"),
        )  # fmt: skip
        client = WooCommerce(config, http)
        return [await client.write_back(parcel) for parcel in parcels], server


async def test_a_parcel_becomes_a_fulfillment_and_the_last_one_completes_the_order() -> None:
    """Waybill, carrier and what is in it; then the status, which the shop does not move by itself."""
    shop = Ledger()

    answers, _ = await tell(shop, a_parcel())

    assert answers == [WrittenBack()]
    assert shop.fulfillments == [
        {
            "status": "fulfilled", "is_fulfilled": True,
            "meta_data": [
                {"key": "_tracking_number", "value": "SF0001"},
                {"key": "_shipment_provider", "value": "sf"},
                {"key": "_items", "value": [{"item_id": 315, "qty": 2}]},
            ],
        }
    ]  # fmt: skip
    assert shop.order["status"] == "completed"


async def test_an_order_of_two_parcels_is_completed_with_the_second() -> None:
    """The first one leaves it to be shipped."""
    shop = Ledger()

    await tell(shop, a_parcel("SF0001", last=False))
    half_way = shop.order["status"]
    await tell(shop, a_parcel("SF0002"))

    assert (half_way, shop.order["status"]) == ("processing", "completed")
    assert shop.fulfillments is not None
    assert len(shop.fulfillments) == 2


async def test_telling_twice_writes_once() -> None:
    """An attempt may have worked though its answer was lost: we look before we write."""
    shop = Ledger()

    answers, server = await tell(shop, a_parcel(), a_parcel())

    assert answers == [WrittenBack(), WrittenBack()]
    assert [asked.method for asked in server.asked if asked.method != "GET"] == ["POST", "PUT"]


async def test_a_shop_without_fulfillments_gets_the_waybill_on_the_order() -> None:
    """It is asked for them once; then waybill, status and a note for the buyer."""
    shop = Ledger(fulfillments=False)

    answers, server = await tell(shop, a_parcel("SF0001", last=False), a_parcel("SF0002"))

    assert answers == [WrittenBack(), WrittenBack()]
    assert {note["key"]: note["value"] for note in shop.order["meta_data"]} == {
        "_tracking_number": "SF0001,SF0002",
        "_shipment_provider": "sf",
    }
    assert shop.order["status"] == "completed"
    assert shop.notes == ["已发货 / shipped: sf SF0001", "已发货 / shipped: sf SF0002"]
    assert [asked.path for asked in server.asked].count(f"{PATH}/fulfillments") == 1


async def test_a_waybill_on_the_order_is_not_written_again() -> None:
    """Nor is the buyer told twice; only a status that is missing is made up for."""
    shop = Ledger(fulfillments=False, meta_data=[meta("_tracking_number", "SF0009, SF0001")])

    answers, server = await tell(shop, a_parcel())

    assert answers == [WrittenBack()]
    assert shop.order["status"] == "completed"
    assert [asked.json for asked in server.asked if asked.method == "PUT"] == [{"status": "completed"}]
    assert shop.notes == []


async def test_a_note_that_cannot_be_left_costs_nothing() -> None:
    """The waybill is written; trying again would only repeat it."""
    shop = Ledger(fulfillments=False)
    shop.broken["POST /notes"] = Says("", 500)

    answers, _ = await tell(shop, a_parcel())

    assert answers == [WrittenBack()]


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed", "trash"])
async def test_an_order_called_off_there_stays_called_off(status: str) -> None:
    """Completing it would take the buyer's refund back in the shop's books."""
    shop = Ledger(status=status)

    answers, server = await tell(shop, a_parcel())

    assert answers == [WriteBackRefused(reason=f"the shop's order is {status}")]
    assert [asked.method for asked in server.asked] == ["GET"]


@pytest.mark.parametrize(
    ("call", "says", "reason"),
    [
        ("GET", refusal(404, "woocommerce_rest_shop_order_invalid_id"), "the shop knows no such order"),
        ("POST /fulfillments", refusal(400, "woocommerce_fulfillment_error"), "the shop answered woocommerce_fulfillment_error"),
        ("PUT", refusal(400, "rest_invalid_param"), "the shop answered rest_invalid_param"),
    ],
)  # fmt: skip
async def test_a_shops_no_is_an_answer(call: str, says: Says, reason: str) -> None:
    """Business refuses in values; nobody retries it."""
    shop = Ledger()
    shop.broken[call] = says

    answers, _ = await tell(shop, a_parcel())

    assert answers == [WriteBackRefused(reason=reason)]


@pytest.mark.parametrize(
    ("call", "says", "error"),
    [
        ("GET", Says("<html>", 200), Unavailable),
        ("GET /fulfillments", Says({"no": "list"}), Unavailable),
        ("POST /fulfillments", Says(hangs_up=True), Unavailable),
        ("PUT", refusal(401, "woocommerce_rest_cannot_edit"), CredentialsExpired),
    ],
)
async def test_a_shop_that_gives_no_answer_is_asked_again(
    call: str, says: Says, error: type[Exception]
) -> None:
    """Whatever was written by then is found by looking."""
    shop = Ledger()
    shop.broken[call] = says

    with pytest.raises(error):
        await tell(shop, a_parcel())

"""Real past orders are played again with their own gaps, and no real row stops the run."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator.replay import read_past_orders
from tests.unit.simulator_world import NOON, Laboratory, a_laboratory

REAL = Path(__file__).parents[3] / "shared" / "data" / "olist"
needs_real_orders = pytest.mark.skipif(
    not (REAL / "orders.csv").is_file(),
    reason="the real orders lie beside the project, in ../shared/data/olist",
)
ORDER_COLUMNS = (
    "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
    "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date"
)
ITEM_COLUMNS = "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value"
PLAIN = "a,c1,delivered,1/1/2018 10:00,1/1/2018 11:00,1/2/2018 10:00,1/5/2018 10:00,1/9/2018 0:00"
ITEM = "1,p1,s1,1/3/2018 10:00,10.50,2.00"


def a_folder(folder: Path, orders: Sequence[str], items: Iterable[str]) -> Path:
    """Write past orders down as they were published."""
    (folder / "orders.csv").write_text("\n".join((ORDER_COLUMNS, *orders)), encoding="utf-8")
    (folder / "order_items.csv").write_text("\n".join((ITEM_COLUMNS, *items)), encoding="utf-8")
    (folder / "customers.csv").write_text("customer_id,customer_unique_id\nc1,person-1\n", encoding="utf-8")
    (folder / "products.csv").write_text(
        "product_id,product_category_name\np1,brinquedos\n", encoding="utf-8"
    )
    return folder


async def meta(lab: Laboratory, number: str = "1001") -> dict[str, str]:
    order = (await lab.woo("GET", f"orders/{number}")).json()
    return {entry["key"]: entry["value"] for entry in order["meta_data"]}


async def test_an_order_is_paid_shipped_and_signed_for_after_its_own_gaps(tmp_path: Path) -> None:
    source = a_folder(tmp_path, [PLAIN], [f"a,{ITEM}"])
    async with a_laboratory(source=source) as lab:
        await lab.control("start")
        lab.advance(hours=0.9)
        unpaid = (await lab.oracle())["orders"]["1001"]["paid"]
        lab.advance(hours=0.2)
        paid = (await lab.oracle())["orders"]["1001"]["paid"]
        await lab.create("1001", "D1", sku="p1")
        lab.advance(hours=100)
        delivery = lab.world.warehouse.orders["D1"]
        parcel = lab.world.journeys.parcels[delivery.waybill]

    assert (unpaid, paid) == (False, True)
    assert delivery.shipped_at == NOON + timedelta(seconds=24)
    assert parcel.signed_at == NOON + timedelta(seconds=96)


async def test_the_promised_shipping_time_travels_with_the_order(tmp_path: Path) -> None:
    source = a_folder(tmp_path, [PLAIN], [f"a,{ITEM}", "a,2,p1,s1,1/4/2018 10:00,10.50,2.00"])
    async with a_laboratory(source=source) as lab:
        await lab.control("start")
        lab.advance(seconds=0.1)
        order = (await lab.woo("GET", "orders/1001")).json()
        ship_by = datetime.fromisoformat((await meta(lab))["_ship_by"])

    assert ship_by == NOON + timedelta(seconds=72)
    assert [(line["sku"], line["quantity"], line["total"]) for line in order["line_items"]] == [
        ("p1", 2, "21.00")
    ]
    assert order["total"] == "25.00"


async def test_times_that_run_backwards_happen_at_once_in_logical_order(tmp_path: Path) -> None:
    backwards = "a,c1,delivered,1/5/2018 10:00,1/4/2018 10:00,1/3/2018 10:00,1/2/2018 10:00,"
    async with a_laboratory(source=a_folder(tmp_path, [backwards], [f"a,{ITEM}"])) as lab:
        await lab.control("start")
        lab.advance(seconds=0.1)
        await lab.create("1001", "D1", sku="p1")
        lab.advance(seconds=0.1)
        verdict = (await lab.oracle())["orders"]["1001"]
        parcel = lab.world.journeys.parcels[lab.world.warehouse.orders["D1"].waybill]

    assert (verdict["paid"], verdict["signed"]) == (True, True)
    assert [scan.state for scan in parcel.scans] == ["1", "0", "0", "5", "3"]


async def test_a_cancelled_order_is_cancelled_before_it_could_be_shipped(tmp_path: Path) -> None:
    cancelled = "a,c1,canceled,1/1/2018 10:00,1/1/2018 11:00,1/1/2018 11:10,,1/9/2018 0:00"
    async with a_laboratory(source=a_folder(tmp_path, [cancelled], [f"a,{ITEM}"])) as lab:
        await lab.control("start")
        lab.advance(hours=1.01)
        await lab.create("1001", "D1", sku="p1")
        lab.advance(hours=100)
        oracle = await lab.oracle()

    verdict = oracle["orders"]["1001"]
    assert (verdict["expected"], verdict["platform_status"]) == ("cancelled", "cancelled")
    assert (verdict["shipped_parcels"], oracle["shipped_after_cancel"]) == (0, [])


@pytest.mark.parametrize(
    "status", ["unavailable", "processing", "invoiced", "created", "approved", "a new word"]
)
async def test_an_order_that_stood_still_is_never_shipped(tmp_path: Path, status: str) -> None:
    row = f"a,c1,{status},1/1/2018 10:00,,,,"
    async with a_laboratory(source=a_folder(tmp_path, [row], [f"a,{ITEM}"])) as lab:
        await lab.control("start")
        lab.advance(seconds=0.1)
        await lab.create("1001", "D1", sku="p1")
        lab.advance(hours=1000)
        verdict = (await lab.oracle())["orders"]["1001"]

    assert (verdict["expected"], verdict["shipped_parcels"]) == ("open", 0)


async def test_an_order_that_was_never_signed_for_is_shipped_and_stays_open(tmp_path: Path) -> None:
    row = "a,c1,shipped,1/1/2018 10:00,1/1/2018 11:00,1/2/2018 10:00,,1/9/2018 0:00"
    async with a_laboratory(source=a_folder(tmp_path, [row], [f"a,{ITEM}"])) as lab:
        await lab.control("start")
        lab.advance(hours=1.1)
        await lab.create("1001", "D1", sku="p1")
        lab.advance(hours=1000)
        verdict = (await lab.oracle())["orders"]["1001"]

    assert (verdict["paid"], verdict["shipped_parcels"], verdict["signed"]) == (True, 1, False)
    assert (verdict["expected"], verdict["settled"]) == ("open", True)


async def test_rows_with_gaps_and_nonsense_stop_nothing(tmp_path: Path) -> None:
    rows = ["no-lines,c9,delivered,1/1/2018 10:00,,,,", "nonsense,c1,delivered,yesterday,,,,", PLAIN]
    items = [f"a,{ITEM}", "a,2,p1,s1,,not a price,", "unknown,1,p1,s1,,1,1"]
    async with a_laboratory(source=a_folder(tmp_path, rows, items)) as lab:
        await lab.control("start")
        lab.advance(hours=1000)
        oracle = await lab.oracle()

    assert (oracle["offered"], oracle["done_offering"]) == (2, True)
    assert oracle["orders"]["1002"]["expected"] == "open"


async def test_squeezed_orders_arrive_at_a_steady_rate(tmp_path: Path) -> None:
    later = PLAIN.replace("a,c1", "b,c1").replace("/2018", "/2019")
    source = a_folder(tmp_path, [later, PLAIN], [f"a,{ITEM}", f"b,{ITEM}"])
    async with a_laboratory(source=source, squeeze={"arrivals_per_second": 10}) as lab:
        await lab.control("start")
        lab.advance(seconds=0.15)
        first, second = await meta(lab), await meta(lab, "1002")

    assert (first["_past_order_id"], second["_past_order_id"]) == ("a", "b")


@needs_real_orders
def test_the_real_orders_can_be_read() -> None:
    orders = read_past_orders(REAL)

    statuses = Counter(order.status for order in orders)
    assert statuses["delivered"] == 2409
    assert [order.purchased for order in orders] == sorted(order.purchased for order in orders)
    assert any(not order.lines for order in orders)


@needs_real_orders
async def test_the_real_orders_can_be_played() -> None:
    silent = {"consumer_key": "ck_test", "consumer_secret": "cs_test", "webhook_secret": "hush"}
    async with a_laboratory(
        source=REAL, squeeze={"arrivals_per_second": 1000}, orders=300, shop=silent
    ) as lab:
        await lab.control("start")
        lab.advance(hours=24 * 30)
        oracle = await lab.oracle()

    assert (oracle["offered"], oracle["done_offering"]) == (300, True)
    assert oracle["totals"]["expected"]["completed"] > 200

"""The simulated shop answers as WooCommerce does, also to a client that is not ours."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from sys import executable

import httpx
import pytest
from woocommerce import API

from tests.unit.simulator_world import BASIC, NOON, SITE, Laboratory, a_config, a_laboratory

HERE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A simulator in a process of its own, with ten plain orders."""
    config = tmp_path_factory.mktemp("simulator") / "config.json"
    told = a_config().model_dump(mode="json")
    told["shop"]["webhook_url"] = told["wms"]["notify_url"] = None
    config.write_text(json.dumps(told), encoding="utf-8")
    with Popen(
        [executable, "-m", "simulator", "--config", config, "--port", "0"], cwd=HERE, stdout=PIPE
    ) as one:
        assert one.stdout is not None
        url = one.stdout.readline().decode().removeprefix("simulator ready ").strip()
        httpx.post(f"{url}/control/orders", json={"count": 10}, trust_env=False).raise_for_status()
        yield url
        one.terminate()


def the_client(url: str, secret: str = BASIC[1]) -> API:
    return API(url=url, consumer_key=BASIC[0], consumer_secret=secret, version="wc/v3", timeout=5)


def test_the_official_python_client_is_let_in(running: str) -> None:
    asked = {"modified_after": "2020-01-01T00:00:00", "dates_are_gmt": "true", "per_page": 3, "page": 2}

    answer = the_client(running).get("orders", params=asked)

    assert answer.status_code == 200, answer.text
    assert len(answer.json()) == 3
    assert answer.headers["X-WP-Total"] == "10"


def test_the_official_python_client_can_change_an_order(running: str) -> None:
    client = the_client(running)
    number = client.get("orders").json()[0]["id"]

    answer = client.put(f"orders/{number}", {"status": "completed"})

    assert answer.json()["status"] == "completed"
    assert client.get(f"orders/{number}").json()["date_completed"]


def test_the_official_python_client_with_a_wrong_secret_stays_outside(running: str) -> None:
    answer = the_client(running, secret="cs_wrong").get("orders")

    assert answer.status_code == 401
    assert answer.json()["code"] == "woocommerce_rest_authentication_error"


def test_a_signed_request_opens_the_door_once(running: str) -> None:
    url = str(the_client(running).get("orders").request.url)

    replayed = httpx.get(url, trust_env=False)

    assert replayed.status_code == 401
    assert "nonce" in replayed.json()["message"]


@pytest.mark.parametrize("auth", [("ck_wrong", BASIC[1]), (BASIC[0], "cs_wrong")])
async def test_a_wrong_basic_key_is_refused(auth: tuple[str, str]) -> None:
    async with a_laboratory() as lab:
        answer = await lab.http.get("/wp-json/wc/v3/orders", auth=auth)

    assert answer.status_code == 401
    assert answer.json()["code"] == "woocommerce_rest_authentication_error"


async def test_no_key_at_all_is_refused_in_other_words() -> None:
    async with a_laboratory() as lab:
        answer = await lab.http.get("/wp-json/wc/v3/orders")

    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_cannot_view")


async def test_both_bounds_of_a_listing_are_exclusive_to_the_second() -> None:
    async with a_laboratory() as lab:
        await lab.control("orders")
        at, second = NOON.replace(microsecond=0, tzinfo=None), timedelta(seconds=1)

        same = await modified(lab, modified_after=at.isoformat())
        earlier = await modified(lab, modified_after=(at - second).isoformat())
        before_same = await modified(lab, modified_before=at.isoformat())
        before_later = await modified(lab, modified_before=(at + second).isoformat())

    assert [len(same), len(earlier), len(before_same), len(before_later)] == [0, 1, 0, 1]


async def modified(lab: Laboratory, **bounds: str) -> list[object]:
    answer = await lab.woo("GET", "orders", params={"dates_are_gmt": "true", **bounds})
    found: list[object] = answer.json()
    return found


async def test_a_bound_without_the_gmt_flag_is_in_the_shops_own_time() -> None:
    async with a_laboratory() as lab:
        await lab.control("orders")

        answer = await lab.woo("GET", "orders", params={"modified_after": "2026-11-22T11:59:59"})
        late = await lab.woo("GET", "orders", params={"modified_after": "2026-11-22T12:00:00"})

    assert (len(answer.json()), len(late.json())) == (1, 0)


async def test_pages_and_their_headers_cover_everything_once() -> None:
    async with a_laboratory() as lab:
        await lab.control("orders", {"count": 5})

        pages = [
            await lab.woo("GET", "orders", params={"per_page": 2, "page": page, "order": "asc"})
            for page in (1, 2, 3)
        ]

    assert [order["id"] for page in pages for order in page.json()] == [1001, 1002, 1003, 1004, 1005]
    assert {page.headers["X-WP-TotalPages"] for page in pages} == {"3"}
    assert pages[0].headers["Link"] == (
        f'<{SITE}/wp-json/wc/v3/orders?per_page=2&page=2&order=asc>; rel="next"'
    )
    assert 'rel="prev"' in pages[2].headers["Link"]
    assert 'rel="next"' not in pages[2].headers["Link"]


@pytest.mark.parametrize(
    "asked", [{"per_page": "101"}, {"page": "0"}, {"orderby": "x"}, {"status": "x"}, {"modified_after": "x"}]
)
async def test_a_wrong_parameter_is_refused(asked: dict[str, str]) -> None:
    async with a_laboratory() as lab:
        answer = await lab.woo("GET", "orders", params=asked)

    assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")


async def test_every_change_gives_a_later_modification_time() -> None:
    async with a_laboratory() as lab:
        (number,) = (await lab.control("orders"))["numbers"]
        before = (await lab.woo("GET", f"orders/{number}")).json()
        lab.advance(seconds=2)

        after = (await lab.woo("PUT", f"orders/{number}", json={"status": "completed"})).json()

    assert after["date_modified_gmt"] > before["date_modified_gmt"]
    assert after["date_modified"] == "2026-11-22T12:00:02"


async def test_a_waybill_written_back_twice_is_one_write_back_and_two_calls() -> None:
    change = {"status": "completed", "meta_data": [{"key": "_tracking_number", "value": "SF1"}]}
    async with a_laboratory() as lab:
        (number,) = (await lab.control("orders"))["numbers"]

        await lab.woo("PUT", f"orders/{number}", json=change)
        await lab.woo("PUT", f"orders/{number}", json=change)
        verdict = (await lab.oracle())["orders"][number]

    assert (verdict["write_backs"], verdict["write_back_calls"]) == (1, 2)


async def test_a_fulfillment_is_a_write_back_too() -> None:
    meta = [
        {"key": "_tracking_number", "value": "SF9"},
        {"key": "_items", "value": [{"item_id": 1, "qty": 1}]},
    ]
    async with a_laboratory() as lab:
        (number,) = (await lab.control("orders"))["numbers"]

        answer = await lab.woo("POST", f"orders/{number}/fulfillments", json={"meta_data": meta})
        listed = await lab.woo("GET", f"orders/{number}/fulfillments")
        verdict = (await lab.oracle())["orders"][number]

    assert answer.status_code == 201
    assert [row["meta_data"] for row in listed.json()] == [meta]
    assert (verdict["write_backs"], verdict["platform_status"]) == (1, "processing")


async def test_without_the_feature_there_is_no_route_for_fulfillments() -> None:
    async with a_laboratory(fulfillments=False) as lab:
        (number,) = (await lab.control("orders"))["numbers"]

        answer = await lab.woo("POST", f"orders/{number}/fulfillments", json={})

    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")


async def test_refunding_everything_refunds_the_order() -> None:
    async with a_laboratory() as lab:
        (number,) = (await lab.control("orders", {"lines": [{"sku": "SKU-8801", "price": "88.80"}]}))[
            "numbers"
        ]
        total = (await lab.woo("GET", f"orders/{number}")).json()["total"]

        part = await lab.woo("POST", f"orders/{number}/refunds", json={"amount": "8.80"})
        too_much = await lab.woo("POST", f"orders/{number}/refunds", json={"amount": total})
        rest = f"{float(total) - 8.8:.2f}"
        await lab.woo("POST", f"orders/{number}/refunds", json={"amount": rest, "reason": "坏了"})
        order = (await lab.woo("GET", f"orders/{number}")).json()
        listed = (await lab.woo("GET", f"orders/{number}/refunds")).json()

    assert (part.status_code, too_much.status_code, order["status"]) == (201, 500, "refunded")
    assert [refund["amount"] for refund in listed] == [rest, "8.80"]


async def test_a_malformed_order_is_shown_as_told_and_nothing_else_suffers() -> None:
    async with a_laboratory() as lab:
        wish = {"raw": {"total": "abc", "line_items": None}}
        (number,) = (await lab.control("orders", wish))["numbers"]
        await lab.control("orders")

        listed = (await lab.woo("GET", "orders", params={"order": "asc"})).json()

    assert [order["total"] == "abc" for order in listed] == [True, False]
    assert listed[0]["id"] == int(number)


async def test_an_unknown_order_and_an_unknown_route_are_told_apart() -> None:
    async with a_laboratory() as lab:
        order, route = await asyncio.gather(lab.woo("GET", "orders/1"), lab.woo("GET", "nonsense"))

    assert order.json()["code"] == "woocommerce_rest_shop_order_invalid_id"
    assert route.json()["code"] == "rest_no_route"

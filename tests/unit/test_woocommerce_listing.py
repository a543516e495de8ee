"""No order is lost while a shop's list moves under our hands."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels.woocommerce import WooCommerce, WooCommerceConfig
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Http
from oms.ports import Page
from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http
from tests.unit.fake_shop import BASE, FakeShop, at, no_route, refusal, stamp
from tests.unit.woocommerce_orders import SHOP

WINDOW = (at(0), at(600))


def a_client(server: FakeHttp, http: Http, page_size: int = 4) -> WooCommerce:
    config = WooCommerceConfig(
        shop=SHOP, base_url=server.url, consumer_key=SecretStr("ck"), consumer_secret=SecretStr("cs"),
        webhook_secret=SecretStr("wh"), page_size=page_size,
    )  # fmt: skip
    return WooCommerce(config, http)


async def listed(respond: Callable[[Asked], Says] | Says, page_size: int = 4) -> tuple[list[Page], FakeHttp]:
    async with fake_http(respond) as server, Http() as http:
        pages = [page async for page in a_client(server, http, page_size).changed(*WINDOW)]
    return pages, server


def numbers(pages: list[Page]) -> list[int]:
    return [row["id"] for page in pages for row in page.payloads]


async def test_the_question_is_the_documented_one() -> None:
    """Both bounds exclusive in whole seconds, hence wider; any status, oldest change first; Basic on loopback."""
    _, server = await listed(Says([]), page_size=100)

    assert server.asked[0].path == f"{BASE}/orders"
    assert server.asked[0].headers["authorization"] == "Basic Y2s6Y3M="
    assert server.asked[0].query == {
        "modified_after": stamp(at(-1)), "modified_before": stamp(at(602)), "dates_are_gmt": "true",
        "orderby": "modified", "order": "asc", "status": "any", "per_page": "100", "page": "1",
    }  # fmt: skip


async def test_an_empty_window_is_one_empty_page() -> None:
    """So that a sweep hears the platform's own zero."""
    pages, _ = await listed(Says([], headers={"X-WP-Total": "0", "X-WP-TotalPages": "0"}))

    assert pages == [Page(payloads=(), total=0)]


@pytest.mark.parametrize("count", [1, 4, 5, 25])
async def test_a_quiet_list_comes_whole_and_once(count: int) -> None:
    """Every order, none twice, in any number of pages; the total is that of the whole window."""
    shop = FakeShop({number: at(number * 7) for number in range(count)})

    pages, _ = await listed(shop.respond)

    assert numbers(pages) == list(range(count))
    assert {page.total for page in pages} == {count}


async def test_the_bounds_themselves_belong_to_the_window() -> None:
    """An order modified in the very first or last second is not between two windows."""
    shop = FakeShop({1: at(0), 2: at(600), 3: at(600.9)})

    pages, _ = await listed(shop.respond)

    assert numbers(pages) == [1, 2, 3]


@pytest.mark.parametrize("seed", range(12))
async def test_orders_modified_between_two_questions_are_not_lost(seed: int) -> None:
    """Counting pages would lose the order that moves up onto a page already read."""
    luck = Random(seed)
    clock = [600.0]

    def some_move(shop: FakeShop) -> None:
        for number in luck.sample(sorted(shop.modified), 3):
            clock[0] += 1
            shop.modified[number] = at(clock[0])

    shop = FakeShop({number: at(luck.randrange(590)) for number in range(40)}, between=some_move)
    before = set(shop.modified)

    pages, _ = await listed(shop.respond, page_size=8)

    still_there = {number for number in before if shop.modified[number] <= at(600)}
    assert still_there <= set(numbers(pages))


async def test_an_order_modified_while_its_page_is_written_hides_none() -> None:
    """Its time is then later than its place; going on from there would skip those between."""
    shop = FakeShop({number: at(number * 10) for number in range(40)})

    def last_of_page_one(shop: FakeShop) -> None:
        shop.modified[7] = max(shop.modified[7], at(599))

    shop.while_writing = last_of_page_one

    pages, _ = await listed(shop.respond, page_size=8)

    assert set(numbers(pages)) == set(range(40))


async def test_many_orders_of_one_second_are_counted_through() -> None:
    """A bulk edit gives a hundred orders one time; then pages are counted, and begun again when they move up."""
    moves = iter([None, 3, None, None, None, None, None, None, None, None])

    def one_moves(shop: FakeShop) -> None:
        number = next(moves, None)
        if number is not None:
            shop.modified[number] = at(700)

    shop = FakeShop(dict.fromkeys(range(30), at(50)), between=one_moves)

    pages, _ = await listed(shop.respond)

    assert set(numbers(pages)) == set(range(30))


async def test_a_short_page_is_not_the_end_when_the_shop_says_so() -> None:
    """A plugin may allow fewer rows a page than we asked for."""

    def respond(asked: Asked) -> Says:
        rows = {"1": [1, 2], "2": [3]}[asked.query["page"]]
        moment = stamp(at(0))
        return Says([{"id": n, "date_modified_gmt": moment} for n in rows], headers={"X-WP-TotalPages": "2"})

    pages, _ = await listed(respond)

    assert numbers(pages) == [1, 2, 3]


async def test_a_row_that_is_no_order_is_handed_on_to_be_parked() -> None:
    """One bad row neither stops the others nor disappears."""
    pages, _ = await listed(Says([None, {"id": 1, "date_modified_gmt": "?"}, {"id": 2}]))

    assert pages[0].payloads == ({"unreadable": None}, {"id": 1, "date_modified_gmt": "?"}, {"id": 2})


async def test_a_shop_that_ignores_the_filter_is_not_walked_for_ever() -> None:
    """Before 5.8 WooCommerce lists everything it has: a person must look, at once."""
    everything = [{"id": n, "date_modified_gmt": "2019-01-01T00:00:00"} for n in range(4)]

    with pytest.raises(InterfaceRetired, match=r"5\.8"):
        await listed(Says(everything))


@pytest.mark.parametrize(
    ("says", "error", "words"),
    [
        (refusal(401, "woocommerce_rest_cannot_view"), CredentialsExpired, "woocommerce_rest_cannot_view"),
        (Says("<html>", 401), CredentialsExpired, "401"),
        (refusal(403, "rest_forbidden"), CredentialsExpired, "rest_forbidden"),
        (no_route(), InterfaceRetired, "rest_no_route"),
        (Says("<html>not found", 404), InterfaceRetired, "404"),
        (Says("", 410), InterfaceRetired, "410"),
        (refusal(400, "rest_invalid_param"), Misused, "rest_invalid_param"),
        (refusal(500, "internal_server_error"), Unavailable, "internal_server_error"),
        (Says("<html>upstream", 502), Unavailable, "502"),
        (Says("<html>maintenance", 200), Unavailable, "not JSON"),
        (Says("<html>maintenance", 400), Unavailable, "not JSON"),
        (Says("", 200), Unavailable, "not JSON"),
        (Says({"orders": []}, 200), Unavailable, "no list"),
        (Says(hangs_up=True), Unavailable, "RemoteProtocolError"),
    ],
)
async def test_what_is_no_list_is_never_taken_for_no_orders(
    says: Says, error: type[OmsError], words: str
) -> None:
    """Classified by the body first; six hours of 404 must not look like a quiet night."""
    with pytest.raises(error, match=words) as caught:
        await listed(says)

    assert type(caught.value) is error


async def test_a_shop_that_is_asked_too_often_says_for_how_long() -> None:
    """Its own figure is kept."""
    with pytest.raises(RateLimited) as caught:
        await listed(refusal(429, "too_many_requests", **{"Retry-After": "9"}))

    assert caught.value.retry_after == 9


@pytest.mark.parametrize(
    ("says", "found"),
    [
        (Says({"id": 727}), {"id": 727}),
        (refusal(404, "woocommerce_rest_shop_order_invalid_id"), None),
        (no_route(), InterfaceRetired),
        (Says("<html>", 404), InterfaceRetired),
        (refusal(400, "rest_invalid_param"), Misused),
        (Says([]), Unavailable),
    ],
)
async def test_only_the_shops_own_word_means_that_there_is_no_such_order(says: Says, found: Any) -> None:
    """Any other 404 is an interface that is gone."""
    async with fake_http(says) as server, Http() as http:
        client = a_client(server, http)
        if isinstance(found, type):
            with pytest.raises(found):
                await client.fetch("727")
        else:
            assert await client.fetch("727") == found

    assert server.asked[0].path == f"{BASE}/orders/727"


async def test_a_number_no_shop_can_have_is_not_asked_for() -> None:
    """WordPress would say rest_no_route, and wake somebody for nothing."""
    async with fake_http(no_route()) as server, Http() as http:
        found = await a_client(server, http).fetch("OL-727")

    assert (found, server.asked) == (None, [])

"""What the shop tells by itself is believed only with its signature."""

import base64
import hashlib
import hmac
import json

import pytest
from pydantic import SecretStr

from oms.channels import CHANNELS, open_channel
from oms.channels.woocommerce.oauth import basic, may_show_secret, query_of, signed_query
from oms.channels.woocommerce.webhook import Kind, hear, is_ping, read, verify
from oms.domain.errors import Forged, Unmappable
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.settings import ShopConfig, WrongSetting
from tests.channels.platform_world import MemoryTokens
from tests.unit.fake_http import Says, fake_http
from tests.unit.test_woocommerce_listing import a_client
from tests.unit.woocommerce_orders import an_order

SECRET = SecretStr("hush")


def signed(body: bytes, topic: str = "order.updated") -> dict[str, str]:
    signature = base64.b64encode(hmac.new(b"hush", body, hashlib.sha256).digest()).decode()
    return {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-Signature": signature}


def test_the_published_signature_is_ours() -> None:
    """The vector of WooCommerce's and Shopify's rule."""
    body = b'{"id":820982911946154508,"name":"#9999"}'
    headers = {"x-wc-webhook-signature": "YBwnJ9vsibq7srObgXybmGHWuwos+jDEL//7749XS78="}

    verify(headers, body, SECRET)

    with pytest.raises(Forged):
        verify(headers, body + b" ", SECRET)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-WC-Webhook-Signature": ""},
        {"X-WC-Webhook-Signature": "ünsigned"},
        {"X-WC-Webhook-Signature": "AAAA"},
    ],
)
def test_what_is_not_signed_is_forged(headers: dict[str, str]) -> None:
    """Also a body that looks like an order."""
    with pytest.raises(Forged):
        hear(headers, json.dumps(an_order()).encode(), SECRET)


def test_an_empty_secret_opens_nothing() -> None:
    """Everybody can sign with it."""
    signature = base64.b64encode(hmac.new(b"", b"{}", hashlib.sha256).digest()).decode()

    with pytest.raises(Forged):
        verify({"X-WC-Webhook-Signature": signature}, b"{}", SecretStr(""))


@pytest.mark.parametrize("topic", ["order.created", "order.updated", "order.restored"])
def test_a_change_brings_the_whole_order(topic: str) -> None:
    """As the list would show it, and nobody in its repr."""
    body = json.dumps(an_order()).encode()

    delivery = hear(signed(body, topic), body, SECRET)

    assert (delivery.kind, delivery.number, dict(delivery.payload)) == (Kind.ORDER, "727", an_order())
    assert "138" not in repr(delivery)


def test_a_deletion_brings_a_number() -> None:
    """And nothing else: whoever hears it fetches the order, or learns that it is gone."""
    delivery = hear(signed(b'{"id":727}', "order.deleted"), b'{"id":727}', SECRET)

    assert (delivery.kind, delivery.number) == (Kind.DELETED, "727")


def test_other_topics_are_heard_and_forgotten() -> None:
    """A shop may send its products here too."""
    assert hear(signed(b"{}", "product.updated"), b"{}", SECRET).kind is Kind.OTHER


def test_a_new_webhook_says_hello_unsigned() -> None:
    """A form with its number; anything else that is unsigned is not a greeting."""
    assert (
        hear({"Content-Type": "application/x-www-form-urlencoded"}, b"webhook_id=12", SECRET).kind
        is Kind.PING
    )
    assert not is_ping({}, b"webhook_id=12&id=7")
    assert not is_ping(signed(b"webhook_id=12"), b"webhook_id=12")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"NaN", b"\xff"])
def test_a_signed_body_that_is_no_order_is_unmappable(body: bytes) -> None:
    """Their fault, and their answer is 400."""
    with pytest.raises(Unmappable):
        read({"X-WC-Webhook-Topic": "order.updated"}, body)


def test_the_published_oauth_signature_is_ours() -> None:
    """Parameters encoded once, the whole string again, as the official Python client does."""
    query = signed_query(
        "get", "http://127.0.0.1:8080/wp-json/wc/v3/orders",
        {"modified_after": "2026-11-22T01:30:00", "dates_are_gmt": "true", "page": "1", "per_page": "100"},
        key="ck_test", secret="cs_test", timestamp=1763776800, nonce="nonce123",
    )  # fmt: skip

    assert "oauth_signature=kkRdDBgmxOWR4sebOgIVZ859siXWkHBbX5m3fCfXGz4%3D" in query.split("&")
    assert "modified_after=2026-11-22T01%3A30%3A00" in query.split("&")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://shop.example/wp-json", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://localhost", True),
        ("http://shop.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://10.0.0.7", False),
    ],
)
def test_the_secret_itself_travels_only_where_nobody_listens(url: str, safe: bool) -> None:
    """Elsewhere a signature does, which opens one door once."""
    assert may_show_secret(url) is safe


async def test_over_a_plain_line_the_request_is_signed() -> None:
    """No Authorization header; a nonce of its own for every question. 127.1 is this machine, but does not look it."""
    async with fake_http(Says({"id": 7})) as server, Http() as http:
        server.url = server.url.replace("127.0.0.1", "127.1")
        client = a_client(server, http)
        await client.fetch("7")
        await client.fetch("7")

    first, second = (asked.query for asked in server.asked)
    unsigned = {name: value for name, value in first.items() if not name.startswith("oauth_")}
    expected = signed_query(
        "GET", f"{server.url}/wp-json/wc/v3/orders/7", unsigned,
        key="ck", secret="cs", timestamp=int(first["oauth_timestamp"]), nonce=first["oauth_nonce"],
    )  # fmt: skip
    assert "authorization" not in server.asked[0].headers
    assert query_of(first) == expected
    assert first["oauth_nonce"] != second["oauth_nonce"]


def test_basic_is_the_standard_one() -> None:
    """Key and secret, once base64."""
    assert basic("ck", "cs") == "Basic Y2s6Y3M="


SHOP_ROW = ShopConfig(
    channel="woocommerce", shop="main", url="https://shop.example",
    secrets={"key": SecretStr("ck"), "secret": SecretStr("cs"), "webhook_secret": SecretStr("wh")},
)  # fmt: skip


async def test_a_shop_of_the_shops_file_is_opened_by_its_channel() -> None:
    """One line in the registry is all the core knows of a platform."""
    async with Http() as http:
        channel = open_channel(SHOP_ROW, http, MemoryTokens())

    assert "woocommerce" in CHANNELS
    assert channel.shop == ShopKey(channel="woocommerce", shop="main")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": "bazaar"}, "no channel 'bazaar'; known: .*woocommerce"),
        (
            {"secrets": {"key": SecretStr("ck"), "webhook_secret": SecretStr("wh")}},
            "needs a secret named secret",
        ),
    ],
)
async def test_a_wrong_shops_file_stops_the_start(changes: dict[str, object], words: str) -> None:
    """With the shop and what is missing, before anything is asked."""
    async with Http() as http:
        with pytest.raises(WrongSetting, match=words):
            open_channel(SHOP_ROW.model_copy(update=changes), http, MemoryTokens())

"""The outside world signs as the real platforms do."""

from urllib.parse import parse_qsl, urlsplit

from simulator import signatures

BODY = b'{"id":820982911946154508,"name":"#9999"}'


def test_a_qimen_request_is_signed_over_its_sorted_query_and_raw_body() -> None:
    query = {
        "method": "taobao.qimen.inventory.query",
        "timestamp": "2026-11-22 10:00:00",
        "format": "xml",
        "app_key": "12345678",
        "v": "2.0",
        "sign_method": "md5",
        "customerId": "c1234567",
        "sign": "IS NOT PART OF IT",
    }
    body = (
        b'<?xml version="1.0" encoding="utf-8"?><request><criteriaList><criteria><warehouseCode>WH1</warehouseCode>'
        b"<ownerCode>O1</ownerCode><itemCode>SKU-1</itemCode></criteria></criteriaList></request>"
    )

    assert signatures.qimen("qmsecret", query, body) == "663A1F8CB39E0787A72C78A6583E2A26"


def test_a_kuaidi100_query_is_signed_with_key_and_customer() -> None:
    param = (
        '{"com":"shunfeng","num":"SF0000000000001","phone":"0000","resultv2":"4","show":"0","order":"desc"}'
    )

    assert signatures.kuaidi100_query(param, "testkey", "TESTCUSTOMER") == "CB6BC088917B4D95D904C17B00B1AE61"


def test_a_woocommerce_webhook_is_signed_over_its_raw_body() -> None:
    assert signatures.woocommerce_webhook("hush", BODY) == "YBwnJ9vsibq7srObgXybmGHWuwos+jDEL//7749XS78="


def test_a_woocommerce_request_over_http_is_signed_as_oauth_1() -> None:
    url = (
        "http://127.0.0.1:8080/wp-json/wc/v3/orders?modified_after=2026-11-22T01%3A30%3A00"
        "&dates_are_gmt=true&page=1&per_page=100"
    )
    query = dict(parse_qsl(urlsplit(url).query)) | {
        "oauth_consumer_key": "ck_test",
        "oauth_timestamp": "1763776800",
        "oauth_nonce": "nonce123",
        "oauth_signature_method": "HMAC-SHA256",
    }

    signature = signatures.woocommerce_oauth("GET", url.partition("?")[0], query, "cs_test")

    assert signature == "kkRdDBgmxOWR4sebOgIVZ859siXWkHBbX5m3fCfXGz4="

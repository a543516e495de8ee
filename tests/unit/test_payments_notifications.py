"""A payment gateway's notification is taken for what it is: from whom, for whom, how much."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from oms.domain.errors import Forged, Unmappable
from oms.http import Http
from oms.ports import Call, GatewayPayment
from oms.stack.gateways import PLATFORM_SERIAL
from oms.stack.keys import key_pair
from tests.unit.gateway_words import (
    NOON,
    TRADE,
    TRANSACTION,
    a_gateway,
    a_transaction,
    alipay_call,
    an_alipay_form,
    signed_by,
    wechat_body,
    wechat_call,
    wechat_headers,
)

VECTORS = json.loads(Path(__file__).with_name("payment_vectors.json").read_text(encoding="utf-8"))
WECHAT_PAID = GatewayPayment(number="1001", transaction=TRANSACTION, amount_fen=18800, paid_at=NOON)
ALIPAY_PAID = GatewayPayment(number="1001", transaction=TRADE, amount_fen=18800, paid_at=NOON)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[Http]:
    async with Http() as opened:
        yield opened


def a_vector_call(**changes: str) -> Call:
    """WeChat's notification as openssl and pycryptodome made it."""
    headers = {
        "wechatpay-timestamp": VECTORS["ts"], "wechatpay-nonce": "nonce-1", "wechatpay-serial": PLATFORM_SERIAL,
        "wechatpay-signature": VECTORS["signature"], **changes,
    }  # fmt: skip
    return Call(method="POST", query={}, headers=headers, body=VECTORS["body"].encode())


def test_wechat_pays_vector_of_other_tools_is_read(http: Http) -> None:
    """Signed by openssl, sealed by pycryptodome; the order's amount, not what was left after a coupon."""
    secrets = {"platform_key": VECTORS["public"], "api_v3_key": VECTORS["api_v3_key"]}
    gateway = a_gateway("wechatpay", http, secrets=secrets)

    heard = gateway.hear(a_vector_call(), NOON)

    assert heard.payment == WECHAT_PAID
    assert heard.reply.status == 204


def test_wechat_pays_certificate_is_known_by_its_own_serial(http: Http) -> None:
    """Two keys stand one after the other while theirs changes; case and leading zeros of the serial do not matter."""
    keys = VECTORS["certificate"] + "\n" + VECTORS["public"]
    gateway = a_gateway(
        "wechatpay", http, secrets={"platform_key": keys, "api_v3_key": VECTORS["api_v3_key"]}
    )

    heard = [
        gateway.hear(a_vector_call(**{"wechatpay-serial": serial}), NOON).payment
        for serial in ("0a5157f09efdc096", "A5157F09EFDC096", PLATFORM_SERIAL)
    ]

    assert heard == [WECHAT_PAID] * 3


def test_alipays_vector_of_openssl_is_read(http: Http) -> None:
    """Signed over the decoded fields, Chinese and all."""
    gateway = a_gateway("alipay", http, secrets={"alipay_key": VECTORS["public"]})
    body = urlencode({**VECTORS["form"], "sign": VECTORS["form_sign"], "sign_type": "RSA2"}).encode()

    heard = gateway.hear(Call(method="POST", query={}, headers={}, body=body), NOON)

    assert heard.payment == ALIPAY_PAID
    assert heard.reply.body == "success"


def test_alipay_in_another_charset_is_read(http: Http) -> None:
    """The form says itself how its letters are written."""
    form = an_alipay_form(charset="GBK")
    text = "&".join(f"{name}={form[name]}" for name in sorted(form)).encode("gbk")
    gateway = a_gateway("alipay", http)
    signed = dict(parse_qsl(alipay_call(form).body.decode()))
    sign = signed_by("alipay", text)
    body = urlencode({**form, "sign": sign, "sign_type": signed["sign_type"]}, encoding="gbk").encode()

    assert gateway.hear(Call(method="POST", query={}, headers={}, body=body), NOON).payment == ALIPAY_PAID


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_wechat_pays_clock_may_differ_by_five_minutes(http: Http, minutes: int) -> None:
    """Either way."""
    gateway = a_gateway("wechatpay", http)

    assert gateway.hear(wechat_call(at=NOON + minutes * MINUTE), NOON).payment == WECHAT_PAID


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_older_notification_of_wechat_pay_is_a_replay(http: Http, seconds: int) -> None:
    """However well it is signed."""
    gateway = a_gateway("wechatpay", http)

    with pytest.raises(Forged, match="five minutes"):
        gateway.hear(wechat_call(at=NOON + timedelta(seconds=seconds)), NOON)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("wechatpay-timestamp", "1795320060"),
        ("wechatpay-timestamp", ""),
        ("wechatpay-timestamp", "soon"),
        ("wechatpay-timestamp", "9" * 400),
        ("wechatpay-nonce", "another"),
        ("wechatpay-nonce", "\udc80"),
        ("wechatpay-serial", "PUB_KEY_ID_OTHER"),
        ("wechatpay-serial", ""),
        ("wechatpay-signature", ""),
        ("wechatpay-signature", "not base64 !"),
        ("wechatpay-signature", "WECHATPAY/SIGNTEST/abcd"),
        ("wechatpay-signature", "QUJD"),
    ],
)
def test_whatever_is_changed_in_wechat_pays_headers_is_forged(http: Http, header: str, value: str) -> None:
    """Also WeChat Pay's own trial, which every merchant must refuse."""
    call = wechat_call()
    changed = call.model_copy(update={"headers": {**call.headers, header: value}})

    with pytest.raises(Forged):
        a_gateway("wechatpay", http).hear(changed, NOON)


def test_a_changed_body_is_forged(http: Http) -> None:
    """One letter of WeChat Pay's, one figure of Alipay's."""
    wechat, alipay = wechat_call(), alipay_call()
    cheaper = alipay.body.replace(b"188.00", b"1.00")

    with pytest.raises(Forged):
        a_gateway("wechatpay", http).hear(wechat.model_copy(update={"body": wechat.body + b" "}), NOON)
    with pytest.raises(Forged):
        a_gateway("alipay", http).hear(alipay.model_copy(update={"body": cheaper}), NOON)


@pytest.mark.parametrize(
    "body",
    [b"", b"sign=QUJD&sign_type=RSA2", b"\xff\xfe", b"a=1&" * 200, b'{"id": 1}', b"sign_type=RSA&sign=x"],
)
def test_a_call_without_alipays_signature_is_forged(http: Http, body: bytes) -> None:
    """Whatever else it is."""
    with pytest.raises(Forged):
        a_gateway("alipay", http).hear(Call(method="POST", query={}, headers={}, body=body), NOON)


def test_a_strangers_signature_is_forged(http: Http) -> None:
    """With a key of the right kind and the right serial."""
    body = wechat_body(a_transaction())
    wechat = Call(method="POST", query={}, headers=wechat_headers(body, owner="stranger"), body=body)

    with pytest.raises(Forged):
        a_gateway("wechatpay", http).hear(wechat, NOON)
    with pytest.raises(Forged):
        a_gateway("alipay", http).hear(alipay_call(owner="stranger"), NOON)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("wechatpay", {"mchid": "1900000110"}),
        ("wechatpay", {"appid": "wx1"}),
        ("alipay", {"app_id": "2021000000000002"}),
        ("alipay", {"app_id": None}),
        ("alipay", {"seller_id": "2088000000000002"}),
    ],
    ids=str,
)
def test_a_payment_to_somebody_else_is_refused(http: Http, kind: str, changes: dict[str, Any]) -> None:
    """Though the gateway has signed it: another merchant, another app, another payee."""
    call = wechat_call(**changes) if kind == "wechatpay" else alipay_call(**changes)

    with pytest.raises(Forged, match=r"meant for|another account"):
        a_gateway(kind, http).hear(call, NOON)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": {"total": 18800.0}}, "amount.total"),
        ({"amount": {"total": "18800"}}, "amount.total"),
        ({"amount": {"total": True}}, "amount.total"),
        ({"amount": {"total": -1}}, "amount.total"),
        ({"amount": {}}, "amount.total"),
        ({"amount": None}, "amount"),
        ({"amount": {"total": 18800, "currency": "USD"}}, "amount.currency"),
        ({"success_time": "yesterday"}, "success_time"),
        ({"success_time": "2026-11-22T12:00:00"}, "success_time"),
        ({"success_time": None}, "success_time"),
        ({"transaction_id": ""}, "transaction_id"),
        ({"out_trade_no": "XX1001"}, "out_trade_no"),
        ({"out_trade_no": "WC"}, "out_trade_no"),
        ({"mchid": None}, "mchid"),
    ],
)
def test_wechat_pays_broken_fields_are_named(http: Http, changes: dict[str, Any], field: str) -> None:
    """An amount that merely looks like one, another currency, another shop's number: the field, never the content."""
    with pytest.raises(Unmappable) as refusal:
        a_gateway("wechatpay", http).hear(wechat_call(**changes), NOON)

    assert refusal.value.field == field
    assert not [word for word in ("18800.0", "yesterday", "XX1001", "oUpF8uM") if word in str(refusal.value)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total_amount": "188.005"}, "total_amount"),
        ({"total_amount": "1.88e2"}, "total_amount"),
        ({"total_amount": "-188.00"}, "total_amount"),
        ({"total_amount": None}, "total_amount"),
        ({"trans_currency": "USD"}, "trans_currency"),
        ({"gmt_payment": "22/11/2026"}, "gmt_payment"),
        ({"gmt_payment": None}, "send_pay_date"),
        ({"trade_no": None}, "trade_no"),
        ({"out_trade_no": "1001"}, "out_trade_no"),
        ({"out_trade_no": None}, "out_trade_no"),
        ({"trade_status": None}, "trade_status"),
    ],
)
def test_alipays_broken_fields_are_named(http: Http, changes: dict[str, str | None], field: str) -> None:
    """The field, never the content."""
    with pytest.raises(Unmappable) as refusal:
        a_gateway("alipay", http).hear(alipay_call(an_alipay_form(**changes)), NOON)

    assert refusal.value.field == field


@pytest.mark.parametrize("kind", ["wechatpay", "alipay"])
def test_a_shop_in_another_currency_takes_no_yuan(http: Http, kind: str) -> None:
    """We never convert."""
    call = wechat_call() if kind == "wechatpay" else alipay_call()

    with pytest.raises(Unmappable, match="is not USD"):
        a_gateway(kind, http, currency="USD").hear(call, NOON)


@pytest.mark.parametrize(
    "body",
    [
        wechat_body(a_transaction(), key="f" * 32),
        wechat_body("not json"),
        wechat_body("[1]"),
        wechat_body(a_transaction()).replace(b"AES_256", b"AES_128"),
        b'{"id": "EV-1", "event_type": "TRANSACTION.SUCCESS"}',
        b"[]",
        b"<html>",
        b'{"id": NaN}',
    ],
)
def test_what_cannot_be_opened_is_unmappable(http: Http, body: bytes) -> None:
    """Signed by them, sealed with another key than ours (or nothing that we know): for a person."""
    call = Call(method="POST", query={}, headers=wechat_headers(body), body=body)

    with pytest.raises(Unmappable):
        a_gateway("wechatpay", http).hear(call, NOON)


def test_what_tells_of_no_payment_is_only_answered(http: Http) -> None:
    """A refund, a payment not made, a trade closed."""
    body = wechat_body(a_transaction(), event="REFUND.SUCCESS")
    refund = Call(method="POST", query={}, headers=wechat_headers(body), body=body)
    wechat, alipay = a_gateway("wechatpay", http), a_gateway("alipay", http)

    heard = [wechat.hear(refund, NOON), wechat.hear(wechat_call(trade_state="CLOSED"), NOON)]
    heard += [
        alipay.hear(alipay_call(trade_status=word), NOON) for word in ("WAIT_BUYER_PAY", "TRADE_CLOSED")
    ]

    assert [each.payment for each in heard] == [None] * 4
    assert alipay.hear(alipay_call(trade_status="TRADE_FINISHED"), NOON).payment == ALIPAY_PAID


@pytest.mark.parametrize(
    ("options", "theirs", "number"),
    [
        ({"number_prefix": ""}, "1001", "1001"),
        ({"number_prefix": "WC"}, "WC1001", "1001"),
        ({"number_prefix": "", "number_suffix": "S"}, "1001S", "1001"),
        ({"number_prefix": "WC", "number_tail": "-"}, "WC1001-1795320000", "1001"),
        ({"number_prefix": "", "number_tail": "_"}, "1001", "1001"),
    ],
)
def test_the_order_is_found_behind_what_plugins_add(
    http: Http, options: dict[str, Any], theirs: str, number: str
) -> None:
    """Prefix, suffix, or a tail that differs with each attempt to pay."""
    gateway = a_gateway("wechatpay", http, **options)

    payment = gateway.hear(wechat_call(out_trade_no=theirs), NOON).payment

    assert payment is not None
    assert payment.number == number


def test_nothing_of_the_payer_is_kept(http: Http) -> None:
    """Neither in what was read nor in what is shown of the gateway."""
    gateway = a_gateway("wechatpay", http)

    heard = gateway.hear(wechat_call(), NOON)

    shown = f"{heard!r} {vars(gateway)!r}"
    assert not [
        word for word in ("oUpF8uM", key_pair("merchant").private[:40], "0123456789abc") if word in shown
    ]


def test_refusals_are_in_their_words(http: Http) -> None:
    """WeChat Pay reads JSON, Alipay one word."""
    wechat = a_gateway("wechatpay", http).refusal(503, "later")
    alipay = a_gateway("alipay", http).refusal(503, "later")

    assert (wechat.status, json.loads(wechat.body)) == (503, {"code": "FAIL", "message": "later"})
    assert (alipay.status, alipay.body) == (503, "fail")


def test_the_moment_is_the_gateways(http: Http) -> None:
    """Alipay writes China's time without saying so."""
    payment = a_gateway("alipay", http).hear(alipay_call(gmt_payment="2026-11-22 00:30:00"), NOON).payment

    assert payment is not None
    assert payment.paid_at == datetime(2026, 11, 21, 16, 30, tzinfo=UTC)

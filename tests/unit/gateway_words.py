"""What payment gateways say, signed by keys of this test run and by none of our own code."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pydantic import SecretStr

from oms.domain.ids import OrderKey
from oms.domain.messages import PaymentSeen, SnapshotArrived
from oms.gateways import GatewayConfig
from oms.http import Http
from oms.payments import open_gateway
from oms.ports import Call, PaymentGateway
from oms.settings import ShopConfig
from oms.stack.gateways import APP_ID, APPID, MCHID, PLATFORM_SERIAL, SELLER_ID, SERIAL
from oms.stack.keys import key_pair
from tests.unit.intake_world import RememberingMailbox

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
API_V3_KEY = "0123456789abcdef0123456789ABCDEF"
TRANSACTION, TRADE = "4200001234202611220000001001", "2026112222001156324323020132"
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "wechatpay": {
        "mchid": MCHID, "appid": APPID, "serial": SERIAL, "platform_serial": PLATFORM_SERIAL, "number_prefix": "WC",
    },
    "alipay": {"app_id": APP_ID, "seller_id": SELLER_ID, "number_prefix": "WC"},
}  # fmt: skip


def secrets_of(kind: str) -> dict[str, str]:
    """Our side's secrets."""
    ours = key_pair("merchant").private
    if kind == "alipay":
        return {"private_key": ours, "alipay_key": key_pair("alipay").public}
    return {"private_key": ours, "api_v3_key": API_V3_KEY, "platform_key": key_pair("wechatpay").public}


def a_gateway(
    kind: str, http: Http, *, url: str = "", currency: str = "CNY", secrets: Mapping[str, str] | None = None,
    now: datetime = NOON, **options: str,
) -> PaymentGateway:  # fmt: skip
    """Open an account of the shop woocommerce:main; `options` replace the usual ones."""
    named = {name: SecretStr(value) for name, value in {**secrets_of(kind), **(secrets or {})}.items()}
    config = GatewayConfig(kind=kind, url=url, secrets=named, options={**OPTIONS[kind], **options})
    shop = ShopConfig(channel="woocommerce", shop="main", url="http://127.0.0.1", currency=currency)
    return open_gateway(shop, config, http, lambda: now)


class OrdersMailbox(RememberingMailbox):
    """A mailbox that hands payments only to orders that began."""

    def __init__(self, *began: OrderKey) -> None:
        super().__init__()
        self.began = set(began)

    async def snapshot(self, message: SnapshotArrived) -> bool:
        taken = await super().snapshot(message)
        if taken:
            self.began.add(message.snapshot.key)
        return taken

    async def payment(self, order: OrderKey, event: PaymentSeen) -> bool:
        return order in self.began and await super().payment(order, event)


@cache
def _private(owner: str) -> RSAPrivateKey:
    key = load_der_private_key(base64.b64decode(key_pair(owner).private), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def signed_by(owner: str, text: str | bytes) -> str:
    """Sign as an owner of a key does."""
    raw = text.encode() if isinstance(text, str) else text
    return base64.b64encode(_private(owner).sign(raw, PKCS1v15(), SHA256())).decode()


def a_transaction(**changes: Any) -> dict[str, Any]:
    """A payment as WeChat Pay shows it."""
    usual = {
        "mchid": MCHID, "appid": APPID, "out_trade_no": "WC1001", "transaction_id": TRANSACTION,
        "trade_state": "SUCCESS", "success_time": "2026-11-22T12:00:00+08:00", "payer": {"openid": "oUpF8uM"},
        "amount": {"total": 18800, "payer_total": 18700, "currency": "CNY"},
    }  # fmt: skip
    return {**usual, **changes}


def wechat_body(transaction: Any, *, key: str = API_V3_KEY, event: str = "TRANSACTION.SUCCESS") -> bytes:
    """A notification with its sealed content; text is sealed as it is."""
    plain = transaction if isinstance(transaction, str) else json.dumps(transaction)
    sealed = AESGCM(key.encode()).encrypt(b"fdasflkja484", plain.encode(), b"transaction")
    resource = {
        "algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": "transaction", "nonce": "fdasflkja484", "original_type": "transaction",
    }  # fmt: skip
    body = {"id": "EV-1", "event_type": event, "resource_type": "encrypt-resource", "resource": resource}
    return json.dumps(body).encode()


def wechat_headers(
    body: bytes, *, at: datetime = NOON, owner: str = "wechatpay", serial: str = PLATFORM_SERIAL
) -> dict[str, str]:
    """The headers in which WeChat Pay signs."""
    stamp, nonce = str(int(at.timestamp())), "593BEC0C930BF1AFEB40B4A08C8FB242"
    return {
        "wechatpay-timestamp": stamp, "wechatpay-nonce": nonce, "wechatpay-serial": serial,
        "wechatpay-signature": signed_by(owner, f"{stamp}\n{nonce}\n".encode() + body + b"\n"),
        "wechatpay-signature-type": "WECHATPAY2-SHA256-RSA2048",
    }  # fmt: skip


def wechat_call(
    transaction: Any = None, *, at: datetime = NOON, key: str = API_V3_KEY, **changes: Any
) -> Call:
    """A notification of WeChat Pay."""
    body = wechat_body(transaction or a_transaction(**changes), key=key)
    return Call(method="POST", query={}, headers=wechat_headers(body, at=at), body=body)


def an_alipay_form(**changes: str | None) -> dict[str, str]:
    """A payment as Alipay's notification tells it, unsigned; None leaves a field out."""
    usual: dict[str, str | None] = {
        "notify_time": "2026-11-22 12:00:03", "notify_type": "trade_status_sync", "notify_id": "ac05099524730693a8b3",
        "app_id": APP_ID, "charset": "utf-8", "version": "1.0", "trade_no": TRADE, "out_trade_no": "WC1001",
        "buyer_id": "2088102122524333", "seller_id": SELLER_ID, "trade_status": "TRADE_SUCCESS",
        "total_amount": "188.00", "subject": "订单 & 杯子", "gmt_payment": "2026-11-22 12:00:00",
    }  # fmt: skip
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def alipay_call(
    form: Mapping[str, str] | None = None, *, owner: str = "alipay", **changes: str | None
) -> Call:
    """A notification of Alipay."""
    said = dict(form or an_alipay_form(**changes))
    text = "&".join(f"{name}={said[name]}" for name in sorted(said))
    body = urlencode({**said, "sign": signed_by(owner, text), "sign_type": "RSA2"}).encode()
    return Call(method="POST", query={}, headers={}, body=body)


def an_alipay_answer(said: Mapping[str, Any] | str, *, owner: str = "alipay") -> str:
    """An answer of Alipay with the signature over its node."""
    node = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return f'{{"alipay_trade_query_response":{node},"sign":"{signed_by(owner, node)}"}}'


def a_trade(**changes: Any) -> dict[str, Any]:
    """A payment as Alipay's answer tells it."""
    usual = {
        "code": "10000", "msg": "Success", "buyer_logon_id": "138****0000", "out_trade_no": "WC1001", "trade_no": TRADE,
        "send_pay_date": "2026-11-22 12:00:00", "total_amount": "188.00", "trade_status": "TRADE_SUCCESS",
    }  # fmt: skip
    return {**usual, **changes}

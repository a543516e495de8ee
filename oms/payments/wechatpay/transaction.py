"""What WeChat Pay says of a payment: sealed in a notification, plain in an answer."""

import base64
import binascii
from typing import Annotated

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AwareDatetime, Field

from oms.domain.errors import Forged, Unmappable
from oms.http import read_json
from oms.payments.wechatpay.config import WechatPayConfig
from oms.payments.wire import Wire, check_currency, read_as
from oms.ports import GatewayPayment

PAID_EVENT = "TRANSACTION.SUCCESS"
PAID = "SUCCESS"
ALGORITHM = "AEAD_AES_256_GCM"
Fen = Annotated[int, Field(strict=True, ge=0)]


class Resource(Wire):
    """The sealed part of a notification."""

    algorithm: str
    ciphertext: str
    nonce: str
    associated_data: str | None = None


class Notification(Wire):
    """A notification, its content still sealed."""

    id: str = Field(min_length=1, max_length=64)
    event_type: str
    resource: Resource


class Amount(Wire):
    """What the order costs, in whole fen; the buyer may pay less, WeChat's coupons the rest."""

    total: Fen
    currency: str = "CNY"


class Transaction(Wire):
    """A payment, or the attempt at one. The payer and the app's own notes are not read."""

    mchid: str
    appid: str = ""
    out_trade_no: str
    trade_state: str
    transaction_id: str = ""
    amount: Amount | None = None
    success_time: AwareDatetime | None = None


def notification_of(body: bytes) -> Notification:
    """Read a notification that was verified. Raises Unmappable."""
    try:
        return read_as(Notification, read_json(body))
    except ValueError:
        raise Unmappable("the notification is not JSON") from None


def unsealed(resource: Resource, config: WechatPayConfig) -> Transaction:
    """Open a notification's content. Raises Unmappable when our key does not open it, Forged for another merchant's."""
    if resource.algorithm != ALGORITHM:
        raise Unmappable(f"is not {ALGORITHM}", field="resource.algorithm")
    try:
        sealed, bound = base64.b64decode(resource.ciphertext, validate=True), resource.associated_data or ""
        plain = AESGCM(config.api_v3_key).decrypt(resource.nonce.encode(), sealed, bound.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise Unmappable("our api_v3_key does not open it", field="resource.ciphertext") from None
    try:
        transaction = read_as(Transaction, read_json(plain))
    except ValueError:
        raise Unmappable("is not JSON", field="resource.ciphertext") from None
    check_owner(transaction, config)
    return transaction


def check_owner(transaction: Transaction, config: WechatPayConfig) -> None:
    """Raise Forged for a payment to another merchant, or through another app where ours is named."""
    if transaction.mchid != config.mchid:
        raise Forged("it is meant for another merchant (mchid)")
    if config.appid and transaction.appid != config.appid:
        raise Forged("it is meant for another app (appid)")


def payment_of(transaction: Transaction, config: WechatPayConfig) -> GatewayPayment:
    """Translate a payment that succeeded. Raises Unmappable naming the field."""
    if transaction.amount is None:
        raise Unmappable("is missing", field="amount")
    if transaction.success_time is None:
        raise Unmappable("is missing", field="success_time")
    if not transaction.transaction_id:
        raise Unmappable("is missing", field="transaction_id")
    check_currency(transaction.amount.currency, config.currency, "amount.currency")
    return GatewayPayment(
        number=config.numbers.order_of(transaction.out_trade_no),
        transaction=transaction.transaction_id,
        amount_fen=transaction.amount.total,
        currency=transaction.amount.currency,
        paid_at=transaction.success_time,
    )

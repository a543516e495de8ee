"""WeChat Pay (APIv3): hear of payments, and ask for them."""

import json
from datetime import datetime
from urllib.parse import quote, urlsplit

from oms.calls import calling
from oms.domain.errors import CredentialsExpired, Forged, Unavailable
from oms.http import Answer, Http
from oms.payments.kinds import Clock
from oms.payments.wechatpay import signature
from oms.payments.wechatpay.config import WechatPayConfig
from oms.payments.wechatpay.transaction import (
    PAID,
    PAID_EVENT,
    Transaction,
    check_owner,
    notification_of,
    payment_of,
    unsealed,
)
from oms.payments.wechatpay.verdict import judge
from oms.payments.wire import read_as
from oms.ports import Call, GatewayPayment, NotPaid, PaymentHeard, Reply

INTERFACE = "v3/pay/transactions/out-trade-no"
TAKEN = Reply(status=204)
CANNOT_BE_ASKED = "cannot be asked: the gateway's numbers have a tail (number_tail)"


class WechatPay:
    """One merchant account; fulfils `oms.ports.PaymentGateway`."""

    def __init__(self, config: WechatPayConfig, http: Http, now: Clock) -> None:
        self._config = config
        self._http = http
        self._now = now

    def hear(self, call: Call, now: datetime) -> PaymentHeard:
        """Verify, decrypt and read a notification. Raises Forged, also for one signed five minutes ago, and Unmappable."""
        signature.verify(call.headers, call.body, self._config, now)
        return self.read(call.body)

    def read(self, body: bytes) -> PaymentHeard:
        """Decrypt and read a notification that was verified before. Raises Forged for another merchant's, and Unmappable."""
        notification = notification_of(body)
        if notification.event_type != PAID_EVENT:
            return PaymentHeard(event_id=notification.id, reply=TAKEN)
        transaction = unsealed(notification.resource, self._config)
        paid = payment_of(transaction, self._config) if transaction.trade_state == PAID else None
        return PaymentHeard(event_id=notification.id, payment=paid, reply=TAKEN)

    def refusal(self, status: int, why: str) -> Reply:
        """Say that a notification was not taken in, so that it is sent again where that helps."""
        return Reply(
            status=status, body=json.dumps({"code": "FAIL", "message": why[:200]}, ensure_ascii=False)
        )

    async def query(self, number: str) -> GatewayPayment | NotPaid:
        """Ask whether an order was paid; money that was given back since counts as not paid."""
        asked = self._config.numbers.asked(number)
        if asked is None:
            return NotPaid(raw_status=CANNOT_BE_ASKED)
        what = f"WeChat Pay, asked for {number},"
        with calling(system="wechatpay", interface=INTERFACE, version="v3") as call:
            answer = await self._ask(f"/{INTERFACE}/{quote(asked, safe='')}?mchid={self._config.mchid}")
            said = judge(answer, what)
            if isinstance(said, NotPaid):
                call.refused()
                return said
            self._verify(answer, what)
        transaction = read_as(Transaction, said)
        if transaction.out_trade_no != asked or transaction.mchid != self._config.mchid:
            raise Unavailable(f"{what} answered about another payment")
        if transaction.trade_state != PAID:
            return NotPaid(raw_status=transaction.trade_state[:40])
        check_owner(transaction, self._config)
        return payment_of(transaction, self._config)

    async def _ask(self, path: str) -> Answer:
        url = f"{self._config.url.rstrip('/')}{path}"
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        headers = {
            "Accept": "application/json",
            "Authorization": signature.authorization(self._config, "GET", target, self._now()),
        }
        if self._config.public_key_id:
            headers["Wechatpay-Serial"] = self._config.public_key_id
        return await self._http.ask("GET", url, headers=headers)

    def _verify(self, answer: Answer, what: str) -> None:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        try:
            signature.verify(headers, answer.body, self._config, self._now())
        except Forged as error:
            hint = "compare platform_key and platform_serial with the merchant console"
            raise CredentialsExpired(f"{what} answered what does not verify: {error}; {hint}") from None

"""Alipay: signed forms that tell of payments, and `alipay.trade.query`."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.config import AlipayAccount
from simulator.payments.keys import fits, private_key, public_key, sign
from simulator.payments.payment import Ledgers, Payment
from simulator.post import Sheet
from simulator.wire import CHINA, Json, china_stamp, form_of, yuan

METHOD = "alipay.trade.query"
ANSWER = "alipay_trade_query_response"
MISUSED = {"code": "40002", "msg": "Invalid Arguments"}


class Alipay:
    """One application and its merchant."""

    kind = "alipay"
    title = "支付宝"

    def __init__(self, account: AlipayAccount, ledgers: Ledgers) -> None:
        """Open the account."""
        self._account = account
        self._ledgers = ledgers
        self._own_key = private_key(account.private_key)
        self._merchants_key = public_key(account.merchant_key)
        self.notify_url = account.notify_url

    def transaction(self, number: str, paid_at: datetime) -> str:
        """Give a payment its number, 28 digits."""
        return f"{paid_at.astimezone(CHINA):%Y%m%d}22001{int(number):015d}"

    def notification(self, payment: Payment, delivery: int) -> Sheet:
        """Write a notification; every attempt says the same."""
        form = {
            "notify_time": china_stamp(self._ledgers.now()),
            "notify_type": "trade_status_sync",
            "notify_id": sha256(f"{payment.transaction}:{delivery}".encode()).hexdigest()[:34],
            "app_id": self._account.app_id,
            "auth_app_id": self._account.app_id,
            "charset": "utf-8",
            "version": "1.0",
            "trade_no": payment.transaction,
            "out_trade_no": payment.number,
            "buyer_id": f"2088{int(payment.order.number):012d}",
            "seller_id": self._account.seller_id,
            "trade_status": "TRADE_SUCCESS",
            "total_amount": yuan(payment.amount_fen),
            "receipt_amount": yuan(payment.amount_fen),
            "subject": "订单",
            "gmt_create": china_stamp(payment.paid_at),
            "gmt_payment": china_stamp(payment.paid_at),
        }
        signed = {**form, "sign": sign(self._own_key, _pairs(form)), "sign_type": "RSA2"}
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return Sheet(self.notify_url or "", headers, urlencode(signed).encode())

    def received(self, answer: httpx.Response) -> bool:
        """Tell whether the merchant has taken it: one word, nothing else."""
        return answer.content == b"success"

    def routes(self) -> list[Route]:
        """List the query interface's routes."""
        return [Route("/gateway.do", self.query, methods=["GET", "POST"])]

    async def query(self, request: Request) -> Response:
        """Answer a signed question about one payment."""
        form = {**dict(request.query_params), **form_of(await request.body())}
        unsigned = {name: value for name, value in form.items() if name != "sign" and value}
        if form.get("app_id") != self._account.app_id:
            return self._answer({**MISUSED, "sub_code": "isv.invalid-app-id", "sub_msg": "无效的AppID参数"})
        if not fits(self._merchants_key, form.get("sign", ""), _pairs(unsigned)):
            return self._answer({**MISUSED, "sub_code": "isv.invalid-signature", "sub_msg": "无效签名"})
        if form.get("method") != METHOD:
            return self._answer({**MISUSED, "sub_code": "isv.invalid-method", "sub_msg": "不存在的方法名"})
        number = str(json.loads(form.get("biz_content") or "{}").get("out_trade_no", ""))
        payment = self._ledgers.find(self.kind, number)
        outcome = "told" if payment else "unknown"
        self._ledgers.ledger.append("gateway.query", order="", key=number, outcome=outcome, detail=self.kind)
        if payment is None:
            missing = {"sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "交易不存在", "out_trade_no": number}
            return self._answer({"code": "40004", "msg": "Business Failed", **missing})
        return self._answer(self._shown(payment))

    def _shown(self, payment: Payment) -> Json:
        return {
            "code": "10000",
            "msg": "Success",
            "buyer_logon_id": "138****0000",
            "buyer_pay_amount": yuan(payment.amount_fen),
            "out_trade_no": payment.number,
            "send_pay_date": china_stamp(payment.paid_at),
            "total_amount": yuan(payment.amount_fen),
            "trade_no": payment.transaction,
            "trade_status": "TRADE_CLOSED" if payment.gone else "TRADE_SUCCESS",
        }

    def _answer(self, said: Json) -> Response:
        node = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        text = f'{{"{ANSWER}":{node},"sign":"{sign(self._own_key, node)}"}}'
        return Response(text, media_type="text/html;charset=utf-8")


def _pairs(form: Mapping[str, str]) -> str:
    return "&".join(f"{name}={form[name]}" for name in sorted(form))

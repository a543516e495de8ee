"""WeChat Pay APIv3: sealed and signed notifications, and the query by the merchant's order number."""

import json
import re
from base64 import b64encode
from datetime import datetime
from hashlib import sha256

import httpx
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.config import WechatPayAccount
from simulator.payments.keys import fits, private_key, public_key, sign
from simulator.payments.payment import Ledgers, Payment
from simulator.post import Sheet
from simulator.wire import CHINA, Json

PATH = "/v3/pay/transactions/out-trade-no/{number}"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE_S = 300
SAID = re.compile(r'(\w+)="([^"]*)"')


class WechatPay:
    """One merchant's account."""

    kind = "wechatpay"
    title = "微信支付"

    def __init__(self, account: WechatPayAccount, ledgers: Ledgers) -> None:
        """Open the account."""
        self._account = account
        self._ledgers = ledgers
        self._own_key = private_key(account.private_key)
        self._merchants_key = public_key(account.merchant_key)
        self.notify_url = account.notify_url

    def transaction(self, number: str, paid_at: datetime) -> str:
        """Give a payment its number, 28 digits."""
        return f"42000{paid_at.astimezone(CHINA):%Y%m%d}{int(number):015d}"

    def notification(self, payment: Payment, delivery: int) -> Sheet:
        """Write a notification; each attempt has its own nonce and time, and the same id."""
        now = self._ledgers.now()
        nonce = sha256(f"{payment.transaction}:{delivery}:{now.timestamp()}".encode()).hexdigest()[:12]
        plain = _json(self._shown(payment)).encode()
        sealed = AESGCM(self._account.api_v3_key.encode()).encrypt(nonce.encode(), plain, b"transaction")
        body = {
            "id": sha256(f"{payment.transaction}:{delivery}".encode()).hexdigest()[:32],
            "create_time": _iso(now),
            "resource_type": "encrypt-resource",
            "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功",
            "resource": {
                "original_type": "transaction",
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": b64encode(sealed).decode(),
                "associated_data": "transaction",
                "nonce": nonce,
            },
        }
        text = _json(body)
        return Sheet(self.notify_url or "", self._headers(text), text.encode())

    def received(self, answer: httpx.Response) -> bool:
        """Tell whether the merchant has taken it."""
        return answer.status_code in {200, 204}

    def routes(self) -> list[Route]:
        """List the query interface's routes."""
        return [Route(PATH, self.query, methods=["GET"])]

    async def query(self, request: Request) -> Response:
        """Answer a signed question about one payment."""
        refusal = self._refusal(request)
        number = request.path_params["number"]
        if refusal:
            return self._answer(401, {"code": "SIGN_ERROR", "message": refusal}, number, "refused")
        if request.query_params.get("mchid") != self._account.mchid:
            return self._answer(400, {"code": "PARAM_ERROR", "message": "商户号不匹配"}, number, "refused")
        payment = self._ledgers.find(self.kind, number)
        if payment is None:
            return self._answer(404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, number, "unknown")
        return self._answer(200, self._shown(payment), number, "told")

    def _shown(self, payment: Payment) -> Json:
        return {
            "mchid": self._account.mchid,
            "appid": self._account.appid,
            "out_trade_no": payment.number,
            "transaction_id": payment.transaction,
            "trade_type": "JSAPI",
            "trade_state": "REFUND" if payment.touched else "SUCCESS",
            "trade_state_desc": "转入退款" if payment.touched else "支付成功",
            "bank_type": "OTHERS",
            "attach": "",
            "success_time": _iso(payment.paid_at),
            "payer": {"openid": f"o{sha256(payment.number.encode()).hexdigest()[:27]}"},
            "amount": {
                "total": payment.amount_fen,
                "payer_total": payment.amount_fen,
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }

    def _answer(self, status: int, said: Json, number: str, outcome: str) -> Response:
        self._ledgers.ledger.append("gateway.query", order="", key=number, outcome=outcome, detail=self.kind)
        text = _json(said)
        return Response(text, status_code=status, headers=self._headers(text), media_type="application/json")

    def _headers(self, body: str) -> dict[str, str]:
        stamp = str(int(self._ledgers.now().timestamp()))
        nonce = sha256(f"{stamp}:{body}".encode()).hexdigest()[:32]
        return {
            "Content-Type": "application/json",
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self._account.serial,
            "Wechatpay-Signature": sign(self._own_key, f"{stamp}\n{nonce}\n{body}\n"),
            "Wechatpay-Signature-Type": SCHEME,
        }

    def _refusal(self, request: Request) -> str:
        """Say why a question is not the merchant's; empty when it is."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        said = dict(SAID.findall(rest))
        stamp = said.get("timestamp", "")
        if scheme != SCHEME or said.get("mchid") != self._account.mchid:
            return "商户号或签名类型错误"
        if said.get("serial_no") != self._account.merchant_serial:
            return "商户证书序列号有误"
        if not stamp.isdecimal() or abs(self._ledgers.now().timestamp() - int(stamp)) > TOLERANCE_S:
            return "时间戳已过期"
        target = f"{request.scope['raw_path'].decode()}?{request.url.query}"
        text = f"{request.method}\n{target}\n{stamp}\n{said.get('nonce_str', '')}\n\n"
        return "" if fits(self._merchants_key, said.get("signature", ""), text) else "签名错误"


def _iso(moment: datetime) -> str:
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def _json(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

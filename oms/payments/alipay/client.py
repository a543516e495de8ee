"""Alipay (open platform, RSA2 with public keys): hear of payments, and ask for them."""

from datetime import datetime
from urllib.parse import urlencode

from oms.calls import calling
from oms.clock import CHINA
from oms.domain.errors import CredentialsExpired, Forged, Unavailable
from oms.http import Http
from oms.payments.alipay import signature
from oms.payments.alipay.config import AlipayConfig
from oms.payments.alipay.trade import Trade, form_of, payment_of, trade_of
from oms.payments.alipay.verdict import NO_SUCH_TRADE, judge
from oms.payments.kinds import Clock
from oms.payments.wire import STAMP, read_as
from oms.ports import Call, GatewayPayment, NotPaid, PaymentHeard, Reply

TEXT = "text/plain"
TAKEN = Reply(body="success", media=TEXT)
FORM = "application/x-www-form-urlencoded;charset=utf-8"
METHOD = "alipay.trade.query"
VERSION = "1.0"
CANNOT_BE_ASKED = "cannot be asked: the gateway's numbers have a tail (number_tail)"


class Alipay:
    """One application; fulfils `oms.ports.PaymentGateway`."""

    def __init__(self, config: AlipayConfig, http: Http, now: Clock) -> None:
        self._config = config
        self._http = http
        self._now = now

    def hear(self, call: Call, now: datetime) -> PaymentHeard:  # noqa: ARG002 - see the docstring
        """Verify and read a notification. Raises Forged and Unmappable.

        None is too old: Alipay signs no time of sending that it renews, and repeats for a day. A replayed one
        tells of the same payment, which changes nothing.
        """
        signature.verify_call(form_of(call.body), self._config.alipay_key)
        return self.read(call.body)

    def read(self, body: bytes) -> PaymentHeard:
        """Read a notification that was verified before. Raises Forged for another application's, and Unmappable."""
        form = form_of(body)
        trade = trade_of(form, self._config)
        paid = payment_of(trade, self._config) if trade.is_paid else None
        return PaymentHeard(event_id=form.get("notify_id", "")[:64], payment=paid, reply=TAKEN)

    def refusal(self, status: int, why: str) -> Reply:  # noqa: ARG002 - Alipay reads one word
        """Say that a notification was not taken in, so that it is sent again."""
        return Reply(status=status, body="fail", media=TEXT)

    async def query(self, number: str) -> GatewayPayment | NotPaid:
        """Ask whether an order was paid; a payment closed since (refunded whole) counts as not paid."""
        asked = self._config.numbers.asked(number)
        if asked is None:
            return NotPaid(raw_status=CANNOT_BE_ASKED)
        what = f"Alipay, asked for {number},"
        content = urlencode(self._question(asked)).encode()
        with calling(system="alipay", interface=METHOD, version=VERSION) as call:
            answer = await self._http.ask(
                "POST", self._config.url, headers={"Content-Type": FORM}, content=content
            )
            node, sign = judge(answer, what)
            try:
                signature.verify_answer(node, sign, self._config.alipay_key)
            except Forged as error:
                hint = "compare alipay_key with the console"
                raise CredentialsExpired(f"{what} answered what does not verify: {error}; {hint}") from None
            call.refused(node.value.get("sub_code") == NO_SUCH_TRADE)
        if node.value.get("sub_code") == NO_SUCH_TRADE:
            return NotPaid(raw_status=NO_SUCH_TRADE)
        trade = read_as(Trade, node.value)
        if trade.out_trade_no != asked:
            raise Unavailable(f"{what} answered about another payment")
        return (
            payment_of(trade, self._config) if trade.is_paid else NotPaid(raw_status=trade.trade_status[:40])
        )

    def _question(self, asked: str) -> dict[str, str]:
        form = {
            "app_id": self._config.app_id,
            "method": METHOD,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": signature.ALGORITHM,
            "timestamp": self._now().astimezone(CHINA).strftime(STAMP),
            "version": VERSION,
            "biz_content": signature.compact({"out_trade_no": asked}),
        }
        return {**form, "sign": signature.sign_call(form, self._config.private_key)}

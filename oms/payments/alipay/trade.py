"""What Alipay says of a payment: in a notification's form, or in an answer."""

from urllib.parse import parse_qsl

from pydantic import Field

from oms.domain.errors import Forged, Unmappable
from oms.domain.money import yuan_to_fen
from oms.payments.alipay.config import AlipayConfig
from oms.payments.wire import Wire, check_currency, china_moment, read_as
from oms.ports import GatewayPayment

PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
"""Finished: it cannot be refunded any more; said months later, of the same payment."""
MOST_FIELDS = 100


class Trade(Wire):
    """A payment, or the attempt at one. The buyer's account and name are not read."""

    trade_no: str = ""
    out_trade_no: str = Field(min_length=1)
    trade_status: str
    total_amount: str = Field(default="", strict=True)
    """Yuan with two decimals, as text."""
    trans_currency: str = "CNY"
    gmt_payment: str | None = None
    """When it was paid, as notifications call it."""
    send_pay_date: str | None = None
    """The same, as answers call it."""

    @property
    def is_paid(self) -> bool:
        """Whether the money is with the merchant."""
        return self.trade_status in PAID


def form_of(body: bytes) -> dict[str, str]:
    """Read a notification's form in the charset it names; empty for what is none, which then fails its signature."""
    try:
        text = body.decode("ascii")
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        if form.get("charset", "").lower().startswith("gb"):
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, encoding="gb18030")
            form = dict(pairs)
    except ValueError:
        return {}
    return form


def trade_of(form: dict[str, str], config: AlipayConfig) -> Trade:
    """Read a verified notification. Raises Forged for another application's or another payee's, and Unmappable."""
    if form.get("app_id") != config.app_id:
        raise Forged("it is meant for another application (app_id)")
    if form.get("seller_id") != config.seller_id:
        raise Forged("the money went to another account (seller_id)")
    return read_as(Trade, form)


def payment_of(trade: Trade, config: AlipayConfig) -> GatewayPayment:
    """Translate a payment that succeeded. Raises Unmappable naming the field."""
    if not trade.trade_no:
        raise Unmappable("is missing", field="trade_no")
    paid_at, place = trade.gmt_payment, "gmt_payment"
    if paid_at is None:
        paid_at, place = trade.send_pay_date, "send_pay_date"
    check_currency(trade.trans_currency, config.currency, "trans_currency")
    return GatewayPayment(
        number=config.numbers.order_of(trade.out_trade_no),
        transaction=trade.trade_no,
        amount_fen=_fen(trade.total_amount),
        currency=trade.trans_currency,
        paid_at=china_moment(paid_at or "", place),
    )


def _fen(yuan: str) -> int:
    try:
        fen = yuan_to_fen(yuan)
    except ValueError:
        raise Unmappable("is not an amount in yuan", field="total_amount") from None
    if fen < 0:
        raise Unmappable("is negative", field="total_amount")
    return fen

"""Where buyers of the own shop pay: one of its gateways takes the money and tells the order centre."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random

from starlette.routing import Route

from simulator.config import Config
from simulator.ledger import Ledger
from simulator.market.luck import Luck
from simulator.payments.alipay import Alipay
from simulator.payments.payment import Gateway, Ledgers, Payment
from simulator.payments.wechatpay import WechatPay
from simulator.post import Letter, Postman
from simulator.shop.orders import ShopOrder

WAITS_S = (1.0, 2.0, 4.0, 8.0, 16.0)
"""A notification that was not taken is sent again, sooner than the real ones are."""


class Till:
    """The own shop's gateways; without any configured, buyers pay as before and nobody is told."""

    def __init__(self, config: Config, postman: Postman, ledger: Ledger, now: Callable[[], datetime]) -> None:
        """Open the accounts that are configured."""
        self._config = config
        self._postman = postman
        self._ledger = ledger
        self._now = now
        self._luck = Luck(config.noise, f"{config.seed}:payments")
        self._payments: dict[tuple[str, str], Payment] = {}
        self._gateways = self._opened()
        self._kinds: Sequence[str] = sorted(self._gateways)

    def _opened(self) -> Mapping[str, Gateway]:
        accounts, gateways = self._config.payments, dict[str, Gateway]()
        if accounts is None:
            return gateways
        ledgers = Ledgers(lambda kind, number: self._payments.get((kind, number)), self._ledger, self._now)
        if accounts.wechatpay is not None:
            gateways["wechatpay"] = WechatPay(accounts.wechatpay, ledgers)
        if accounts.alipay is not None:
            gateways["alipay"] = Alipay(accounts.alipay, ledgers)
        return gateways

    @property
    def lost(self) -> int:
        """Count the notifications that the noise has swallowed."""
        return self._luck.lost

    def routes(self) -> list[Route]:
        """List the query interfaces' routes."""
        return [route for gateway in self._gateways.values() for route in gateway.routes()]

    def charge(self, order: ShopOrder) -> None:
        """Take a buyer's money through the gateway that the seed chooses, write it on the order, and tell."""
        if not self._kinds:
            return
        kind = Random(f"{self._config.seed}:gateway:{order.number}").choice(self._kinds)
        gateway, now = self._gateways[kind], self._now()
        prefix = self._config.payments.number_prefix if self._config.payments else ""
        payment = Payment(
            f"{prefix}{order.number}", gateway.transaction(order.number, now), order.total_fen, now, order
        )
        self._payments[kind, payment.number] = payment
        order.body["payment_method"], order.body["payment_method_title"] = kind, gateway.title
        order.body["transaction_id"] = payment.transaction
        self._ledger.append(
            "gateway.pay", order=order.number, key=payment.transaction, outcome=kind, detail=f"{order.total_fen} fen"
        )  # fmt: skip
        self.tell(kind, payment)

    def tell(self, kind: str, payment: Payment) -> None:
        """Send the notification, unless the noise swallows it, doubles it or holds it up."""
        gateway = self._gateways[kind]
        if gateway.notify_url is None:
            return
        for seconds in self._luck.copies():
            letter = self._letter(gateway, payment)
            if seconds:
                self._postman.later(letter, seconds)
            else:
                self._postman.send(letter)

    def _letter(self, gateway: Gateway, payment: Payment) -> Letter:
        def closed(received: bool) -> None:  # noqa: FBT001 - the postman's answer
            self._ledger.append(
                "gateway.notify", order=payment.order.number, key=payment.transaction,
                outcome="received" if received else "given_up", detail=gateway.kind,
            )  # fmt: skip

        about = f"{gateway.kind} {payment.number}"
        write = lambda: gateway.notification(payment, 1)  # noqa: E731 - signed anew at each attempt
        return Letter("payments", about, write, gateway.received, WAITS_S, closed)

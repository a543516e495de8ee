"""The gateway: one address, the method in the question, everything answered with HTTP 200."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import count

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from simulator.faults import Fault
from simulator.market.luck import Luck
from simulator.market.market import Market
from simulator.platform import Ground
from simulator.taobao.access import Access, expired
from simulator.taobao.answers import Refused, answered, failed
from simulator.taobao.ewaybills import Ewaybills
from simulator.taobao.logistics import Logistics
from simulator.taobao.messages import Messages
from simulator.taobao.receivers import decrypt
from simulator.taobao.refunds import Refunds
from simulator.taobao.trades import Trades, required
from simulator.wire import Json, china_stamp

PATH = "/router/rest"
USUAL_BAN_S = 30
Method = Callable[[Mapping[str, str]], Json]


class Taobao:
    """One shop on Taobao."""

    def __init__(self, ground: Ground) -> None:
        """Open with no orders."""
        self._now = ground.now
        self._market = Market(
            "taobao", order_numbers(ground.seed), ground.now, ground.ledger, ground.faults, ground.seed
        )
        self._access = Access(ground.config.secrets, ground.now)
        luck = Luck(ground.noise, f"{ground.seed}:taobao:messages")
        self._messages = Messages(self._market, luck, ground.config.secrets["app_key"])
        trades, logistics, refunds = Trades(self._market), Logistics(self._market), Refunds(self._market)
        ewaybills = Ewaybills(self._market, ground.roll)
        self._for_the_shop: Mapping[str, Method] = {
            "taobao.trades.sold.increment.get": trades.list_changed,
            "taobao.trade.fullinfo.get": trades.detail,
            "taobao.logistics.offline.send": logistics.send,
            "alibaba.ascp.logistics.offline.send": logistics.send_pieces,
            "taobao.logistics.consign.resend": logistics.resend,
            "taobao.refunds.receive.get": refunds.list_changed,
            "taobao.refund.get": refunds.detail,
            "taobao.rp.refunds.agree": refunds.agree,
            "taobao.rp.returngoods.agree": refunds.agree_to_return,
            "taobao.refund.refuse": refunds.refuse,
            "cainiao.waybill.ii.get": ewaybills.draw,
            "cainiao.waybill.ii.cancel": ewaybills.cancel,
            "taobao.top.oaid.decrypt": lambda params: decrypt(self._market, params),
        }
        self._for_the_application: Mapping[str, Method] = {
            "taobao.time.get": lambda _params: {"time": china_stamp(self._now())},
            "taobao.top.auth.token.refresh": self._refresh,
            "taobao.tmc.messages.consume": self._messages.consume,
            "taobao.tmc.messages.confirm": self._messages.confirm,
        }

    @property
    def market(self) -> Market:
        """What the platform knows."""
        return self._market

    @property
    def pushes_lost(self) -> int:
        """How many messages the noise has swallowed."""
        return self._messages.lost

    def routes(self, prefix: str) -> Sequence[BaseRoute]:
        """The gateway's one address."""
        return [Route(f"{prefix}{PATH}", self.gateway, methods=["GET", "POST"])]

    async def gateway(self, request: Request) -> Response:
        """Answer any question; parameters may stand in the query, in the body, or some in each."""
        async with request.form() as form:
            sent = {name: value for name, value in form.items() if isinstance(value, str)}
        params = {**request.query_params, **sent}
        try:
            self._access.check(params)
            return answered(params["method"], self._answer(params))
        except Refused as refused:
            return failed(refused)

    def broken(self, fault: Fault, request: Request) -> Response:  # noqa: ARG002 - the words are the same for all
        """Answer in the platform's words for a fault."""
        match fault.kind:
            case "throttle":
                seconds = USUAL_BAN_S if fault.seconds is None else int(fault.seconds)
                sub = "accesscontrol.limited-by-api-access-count"
                ban = f"This ban will last for {seconds} more seconds"
                return failed(Refused(7, "App Call Limited", sub, ban))
            case "token_expired":
                return failed(expired())
            case "retired":
                return failed(Refused(22, "Invalid method"))
            case _:
                sub = "isp.top-remote-service-unavailable"
                return failed(Refused(15, "Remote service error", sub, "调用后端服务超时，服务不可用"))

    def _answer(self, params: Mapping[str, str]) -> Json:
        method = params["method"]
        if method in self._for_the_application:
            return self._for_the_application[method](params)
        if method not in self._for_the_shop:
            raise Refused(22, "Invalid method")
        self._access.check_session(params)
        return self._for_the_shop[method](params)

    def _refresh(self, params: Mapping[str, str]) -> Json:
        return {"token_result": json.dumps(self._access.refresh(required(params, "refresh_token")))}


def order_numbers(seed: int) -> Iterator[str]:
    """Number orders as the platform does: nineteen digits, the first a four."""
    shop = int(sha256(f"{seed}:taobao".encode()).hexdigest()[:12], 16) % 10**6
    return (f"4{shop:06d}{number:012d}" for number in count(1))

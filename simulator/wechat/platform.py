"""One WeChat shop behind `api.weixin.qq.com`: token first, then JSON by POST, judged by errcode."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulator.faults import Fault
from simulator.market.market import Market
from simulator.platform import Ground
from simulator.wechat.aftersales import AfterSaleCounter
from simulator.wechat.answers import Refused, refusal
from simulator.wechat.counter import OrderCounter
from simulator.wechat.ewaybills import EwaybillCounter
from simulator.wechat.lists import Lists
from simulator.wechat.pushes import Pushes
from simulator.wechat.tokens import AccessTokens
from simulator.wire import Json

STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
PLAIN_TOKEN = "/cgi-bin/token"  # noqa: S105 - a path
FIRST_NUMBER = 3_700_000_000_000_000_000
ANY_METHOD = ("GET", "POST", "PUT", "DELETE")

Desk = Callable[[Json], Json]


class WeChatShop:
    """Fulfils `simulator.platform.Platform`."""

    def __init__(self, ground: Ground) -> None:
        """Open the shop."""
        self._market = Market(
            "wechat", _numbers(ground.seed), ground.now, ground.ledger, ground.faults, ground.seed
        )
        self.tokens = AccessTokens(ground.config.secrets, ground.now, ground.seed)
        self.pushes = Pushes(ground)
        self._market.announce = self.pushes.announce
        self.lists = Lists(self._market)
        orders, cases = OrderCounter(self._market), AfterSaleCounter(self._market)
        labels = EwaybillCounter(self._market, ground.roll)
        self._desks: Mapping[str, Desk] = {
            "order/list/get": self.lists.orders,
            "order/get": orders.show,
            "order/delivery/send": orders.send,
            "order/deliveryinfo/update": orders.correct,
            "order/deliverycompanylist/new/get": orders.companies,
            "order/addressmodify/accept": orders.accept_address,
            "order/addressmodify/reject": orders.reject_address,
            "order/sensitiveinfo/decode": orders.decode,
            "aftersale/getaftersalelist": self.lists.cases,
            "aftersale/getaftersaleorder": cases.show,
            "aftersale/acceptapply": cases.agree,
            "aftersale/rejectapply": cases.refuse,
            "logistics/ewaybill/biz/order/create": labels.create,
            "logistics/ewaybill/biz/order/get": labels.show,
            "logistics/ewaybill/biz/order/cancel": labels.cancel,
        }

    @property
    def market(self) -> Market:
        """What the platform knows."""
        return self._market

    @property
    def pushes_lost(self) -> int:
        """How many messages to the order centre the noise has swallowed."""
        return self.pushes.lost

    def routes(self, prefix: str) -> Sequence[BaseRoute]:
        """Everything that can be called."""
        return [
            Route(f"{prefix}{STABLE_TOKEN}", self._stable_token, methods=ANY_METHOD),
            Route(f"{prefix}{PLAIN_TOKEN}", self._plain_token, methods=ANY_METHOD),
            Route(f"{prefix}/channels/ec/{{path:path}}", self._serve, methods=ANY_METHOD),
            Route(f"{prefix}/cgi-bin/{{path:path}}", _nowhere, methods=ANY_METHOD),
            Route(f"{prefix}/shop/{{path:path}}", _nowhere, methods=ANY_METHOD),
        ]

    def broken(self, fault: Fault, request: Request) -> Response:
        """Answer a fault in WeChat's words; a token that has expired stays so."""
        if fault.kind == "token_expired":
            self.tokens.end_all()
            if request.url.path.endswith((STABLE_TOKEN, PLAIN_TOKEN)):
                return JSONResponse(self.tokens.stillborn())
            return refusal(42001)
        return refusal({"throttle": 45011, "retired": 40066}.get(fault.kind, -1))

    async def _serve(self, request: Request) -> Response:
        desk = self._desks.get(request.path_params["path"])
        if desk is None:
            return refusal(40066)
        try:
            self.tokens.check(request.query_params.get("access_token"))
            return await _by_post(request, desk)
        except Refused as no:
            return refusal(no.errcode)

    async def _stable_token(self, request: Request) -> Response:
        try:
            return await _by_post(request, self.tokens.stable)
        except Refused as no:
            return refusal(no.errcode)

    async def _plain_token(self, request: Request) -> Response:
        try:
            return JSONResponse(self.tokens.plain(dict(request.query_params)))
        except Refused as no:
            return refusal(no.errcode)


async def _by_post(request: Request, desk: Desk) -> Response:
    """Answer a question that must be JSON by POST. Raises Refused."""
    if request.method != "POST":
        raise Refused(43002)
    try:
        question = json.loads(await request.body())
    except ValueError:
        raise Refused(47001) from None
    if not isinstance(question, dict):
        raise Refused(47001)
    return JSONResponse(desk(question))


async def _nowhere(_request: Request) -> Response:
    return refusal(40066)


def _numbers(seed: int) -> Iterator[str]:
    """Number orders with nineteen digits, each run in a range of its own."""
    first = FIRST_NUMBER + seed % 9_000 * 10**13
    return (str(first + 256 * place) for place in count(1))

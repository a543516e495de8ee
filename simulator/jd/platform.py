"""The simulated JD: one shop, reached over routerjson and SP-API."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulator.faults import Fault
from simulator.jd import sp_api
from simulator.jd.access import Access
from simulator.jd.listing import Listing
from simulator.jd.refunds import Refunds
from simulator.jd.shipping import Shipping
from simulator.jd.wording import Wrong, error
from simulator.market.market import Market
from simulator.platform import Ground
from simulator.wire import Json, form_of

Method = Callable[[str, Json], Response]
BUSINESS = "360buy_param_json"
CODES = {"error": "1", "throttle": "2", "token_expired": "19", "retired": "15"}
OAUTH_STATUSES = {"error": 500, "throttle": 429, "token_expired": 200, "retired": 404}


class Jd:
    """Everything of JD that an order centre calls; it pushes nothing."""

    def __init__(self, ground: Ground) -> None:
        """Open the shop with the secrets of the configuration."""
        self._market = Market(
            "jd", _numbers(ground.seed), ground.now, ground.ledger, ground.faults, ground.seed
        )
        self._access = Access(ground.config.secrets, ground.now)
        self._sp_api = sp_api.SpApi(self._market, self._access)
        listing, shipping, refunds = (
            Listing(self._market),
            Shipping(self._market),
            Refunds(self._market),
        )
        self._methods: Mapping[str, Method] = {
            "jingdong.pop.order.search": listing.search,
            "jingdong.pop.order.enSearch": listing.search,
            "jingdong.pop.order.get": listing.get,
            "jingdong.pop.order.enGet": listing.get,
            "jingdong.jos.order.oaid.decrypt": listing.decrypt,
            "jingdong.pop.order.shipment": shipping.ship,
            "jingdong.pop.order.partial.outship": shipping.ship_part,
            "360buy.order.sop.waybill.update": shipping.correct,
            "jingdong.pop.afs.soa.refundapply.queryPageList": refunds.search,
            "jingdong.pop.afs.soa.refundapply.replyRefund": refunds.reply,
        }

    @property
    def market(self) -> Market:
        """What JD knows."""
        return self._market

    @property
    def pushes_lost(self) -> int:
        """None: JD tells nothing by itself."""
        return 0

    def routes(self, prefix: str) -> Sequence[BaseRoute]:
        """Routerjson, the token interface and SP-API, below a prefix."""
        both = ["GET", "POST"]
        return [
            Route(f"{prefix}/routerjson", self._router, methods=both),
            Route(f"{prefix}/oauth2/refresh_token", self._refresh, methods=both),
            Route(f"{prefix}{sp_api.ORDERS}", self._sp_api.list_orders, methods=["GET"]),
            Route(f"{prefix}{sp_api.ORDERS}/{{order_id}}", self._sp_api.get_order, methods=["GET"]),
        ]

    def broken(self, fault: Fault, request: Request) -> Response:
        """Refuse in the words of the interface that was called; JD names no time when it throttles."""
        path = request.url.path
        if "/oauth2/" in path:
            status = OAUTH_STATUSES.get(fault.kind, 500)
            return JSONResponse({"code": 400, "msg": "refresh refused", "requestId": "r1"}, status)
        code = CODES.get(fault.kind, "1")
        return sp_api.failure(code) if "/rest/" in path else error(code)

    async def _router(self, request: Request) -> Response:
        """Answer a method; its parameters may stand in the query, in the form, or in both."""
        fields = {**request.query_params, **form_of(await request.body())}
        try:
            self._access.admit(fields)
            method = fields["method"]
            if method not in self._methods:
                return error("15")
            business = json.loads(fields.get(BUSINESS) or "{}")
            return self._methods[method](method, business if isinstance(business, dict) else {})
        except Wrong as wrong:
            return error(wrong.code)
        except ValueError:
            return error("1")

    async def _refresh(self, request: Request) -> Response:
        """Exchange a refresh token."""
        fields = {**request.query_params, **form_of(await request.body())}
        token = self._access.refresh(fields)
        return JSONResponse(token or {"code": 400, "msg": "refresh_token无效", "requestId": "r1"})


def _numbers(seed: int) -> Iterator[str]:
    """Twelve digits, each order's own."""
    return (f"3{seed % 1000:03d}{number:08d}" for number in itertools.count(1))

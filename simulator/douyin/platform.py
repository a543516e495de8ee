"""One shop on Doudian, reachable by HTTP: every path is a method, every answer has status 200."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulator.douyin import refusals
from simulator.douyin.access import Access
from simulator.douyin.aftersales import AfterSales
from simulator.douyin.ciphers import Ciphers
from simulator.douyin.ewaybills import Ewaybills
from simulator.douyin.pushes import Pushes
from simulator.douyin.refusals import Refusal, Refused
from simulator.douyin.shipping import Shipping
from simulator.douyin.trade import Trade
from simulator.faults import Fault
from simulator.market.market import Market
from simulator.platform import Ground
from simulator.wire import Json

MOST_ROWS = 10_000
FAULTS = {"throttle": refusals.TOO_OFTEN, "token_expired": refusals.EXPIRED, "retired": refusals.RETIRED}


class Douyin:
    """The platform as one shop sees it; `most_rows` is how far into a list anybody may page."""

    def __init__(self, ground: Ground, most_rows: int = MOST_ROWS) -> None:
        """Open the shop."""
        self._now = ground.now
        self._market = Market(
            "douyin", _numbers(ground.seed), ground.now, ground.ledger, ground.faults, ground.seed
        )
        self._access = Access(ground.config.secrets, ground.now)
        self._pushes = Pushes(ground)
        self._market.announce = self._pushes.announce
        self._answers = count(1)
        ciphers = Ciphers(ground.config.secrets["app_secret"])
        trade = Trade(self._market, ciphers, most_rows)
        ewaybills = Ewaybills(self._market, ciphers, ground.roll)
        shipping, after_sales = Shipping(self._market, trade), AfterSales(self._market)
        self._methods: dict[str, Callable[[Json], Any]] = {
            "token.create": self._access.create,
            "token.refresh": self._access.refresh,
            "order.searchList": trade.search,
            "order.orderDetail": trade.detail,
            "order.batchDecrypt": trade.decrypt,
            "order.addressConfirm": trade.confirm_address,
            "order.logisticsAdd": shipping.add,
            "order.logisticsAddMultiPack": shipping.add_packs,
            "order.logisticsEdit": shipping.edit,
            "order.logisticsEditByPack": shipping.edit_pack,
            "order.logisticsCompanyList": shipping.companies,
            "logistics.newCreateOrder": ewaybills.draw,
            "logistics.cancelOrder": ewaybills.cancel,
            "afterSale.List": after_sales.search,
            "afterSale.operate": after_sales.operate,
        }

    @property
    def market(self) -> Market:
        """What the platform knows."""
        return self._market

    @property
    def pushes_lost(self) -> int:
        """How many messages the noise has swallowed."""
        return self._pushes.luck.lost

    def routes(self, prefix: str) -> Sequence[BaseRoute]:
        """Every method has a path of two parts."""
        return [Route(f"{prefix}/{{group}}/{{name}}", self._serve, methods=["POST"])]

    def broken(self, fault: Fault, request: Request) -> Response:
        """Fail as armed; a token that is said to have expired has expired."""
        if fault.kind == "token_expired":
            self._access.expire()
        return self._refuse(FAULTS.get(fault.kind, refusals.BUSY), request)

    async def _serve(self, request: Request) -> Response:
        method = f"{request.path_params['group']}.{request.path_params['name']}"
        if method not in self._methods:
            return self._refuse(refusals.RETIRED, request)
        try:
            params = self._access.admit(method, dict(request.query_params), await request.body())
            answer = self._methods[method](params)
        except Refused as refused:
            return self._refuse(refused.why, request)
        return JSONResponse(refusals.served(answer, self._log_id(), old_words=_old(request)))

    def _refuse(self, why: Refusal, request: Request) -> Response:
        return JSONResponse(refusals.refused(why, self._log_id(), old_words=_old(request)))

    def _log_id(self) -> str:
        return f"{self._now():%Y%m%d%H%M%S}{next(self._answers):018X}"


def _old(request: Request) -> bool:
    """Tell whether the caller still wants to read the envelope of before."""
    return request.headers.get("x-open-no-old-err-code") != "1"


def _numbers(seed: int) -> Iterator[str]:
    """Number orders in nineteen digits that begin with 6."""
    return (f"69{seed % 1000:03d}{number:014d}" for number in count(1))

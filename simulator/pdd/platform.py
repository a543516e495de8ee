"""A simulated shop on Pinduoduo: one gateway for every question, and one socket for messages."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from simulator.faults import Fault
from simulator.market.luck import Luck
from simulator.market.market import Event, Market
from simulator.market.order import MarketCase, MarketOrder
from simulator.pdd import answers
from simulator.pdd.cases import CaseDesk
from simulator.pdd.doorkeeper import Doorkeeper, Params, params_of
from simulator.pdd.ewaybills import EwaybillDesk
from simulator.pdd.orders import OrderDesk
from simulator.pdd.pmc import Pmc
from simulator.pdd.words import sku_number
from simulator.platform import Ground
from simulator.wire import CHINA, Json, china_stamp

USUAL_SETTLE_S = "180"
"""How long before its clock a window must end."""


class Interface(NamedTuple):
    """What answers a `type`, under which key, and whether it asks for the shop's token."""

    answer: str
    serve: Callable[[Params], Json]
    anonymous: bool = False


class PinduoduoPlatform:
    """Fulfils `simulator.platform.Platform`."""

    def __init__(self, ground: Ground) -> None:
        """Open the shop."""
        secrets, options = ground.config.secrets, ground.config.options
        self._ground = ground
        self._market = Market("pdd", _numbers(ground), ground.now, ground.ledger, ground.faults, ground.seed)
        self._luck = Luck(ground.noise, f"{ground.seed}:pdd:pmc")
        self.doorkeeper = Doorkeeper(secrets, ground.now)
        self.pmc = Pmc(self.doorkeeper, self._luck, ground.faults, ground.now)
        settle_s = int(options.get("settle_seconds", USUAL_SETTLE_S))
        self._interfaces = self._open(OrderDesk(self._market, ground.now, settle_s), CaseDesk(self._market))
        labels = EwaybillDesk(self._market, ground.roll)
        self._interfaces["pdd.waybill.get"] = Interface("pdd_waybill_get_response", labels.draw)
        self._interfaces["pdd.waybill.cancel"] = Interface("pdd_waybill_cancel_response", labels.cancel)
        self._market.announce = self._announce

    @property
    def market(self) -> Market:
        """What the platform knows."""
        return self._market

    @property
    def pushes_lost(self) -> int:
        """How many messages the noise has swallowed."""
        return self._luck.lost

    def routes(self, prefix: str) -> Sequence[BaseRoute]:
        """Show the gateway and the message channel."""
        return [Route(f"{prefix}/api/router", self.answer, methods=["POST"]), self.pmc.route(prefix)]

    def broken(self, fault: Fault, _request: Request) -> Response:
        """Answer in the platform's words; it names no time when it throttles."""
        if fault.kind == "token_expired":
            self.doorkeeper.expire()
            return answers.error(*answers.TOKEN_EXPIRED)
        words = {"throttle": answers.TOO_OFTEN, "retired": answers.OFFLINE}
        return answers.error(*words.get(fault.kind, answers.BROKEN))

    async def answer(self, request: Request) -> Response:
        """Answer one question."""
        try:
            params = await params_of(request)
            asked = self._interfaces.get(params.get("type", ""))
            if asked is None:
                return answers.error(*answers.NO_SUCH_TYPE)
            self.doorkeeper.check(params, anonymous=asked.anonymous)
            return answers.content(asked.answer, asked.serve(params))
        except answers.Complaint as complaint:
            return answers.error(complaint.code, complaint.message)

    def _open(self, orders: OrderDesk, cases: CaseDesk) -> dict[str, Interface]:
        return {
            "pdd.time.get": Interface("time_get_response", self._time, anonymous=True),
            "pdd.pop.auth.token.refresh": Interface(
                "pop_auth_token_refresh_response", self._renew, anonymous=True
            ),
            "pdd.order.number.list.increment.get": Interface(
                "order_sn_increment_get_response", orders.listed
            ),
            "pdd.order.information.get": Interface("order_info_get_response", orders.detail),
            "pdd.logistics.companies.get": Interface(
                "logistics_companies_get_response", orders.companies, anonymous=True
            ),
            "pdd.logistics.online.send": Interface("logistics_online_send_response", orders.ship),
            "pdd.logistics.ordertrace.get": Interface("logistics_ordertrace_get_resposne", orders.trace),
            "pdd.order.upload.extra.logistics": Interface(
                "upload_extra_logistics_response", orders.ship_more
            ),
            "pdd.open.decrypt.batch": Interface("open_decrypt_batch_response", orders.decrypt),
            "pdd.refund.list.increment.get": Interface("refund_increment_get_response", cases.listed),
            "pdd.refund.agree": Interface("response", cases.agree),
            "pdd.refund.returngoods.agree": Interface("response", cases.agree_to_return),
        }

    def _time(self, _params: Params) -> Json:
        return {"time": china_stamp(self._ground.now())}

    def _renew(self, params: Params) -> Json:
        return self.doorkeeper.renew(params.get("refresh_token", ""))

    def _announce(self, event: Event, order: MarketOrder, case: MarketCase | None) -> None:
        """Number the lines of a new order by SKU, as Pinduoduo does, and let a new address stand at once."""
        if event == "created":
            before: list[str] = []
            for line in order.lines:
                line.id = str(sku_number(line.draft.sku, before.count(line.draft.sku)))
                before.append(line.draft.sku)
        if event == "address_wanted":
            self._market.answer_move(order, accept=True)
        self.pmc.announce(event, order, case)


def _numbers(ground: Ground) -> Iterator[str]:
    """Give order numbers of the platform's shape: the day and fifteen digits."""
    place = 0
    while True:
        place += 1
        yield f"{ground.now().astimezone(CHINA):%y%m%d}-{ground.seed % 10**6:06d}{place:09d}"

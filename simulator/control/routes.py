"""The control API: start, place, disturb, look."""

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulator.control.hand import Hand, NoSuchThing
from simulator.control.oracle import oracle
from simulator.control.page import page
from simulator.control.retiring import Retirement, retire
from simulator.control.wishes import (
    Cancellation,
    CaseWish,
    MoodWish,
    RefundWish,
    ScanWish,
    StockCount,
    WantedOrders,
)
from simulator.faults import Fault
from simulator.wire import Json, form_of
from simulator.world import World

WishT = TypeVar("WishT", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class ControlInterface:
    """Serves whoever runs the experiment; it has no lock, which is why it is bound to loopback."""

    def __init__(self, world: World) -> None:
        """Take a world in hand."""
        self._world = world
        self._hand = Hand(world)

    def routes(self) -> list[Route]:
        """List the routes."""
        posts: dict[str, Callable[[Request], Awaitable[Json]]] = {
            "start": self.start,
            "orders": self.orders,
            "orders/{number}/pay": self.pay,
            "orders/{number}/cancel": self.cancel,
            "orders/{number}/refund": self.refund,
            "orders/{number}/address": self.address,
            "orders/{number}/after-sale": self.after_sale,
            "orders/{number}/receive": self.receive,
            "stock": self.stock,
            "wms": self.wms,
            "wms/ship/{number}": self.ship,
            "carrier/scan": self.scan,
            "faults": self.arm,
            "retire": self.retire,
        }
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/control/ledger", self.ledger, methods=["GET"]),
            Route("/control/oracle", self.oracle, methods=["GET"]),
            Route("/control/clock", self.clock, methods=["GET"]),
            Route("/control/faults", self.faults, methods=["GET", "DELETE"]),
            Route("/control/stock", self.shelves, methods=["GET"]),
            *(Route(f"/control/{path}", _answering(act), methods=["POST"]) for path, act in posts.items()),
        ]

    async def page(self, _request: Request) -> Response:
        """Show what happens, for people."""
        return HTMLResponse(page(self._world))

    async def ledger(self, request: Request) -> Response:
        """Read the ledger, of one order or kind, after a sequence number."""
        query = request.query_params
        after = query.get("after", "0")
        entries = self._world.ledger.read(
            order=query.get("order"), kind=query.get("kind"), after=int(after) if after.isdecimal() else 0
        )
        return JSONResponse([entry.as_json() for entry in entries])

    async def oracle(self, request: Request) -> Response:
        """Give the verdict; `?brief=1` leaves the single orders out."""
        return JSONResponse(oracle(self._world, brief=request.query_params.get("brief") == "1"))

    async def clock(self, _request: Request) -> Response:
        """Tell the time, the pace and what is still to come."""
        timeline, begun = self._world.timeline, self._world.offering.begun_at
        upcoming = timeline.next_due
        return JSONResponse(
            {
                "now": timeline.now().isoformat(),
                "pace": timeline.pace,
                "started_at": begun.isoformat() if begun else None,
                "done_offering": self._world.offering.done,
                "due": len(timeline),
                "next_due": upcoming.isoformat() if upcoming else None,
            }
        )

    async def shelves(self, _request: Request) -> Response:
        """List every shelf: which SKU, where, how many."""
        return JSONResponse(
            [
                {"warehouse": warehouse, "sku": sku, "on_hand": shelf.on_hand, "locked": shelf.locked}
                for warehouse, sku, shelf in self._world.warehouse.stock.all_shelves()
            ]
        )

    async def faults(self, request: Request) -> Response:
        """Show what is armed and what has struck, or repair everything."""
        if request.method == "DELETE":
            self._world.faults.clear()
        armed = [fault.model_dump() for fault in self._world.faults.armed]
        return JSONResponse({"armed": armed, "struck": self._world.faults.struck})

    async def arm(self, request: Request) -> Json:
        """Arm a fault."""
        fault = await _wish(request, Fault)
        self._world.faults.arm(fault)
        return {"armed": [armed.model_dump() for armed in self._world.faults.armed]}

    async def retire(self, request: Request) -> Json:
        """Let a platform retire a version of its order interface, now or later."""
        return {"retires": retire(self._world, await _wish(request, Retirement)).isoformat()}

    async def start(self, _request: Request) -> Json:
        """Begin to offer orders."""
        return {"started": self._world.start()}

    async def orders(self, request: Request) -> Json:
        """Place orders."""
        return {"numbers": self._hand.place(await _wish(request, WantedOrders))}

    async def pay(self, request: Request) -> Json:
        """Let the buyer pay."""
        return {"done": self._hand.pay(request.path_params["number"])}

    async def cancel(self, request: Request) -> Json:
        """Let the buyer cancel."""
        return {"done": self._hand.cancel(request.path_params["number"], await _wish(request, Cancellation))}

    async def refund(self, request: Request) -> Json:
        """Let the buyer ask money back."""
        return {"done": self._hand.refund(request.path_params["number"], await _wish(request, RefundWish))}

    async def address(self, request: Request) -> Json:
        """Let the buyer move; the body is laid over the shipping address."""
        self._hand.move(request.path_params["number"], await _body(request))
        return {"done": True}

    async def after_sale(self, request: Request) -> Json:
        """Let the buyer ask for money or goods."""
        return {"case": self._hand.ask(request.path_params["number"], await _wish(request, CaseWish))}

    async def receive(self, request: Request) -> Json:
        """Let the buyer confirm that everything came."""
        return {"done": self._hand.receive(request.path_params["number"])}

    async def stock(self, request: Request) -> Json:
        """Count a shelf."""
        return self._hand.count(await _wish(request, StockCount))

    async def wms(self, request: Request) -> Json:
        """Change how the warehouse behaves."""
        return self._hand.change_mood(await _wish(request, MoodWish))

    async def ship(self, request: Request) -> Json:
        """Ship everything of an order now."""
        return {"shipped": self._hand.ship(request.path_params["number"])}

    async def scan(self, request: Request) -> Json:
        """Scan a parcel."""
        return self._hand.scan(await _wish(request, ScanWish))


def _answering(act: Callable[[Request], Awaitable[Json]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            answer = await act(request)
        except NoSuchThing as missing:
            return JSONResponse({"error": str(missing)}, status_code=404)
        except ValidationError as wrong:
            details = [{"at": ".".join(map(str, e["loc"])), "error": e["msg"]} for e in wrong.errors()]
            return JSONResponse({"error": "not understood", "details": details}, status_code=422)
        except ValueError as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        if "text/html" in request.headers.get("accept", ""):
            return Response(status_code=303, headers={"Location": "/"})
        return JSONResponse(answer)

    return endpoint


async def _wish(request: Request, kind: type[WishT]) -> WishT:
    return kind.model_validate(await _body(request))


async def _body(request: Request) -> Json:
    body = await request.body()
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if is_form and not body.lstrip().startswith(b"{"):  # curl -d calls JSON a form too
        return {key: value for key, value in form_of(body).items() if value}
    asked = json.loads(body or b"{}")
    if not isinstance(asked, dict):
        msg = "the body must be a JSON object"
        raise ValueError(msg)  # noqa: TRY004 - a wrong value in a request
    return asked

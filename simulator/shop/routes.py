"""The shop's REST interface, `/wp-json/wc/v3` and `/wp-json/wc/v4`, which say the same."""

import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.shop import writeback
from simulator.shop.access import Doorkeeper
from simulator.shop.answers import bad_json, bad_parameter, no_route, not_found, refusal
from simulator.shop.orders import Shop, ShopOrder
from simulator.shop.refunds import Refunds
from simulator.shop.search import BadParameter, find, paging_headers, read_search
from simulator.shop.webhooks import Webhooks
from simulator.wire import Json

BASES = ("/wp-json/wc/v3", "/wp-json/wc/v4")
WEBHOOK_STATUSES = ("active", "paused", "disabled")
Change = Callable[[ShopOrder, Json], Response]


class ShopInterface:
    """Lets callers with the right key list, read and change orders."""

    def __init__(
        self, shop: Shop, refunds: Refunds, webhooks: Webhooks, doorkeeper: Doorkeeper, *, fulfillments: bool
    ) -> None:
        """Open the interface on a shop."""
        self._shop = shop
        self._refunds = refunds
        self._webhooks = webhooks
        self._doorkeeper = doorkeeper
        self._fulfillments = fulfillments

    def routes(self) -> list[Route]:
        """List the routes that exist; everything else below the base is `rest_no_route`."""
        return [
            *(route for base in BASES for route in self._below(base)),
            Route("/wp-json/{rest:path}", self.elsewhere, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
        ]

    def _below(self, base: str) -> list[Route]:
        return [
            Route(f"{base}/orders", self.list_orders, methods=["GET"]),
            Route(f"{base}/orders/{{number}}", self.order, methods=["GET", "PUT", "POST", "PATCH"]),
            Route(f"{base}/orders/{{number}}/notes", self.notes, methods=["POST"]),
            Route(f"{base}/orders/{{number}}/refunds", self.refunds, methods=["GET", "POST"]),
            Route(f"{base}/orders/{{number}}/fulfillments", self.fulfillments, methods=["GET", "POST"]),
            Route(f"{base}/webhooks/{{number:int}}", self.webhook, methods=["GET", "PUT"]),
        ]

    async def list_orders(self, request: Request) -> Response:
        """Answer `GET /orders`."""
        if refused := self._doorkeeper.refuse(request):
            return refused
        query = dict(request.query_params)
        try:
            search = read_search(query)
        except BadParameter as bad:
            return bad_parameter(bad.name, bad.message)
        found = find(self._shop, search)
        first = (search.page - 1) * search.per_page
        bodies = [order.body for order in found[first : first + search.per_page]]
        if query.get("_fields"):
            wanted = query["_fields"].split(",")
            bodies = [{key: body[key] for key in wanted if key in body} for body in bodies]
        headers = paging_headers(f"{self._shop.site}{request.url.path}", query, search, len(found))
        answer = JSONResponse(bodies, headers=headers)
        self._shop.stir(found)
        return answer

    async def order(self, request: Request) -> Response:
        """Answer `GET` and `PUT /orders/{id}`."""
        if request.method == "GET":
            return await self._with_order(request, lambda order, _asked: JSONResponse(order.body))
        return await self._with_order(
            request, lambda order, asked: writeback.change(self._shop, order, asked)
        )

    async def notes(self, request: Request) -> Response:
        """Answer `POST /orders/{id}/notes`."""
        return await self._with_order(
            request, lambda order, asked: writeback.add_note(self._shop, order, asked)
        )

    async def refunds(self, request: Request) -> Response:
        """Answer `GET` and `POST /orders/{id}/refunds`."""
        if request.method == "GET":
            return await self._with_order(
                request, lambda order, _asked: JSONResponse(self._refunds.of(order))
            )
        return await self._with_order(request, self._refunds.create)

    async def fulfillments(self, request: Request) -> Response:
        """Answer `GET` and `POST /orders/{id}/fulfillments`, where the feature is switched on."""
        if not self._fulfillments:
            return no_route()
        if request.method == "GET":
            return await self._with_order(request, lambda order, _asked: JSONResponse(order.fulfillments))
        return await self._with_order(
            request, lambda order, asked: writeback.fulfill(self._shop, order, asked)
        )

    async def webhook(self, request: Request) -> Response:
        """Answer `GET` and `PUT /webhooks/{id}`."""
        if refused := self._doorkeeper.refuse(request):
            return refused
        webhook = self._webhooks.find(request.path_params["number"])
        if webhook is None:
            return refusal(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        if request.method == "PUT":
            asked = await _json_object(request)
            if asked is None or asked.get("status") not in WEBHOOK_STATUSES:
                return bad_parameter("status", f"status is not one of {', '.join(WEBHOOK_STATUSES)}.")
            self._webhooks.switch(webhook, asked["status"])
        return JSONResponse(self._webhooks.show(webhook))

    async def elsewhere(self, _request: Request) -> Response:
        """Answer everything that does not exist."""
        return no_route()

    async def _with_order(self, request: Request, act: Change) -> Response:
        if refused := self._doorkeeper.refuse(request):
            return refused
        order = self._shop.find(request.path_params["number"])
        if order is None:
            return not_found()
        asked: Json | None = {} if request.method == "GET" else await _json_object(request)
        return bad_json() if asked is None else act(order, asked)


async def _json_object(request: Request) -> Json | None:
    try:
        asked = json.loads(await request.body() or b"{}")
    except ValueError:
        return None
    return asked if isinstance(asked, dict) else None

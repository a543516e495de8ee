"""The warehouse's Qimen endpoint: HTTP 200 always, yes or no in the body."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import signatures
from simulator.config import WmsConfig
from simulator.wire import china_stamp
from simulator.wms.catalogue import OWNER
from simulator.wms.delivery import Unreadable, read_delivery
from simulator.wms.return_order import read_return
from simulator.wms.returns import ReturnDock
from simulator.wms.warehouse import Refusal, Warehouse
from simulator.wms.xml import Content, NotXml, read, text, write

GATEWAY_PREFIX = "taobao.qimen."


class QimenInterface:
    """Serves the methods an order centre calls."""

    def __init__(self, config: WmsConfig, warehouse: Warehouse, returns: ReturnDock) -> None:
        """Open the interface on a warehouse and the dock where goods come back."""
        self._config = config
        self._warehouse = warehouse
        self._returns = returns
        self._methods: dict[str, Callable[[Element], dict[str, Content]]] = {
            "deliveryorder.create": self._create,
            "order.cancel": self._cancel,
            "returnorder.create": self._expect,
            "inventory.query": self._query,
        }

    def routes(self) -> list[Route]:
        """List the one route there is."""
        return [Route("/router/qimen/service", self.serve, methods=["POST"])]

    async def serve(self, request: Request) -> Response:
        """Answer one call."""
        body, query = await request.body(), dict(request.query_params)
        refusal = self._refuse(query, body)
        if refusal:
            return _failure(refusal.code, refusal.message)
        method = query.get("method", "").removeprefix(GATEWAY_PREFIX)
        act = self._methods.get(method)
        if act is None:
            return _failure("22", "Invalid method")
        try:
            content = act(read(body))
        except NotXml:
            return _failure("S001", "报文不是合法的XML")
        except Unreadable as unreadable:
            return _failure("S001", str(unreadable))
        except Refusal as no:
            return _failure(no.code, no.message)
        return _answer({"flag": "success", "code": "0", "message": "ok", **content})

    def _refuse(self, query: dict[str, str], body: bytes) -> Refusal | None:
        if query.get("app_key") != self._config.app_key:
            return Refusal("invalid-app-key", "Invalid app key")
        expected = signatures.qimen(self._config.secret, query, body)
        if query.get("sign_method") != "md5" or not signatures.same(query.get("sign", ""), expected):
            return Refusal("sign-check-failure", "Illegal request")
        if query.get("customerId") != self._config.customer_id:
            return Refusal("invalid-customer", "Invalid customerId")
        return None

    def _create(self, request: Element) -> dict[str, Content]:
        order = self._warehouse.create(read_delivery(request))
        return {
            "createTime": china_stamp(order.created),
            "deliveryOrderId": order.id,
            "warehouseCode": order.warehouse,
            "logisticsCode": order.logistics,
        }

    def _expect(self, request: Element) -> dict[str, Content]:
        return {"returnOrderId": self._returns.create(read_return(request)).id}

    def _cancel(self, request: Element) -> dict[str, Content]:
        code = text(request, "orderCode")
        if not code:
            raise Unreadable("缺少必填字段 orderCode")
        self._warehouse.cancel(code)
        return {}

    def _query(self, request: Element) -> dict[str, Content]:
        items: list[tuple[str, Content]] = []
        for criteria in request.iterfind("criteriaList/criteria"):
            sku, owner = text(criteria, "itemCode"), text(criteria, "ownerCode")
            if text(criteria, "inventoryType") not in {"", "ZP"} or owner not in {"", OWNER}:
                continue
            for warehouse, shelf in self._warehouse.stock.shelves_of(sku, text(criteria, "warehouseCode")):
                content: Content = {
                    "warehouseCode": warehouse,
                    "itemCode": sku,
                    "itemId": f"W-{sku}",
                    "inventoryType": "ZP",
                    "quantity": shelf.free,
                    "lockQuantity": shelf.locked,
                }
                items.append(("item", content))
        return {"items": items}


def _answer(content: Content) -> Response:
    return Response(write("response", content), media_type="text/xml")


def _failure(code: str, message: str) -> Response:
    return _answer({"flag": "failure", "code": code, "message": message})

"""What the warehouse tells the order centre, again and again until it is told that it was understood."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from simulator import signatures
from simulator.config import WmsConfig
from simulator.post import Letter, Postman, Sheet
from simulator.wire import china_stamp
from simulator.wms.catalogue import OWNER
from simulator.wms.delivery import DeliveryOrder, Stage
from simulator.wms.return_order import ReturnLine, ReturnOrder
from simulator.wms.xml import Content, NotXml, read, text, write

WAITS_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0)


class Notices:
    """The warehouse's outgoing messages."""

    def __init__(self, config: WmsConfig, postman: Postman, now: Callable[[], datetime]) -> None:
        """Know where to send."""
        self._config = config
        self._postman = postman
        self._now = now
        self._checks = count(1)

    def process(self, order: DeliveryOrder, stage: Stage) -> None:
        """Report a stage of a delivery order."""
        if stage not in self._config.process_reports:
            return
        self._send(
            "orderprocess.report",
            order.code,
            {
                "order": {
                    "orderCode": order.code,
                    "orderId": order.id,
                    "orderType": order.order_type,
                    "warehouseCode": order.warehouse,
                },
                "process": {"processStatus": stage.value, "operateTime": china_stamp(self._now())},
            },
        )

    def confirm(self, order: DeliveryOrder) -> None:
        """Report that a delivery order left, in one package."""
        now = china_stamp(self._now())
        package: Content = {
            "logisticsCode": order.logistics,
            "expressCode": order.waybill,
            "weight": f"{0.3 * order.pieces.total():.2f}",
            "items": [("item", {"itemCode": sku, "quantity": n}) for sku, n in sorted(order.pieces.items())],
        }
        head: Content = {
            "deliveryOrderCode": order.code,
            "deliveryOrderId": order.id,
            "warehouseCode": order.warehouse,
            "orderType": order.order_type,
            "status": Stage.DELIVERED.value,
            "outBizCode": f"{order.id}-C1",
            "confirmType": 0,
            "orderConfirmTime": now,
            "operateTime": now,
        }
        lines = [("orderLine", _confirmed_line(order, place)) for place in range(len(order.lines))]
        self._send(
            "deliveryorder.confirm",
            order.code,
            {"deliveryOrder": head, "packages": [("package", package)], "orderLines": lines},
        )

    def returned(self, order: ReturnOrder) -> None:
        """Report what came back and in which condition."""
        head: Content = {
            "returnOrderCode": order.code,
            "returnOrderId": order.id,
            "warehouseCode": order.warehouse,
            "outBizCode": f"{order.id}-R1",
            "orderType": order.order_type,
            "orderConfirmTime": china_stamp(self._now()),
            "logisticsCode": order.logistics,
            "expressCode": order.waybill,
            "confirmType": 0,
        }
        lines = [
            ("orderLine", _returned_line(line, kind, pieces))
            for line in order.lines
            for kind, pieces in (("ZP", line.good), ("CC", line.damaged))
            if pieces
        ]
        self._send("returnorder.confirm", order.code, {"returnOrder": head, "orderLines": lines})

    def stock_changed(self, warehouse: str, sku: str, change: int, total: int) -> str:
        """Report that a count found more or fewer pieces; gives the message's own code."""
        number = next(self._checks)
        code = f"PD-{warehouse}-{self._now():%Y%m%d%H%M%S}-{number}"
        self._send(
            "inventory.report",
            f"{warehouse} {sku}",
            {
                "totalPage": 1,
                "currentPage": 1,
                "pageSize": 1,
                "warehouseCode": warehouse,
                "checkOrderCode": code,
                "ownerCode": OWNER,
                "checkTime": china_stamp(self._now()),
                "outBizCode": f"{code}-1",
                "adjustType": "ADJUST",
                "items": [
                    ("item", {"itemCode": sku, "inventoryType": "ZP", "quantity": change, "totalQty": total}),
                ],
            },
        )
        return code

    def _send(self, method: str, about: str, content: Content) -> None:
        if self._config.notify_url is None:
            return
        url, body = self._config.notify_url, write("request", content)
        self._postman.send(
            Letter(
                "notify", f"{method} {about}", lambda: self._sheet(url, method, body), _understood, WAITS_S
            )
        )

    def _sheet(self, url: str, method: str, body: bytes) -> Sheet:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query)) | {
            "method": method,
            "timestamp": china_stamp(self._now()),
            "format": "xml",
            "app_key": self._config.app_key,
            "v": "2.0",
            "sign_method": "md5",
            "customerId": self._config.customer_id,
        }
        query["sign"] = signatures.qimen(self._config.secret, query, body)
        address = urlunsplit(parts._replace(query=urlencode(query)))
        return Sheet(address, {"Content-Type": "text/xml; charset=utf-8"}, body)


def _confirmed_line(order: DeliveryOrder, place: int) -> Content:
    line = order.lines[place]
    return {
        "orderLineNo": line.number,
        "orderSourceCode": line.source,
        "subSourceCode": line.sub_source,
        "itemCode": line.sku,
        "inventoryType": "ZP",
        "ownerCode": line.owner,
        "planQty": line.quantity,
        "actualQty": line.quantity,
    }


def _returned_line(line: ReturnLine, kind: str, pieces: int) -> Content:
    return {
        "orderLineNo": line.number,
        "sourceOrderCode": line.source,
        "ownerCode": line.owner,
        "itemCode": line.sku,
        "inventoryType": kind,
        "planQty": line.planned,
        "actualQty": pieces,
    }


def _understood(answer: httpx.Response) -> bool:
    try:
        return answer.is_success and text(read(answer.content), "flag") == "success"
    except NotXml:
        return False

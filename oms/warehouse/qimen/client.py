"""Warehouses behind Qimen: asked to ship, asked not to, asked what they have."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element

from oms.calls import calling
from oms.clock import wall_clock
from oms.domain.errors import Unavailable, Unmappable
from oms.domain.ids import Sku
from oms.domain.receiver import Receiver
from oms.http import Http
from oms.ports import (
    Accepted,
    CancelAccepted,
    CancelRefused,
    Rejected,
    ReturnOrder,
    StockLevel,
    WarehouseOrder,
)
from oms.warehouse.qimen import words, xml
from oms.warehouse.qimen.config import QimenConfig
from oms.warehouse.qimen.delivery import delivery_order
from oms.warehouse.qimen.returns import return_order
from oms.warehouse.qimen.signature import sign
from oms.warehouse.qimen.verdict import Verdict, judge

GATEWAY = "taobao.qimen."
VERSION = "2.0"
SALEABLE = "ZP"
MOST_SKUS = 50


class Qimen:
    """Every warehouse of one owner; fulfils `oms.ports.Warehouse`."""

    def __init__(self, config: QimenConfig, http: Http, now: Callable[[], datetime] = wall_clock) -> None:
        self._config = config
        self._http = http
        self._now = now

    async def create(self, order: WarehouseOrder, receiver: Receiver, remark: str) -> Accepted | Rejected:
        """Ask for a delivery; the code makes asking twice asking once. The receiver goes into the request only."""
        request = delivery_order(order, receiver, remark, self._config, self._now())
        verdict = await self._ask("deliveryorder.create", request)
        if verdict.ok or verdict.says_known:
            return Accepted(warehouse_number=xml.text(verdict.content, "deliveryOrderId"))
        person = (receiver.name, receiver.phone, receiver.address, receiver.district, receiver.token, remark)
        return Rejected(reason=verdict.reason(*person))

    async def cancel(
        self, code: str, warehouse: str, why: str, warehouse_number: str = ""
    ) -> CancelAccepted | CancelRefused:
        """Ask not to ship; an order that the warehouse does not have, or has no more, counts as cancelled."""
        request: xml.Tree = {
            "warehouseCode": warehouse,
            "ownerCode": self._config.owner_code,
            "orderCode": code,
            "orderId": warehouse_number,
            "orderType": "JYCK",
            "cancelReason": why,
        }
        verdict = await self._ask("order.cancel", request)
        if verdict.ok or verdict.says_not_there:
            return CancelAccepted()
        return CancelRefused(reason=verdict.reason())

    async def levels(self, warehouse: str, skus: Sequence[Sku]) -> Sequence[StockLevel]:
        """Count the saleable pieces, locked ones included; SKUs that the warehouse does not know are missing."""
        counted: Counter[Sku] = Counter()
        for batch in _batches(skus):
            verdict = await self._ask("inventory.query", self._criteria(warehouse, batch))
            if not verdict.ok:
                raise Unavailable(f"Qimen inventory.query answered {verdict.reason()}")
            for item in verdict.content.iterfind("items/item"):
                if xml.text(item, "inventoryType") in {"", SALEABLE}:
                    counted[Sku(xml.text(item, "itemCode"))] += _on_hand(item)
        wanted = frozenset(skus)
        return [
            StockLevel(warehouse=warehouse, sku=sku, on_hand=max(pieces, 0))
            for sku, pieces in counted.items()
            if sku in wanted
        ]

    async def expect_return(self, order: ReturnOrder) -> Accepted | Rejected:
        """Announce goods that come back; the code makes announcing twice announcing once."""
        verdict = await self._ask("returnorder.create", return_order(order, self._config))
        if verdict.ok or verdict.says_known:
            return Accepted(warehouse_number=xml.text(verdict.content, "returnOrderId"))
        return Rejected(reason=verdict.reason())

    def _criteria(self, warehouse: str, skus: Sequence[Sku]) -> xml.Tree:
        criteria: list[tuple[str, xml.Tree]] = [
            (
                "criteria",
                {
                    "warehouseCode": warehouse,
                    "ownerCode": self._config.owner_code,
                    "itemCode": sku,
                    "inventoryType": SALEABLE,
                },
            )
            for sku in skus
        ]
        return {"criteriaList": criteria}

    async def _ask(self, method: str, request: xml.Tree) -> Verdict:
        body = xml.write("request", request)
        query = {
            "method": GATEWAY + method,
            "timestamp": words.stamp(self._now()),
            "format": "xml",
            "app_key": self._config.app_key,
            "v": VERSION,
            "sign_method": "md5",
            "customerId": self._config.customer_id,
        }
        query["sign"] = sign(query, body, self._config.secret.get_secret_value())
        url = f"{self._config.url}?{urlencode(query, quote_via=quote)}"
        headers = {"Content-Type": xml.CONTENT_TYPE}
        with calling(system="qimen", interface=method, version=VERSION) as call:
            verdict = judge(await self._http.ask("POST", url, headers=headers, content=body), method)
            call.refused(not verdict.ok)
        return verdict


def _batches(skus: Sequence[Sku]) -> list[Sequence[Sku]]:
    unique = list(dict.fromkeys(skus))
    return [unique[start : start + MOST_SKUS] for start in range(0, len(unique), MOST_SKUS)]


def _on_hand(item: Element) -> int:
    """Add what is free and what is locked: locked pieces are still there, and most are locked for us."""
    try:
        return xml.pieces(item, "quantity") + (
            xml.pieces(item, "lockQuantity") if xml.text(item, "lockQuantity") else 0
        )
    except Unmappable as error:
        raise Unavailable(f"Qimen inventory.query: {error}") from None

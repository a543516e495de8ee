"""Waybills: sent by the seller's own carrier, and corrected afterwards."""

import json
import re
from collections.abc import Mapping
from typing import Any

from simulator.market.market import Market, Shipped
from simulator.market.order import MarketOrder
from simulator.taobao.answers import business, wrong
from simulator.taobao.trades import required
from simulator.wire import Json

COMPANIES = frozenset(
    {"SF", "YTO", "ZTO", "STO", "YUNDA", "JD", "EMS", "JTSD", "DBKD", "POSTB", "HTKY", "OTHER"}
)
WAYBILL = re.compile(r"[A-Za-z0-9-]{6,32}", re.ASCII)
ERROR = "logistics-offline-service-error"
CHANGE_ERROR = "logistics-update-company-or-mailno-error"
DONE = {"shipping": {"is_success": True}}


class Logistics:
    """Takes waybills for the orders of one market; a line leaves as a whole."""

    def __init__(self, market: Market) -> None:
        """Stand in front of a market."""
        self._market = market

    def send(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.logistics.offline.send`."""
        order, waybill, company = self._read(params, ERROR)
        pieces = _split(order, params)
        if pieces is None and order.status == "part_shipped":
            raise business(f"{ERROR}:P38", "拆单校验未通过")
        _refuse(self._market.ship(order, waybill, company, pieces))
        return DONE

    def send_pieces(self, params: Mapping[str, str]) -> Json:
        """Answer `alibaba.ascp.logistics.offline.send` of the newer kind, which counts the pieces of each line."""
        if params.get("consign_type") != "1":
            raise wrong("consign_type", "只支持1")
        packages = _json(params, "consign_pkgs")
        if not isinstance(packages, list) or len(packages) != 1:
            raise wrong("consign_pkgs", "只支持一个包裹")
        package = packages[0]
        told = {**params, "out_sid": str(package["out_sid"]), "company_code": str(package["company_code"])}
        order, waybill, company = self._read(told, ERROR)
        left = {line.id: line.draft.quantity - line.shipped for line in order.lines}
        pieces = {
            str(good["sub_tid"]): good.get("num", left.get(str(good["sub_tid"]), 1))
            for good in package["goods"]
        }
        _refuse(self._market.ship(order, waybill, company, pieces))
        return {"result": {"success": True}}

    def resend(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.logistics.consign.resend`."""
        order, waybill, company = self._read(params, CHANGE_ERROR)
        lines = set(_lines(params))
        wrong = [parcel.waybill for parcel in order.parcels if not lines or lines & set(parcel.pieces)]
        if not wrong or not self._market.correct(order, wrong[-1], waybill, company):
            raise business(f"{CHANGE_ERROR}:B04", "订单未发货，不能修改运单号")
        return DONE

    def _read(self, params: Mapping[str, str], error: str) -> tuple[MarketOrder, str, str]:
        order = self._market.find(required(params, "tid"))
        waybill, company = required(params, "out_sid"), required(params, "company_code")
        if order is None:
            raise business(f"{error}:B01", "订单不存在")
        if company not in COMPANIES:
            raise business(f"{error}:B56", "没有选择物流公司")
        if WAYBILL.fullmatch(waybill) is None:
            raise business(f"{error}:B60", "运单号不符合规则或已经被使用")
        return order, waybill, company


def _refuse(shipped: Shipped) -> None:
    """Raise Refused unless the waybill was taken."""
    if shipped == "unknown_line":
        raise business(f"{ERROR}:P38", "拆单校验未通过")
    if shipped != "accepted":
        raise business(f"{ERROR}:B04", "订单状态不对，该物流订单已经发货或者已关闭，不能重复发货")


def _json(params: Mapping[str, str], name: str) -> Any:
    try:
        return json.loads(required(params, name))
    except ValueError:
        raise wrong(name, "JSON格式错误") from None


def _split(order: MarketOrder, params: Mapping[str, str]) -> dict[str, int] | None:
    """Read which lines leave, each with all its pieces; None for all that is left."""
    lines = _lines(params)
    if params.get("is_split") != "1":
        if lines:
            raise business(f"{ERROR}:P38", "拆单校验未通过")
        return None
    left = {line.id: line.draft.quantity - line.shipped for line in order.lines}
    return {line: left.get(line, 1) for line in lines}


def _lines(params: Mapping[str, str]) -> list[str]:
    return [part.strip() for part in params.get("sub_tid", "").split(",") if part.strip()]

"""The carrier platform's interface: subscribe, query, labels."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import signatures
from simulator.carrier.callbacks import Callbacks
from simulator.carrier.journey import Journeys
from simulator.carrier.labels import Labels, failed
from simulator.carrier.parcels import Parcel, Subscription
from simulator.config import CarrierConfig
from simulator.ledger import Ledger
from simulator.shipment import COMPANY_OF_LOGISTICS_CODE
from simulator.wire import Json, form_of

PHONE_WANTED = frozenset({"shunfeng"})
COMPANIES = frozenset(COMPANY_OF_LOGISTICS_CODE.values())


class Kuaidi100Interface:
    """Serves an account of the platform."""

    def __init__(
        self, config: CarrierConfig, journeys: Journeys, labels: Labels, callbacks: Callbacks, ledger: Ledger
    ) -> None:
        """Open the interface."""
        self._config = config
        self._journeys = journeys
        self._labels = labels
        self._callbacks = callbacks
        self._ledger = ledger

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/poll", self.subscribe, methods=["POST"]),
            Route("/poll/query.do", self.query, methods=["POST"]),
            Route("/label/order", self.label, methods=["POST"]),
        ]

    async def subscribe(self, request: Request) -> Response:
        """Answer `POST /poll`: push this parcel's trace from now on, and at once what is known."""
        param = _object(form_of(await request.body()).get("param", ""))
        details = param.get("parameters") if param else None
        if (
            param is None
            or not isinstance(details, dict)
            or not details.get("callbackurl")
            or not param.get("number")
        ):
            return _returned("700", "订阅方的订阅数据存在错误")
        if param.get("key") != self._config.key:
            return _returned("600", "您不是合法的订阅者（即授权Key出错）")
        company, waybill = str(param.get("company", "")), str(param["number"])
        if company not in COMPANIES:
            return _returned("701", "拒绝订阅的快递公司")
        parcel = self._journeys.parcel(waybill, company)
        if self._callbacks.refuses(parcel):
            self._ledger.append("carrier.subscribe", order=parcel.order, key=waybill, outcome="repeated")
            return _returned("501", "重复订阅")
        parcel.subscription = Subscription(str(details["callbackurl"]), str(details.get("salt", "")))
        self._ledger.append("carrier.subscribe", order=parcel.order, key=waybill, outcome="accepted")
        self._callbacks.push(parcel)
        return JSONResponse({"result": True, "returnCode": "200", "message": "提交成功"})

    async def query(self, request: Request) -> Response:
        """Answer `POST /poll/query.do`."""
        form = form_of(await request.body())
        text, customer = form.get("param", ""), form.get("customer", "")
        expected = signatures.kuaidi100_query(text, self._config.key, self._config.customer)
        if customer != self._config.customer or not signatures.same(form.get("sign", ""), expected):
            return _returned("503", "验证签名失败")
        param = _object(text)
        if param is None:
            return _returned("400", "提交的数据不完整或格式错误")
        return self._trace(param)

    def _trace(self, param: Json) -> Response:
        parcel = self._journeys.parcels.get(str(param.get("num", "")))
        if parcel is None or not parcel.scans:
            return _returned("500", "查询无结果，请隔段时间再查")
        if param.get("com") != parcel.company:
            return _returned("400", "找不到对应公司")
        if not _phone_fits(parcel, str(param.get("phone", ""))):
            return _returned("408", "验证码错误")
        if self._journeys.locked(parcel):
            return _returned("502", "锁单：同一单号半小时内只能查询一次")
        return JSONResponse(parcel.trace())

    async def label(self, request: Request) -> Response:
        """Answer `POST /label/order`."""
        form = form_of(await request.body())
        text, time_ms = form.get("param", ""), form.get("t", "")
        expected = signatures.kuaidi100_label(text, time_ms, self._config.key, self._config.secret)
        if form.get("key") != self._config.key or not signatures.same(form.get("sign", ""), expected):
            return JSONResponse(failed(30005, "验证签名失败"))
        param, act = _object(text), self._labels.methods.get(form.get("method", ""))
        if param is None or act is None:
            return JSONResponse(failed(30006, "method 或 param 不合法"))
        return JSONResponse(act(param))


def _phone_fits(parcel: Parcel, phone: str) -> bool:
    """Check the last four digits where the carrier wants them and the parcel has a number."""
    if parcel.company not in PHONE_WANTED or not parcel.phone:
        return True
    return bool(phone) and parcel.phone[-4:] == phone[-4:]


def _object(text: str) -> Json | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _returned(code: str, message: str) -> Response:
    return JSONResponse({"result": False, "returnCode": code, "message": message})

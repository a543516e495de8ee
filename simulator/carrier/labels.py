"""E-waybills: order one, give one back, call a parcel back."""

from collections.abc import Callable
from itertools import count

from simulator.carrier.journey import Journeys
from simulator.ledger import Ledger
from simulator.wire import Json


class Labels:
    """The waybills the platform has given out."""

    def __init__(self, journeys: Journeys, ledger: Ledger) -> None:
        """Start with a full roll."""
        self._journeys = journeys
        self._ledger = ledger
        self._numbers = count(1)
        self._by_order: dict[str, str] = {}
        self.methods: dict[str, Callable[[Json], Json]] = {
            "order": self.order,
            "cancel": self.cancel,
            "interceptOrder": self.intercept,
        }

    def order(self, param: Json) -> Json:
        """Give a waybill; the same orderId gets the same one until it is given back."""
        company, order_id = str(param.get("kuaidicom", "")), str(param.get("orderId", ""))
        receiver = param.get("recMan")
        if not company or not isinstance(receiver, dict):
            return failed(30001, "参数不完整：kuaidicom、recMan 必填")
        known = self._by_order.get(order_id) if order_id else None
        number = next(self._numbers) if known is None else 0
        waybill = known or f"KD{company[:2].upper()}{number:010d}"
        if order_id:
            self._by_order[order_id] = waybill
        parcel = self._journeys.parcel(waybill, company)
        parcel.phone = str(receiver.get("mobile") or receiver.get("tel") or "")
        outcome = "repeated" if known else "accepted"
        self._ledger.append(
            "carrier.label", order=order_id, key=order_id or waybill, outcome=outcome, detail=waybill
        )
        details = {
            "taskId": f"T{waybill}",
            "kuaidinum": waybill,
            "childNum": "",
            "returnNum": "",
            "label": "",
            "bulkpen": "571-A1",
            "orgCode": "",
            "destCode": "",
            "kdComOrderNum": waybill,
        }
        return succeeded(details)

    def cancel(self, param: Json) -> Json:
        """Take an unused waybill back; taking it back twice takes it back once."""
        waybill = str(param.get("kuaidinum", ""))
        parcel = self._journeys.parcels.get(waybill)
        if parcel is None:
            outcome, answer = "refused", failed(30002, "运单不存在")
        elif parcel.handed_over or parcel.scans:
            outcome, answer = "refused", failed(30003, "快件已揽收，不能取消")
        else:
            outcome, answer = "repeated" if parcel.recycled else "accepted", succeeded({})
            parcel.recycled = True
            self._by_order = {key: given for key, given in self._by_order.items() if given != waybill}
        order = parcel.order if parcel else str(param.get("orderId", ""))
        self._ledger.append("carrier.recycle", order=order, key=waybill, outcome=outcome)
        return answer

    def intercept(self, param: Json) -> Json:
        """Call a parcel back, unless it is signed for."""
        waybill = str(param.get("kuaidinum", ""))
        parcel = self._journeys.parcels.get(waybill)
        again = parcel is not None and parcel.intercepted
        if parcel is None or not parcel.handed_over:
            outcome, answer = "refused", failed(30002, "运单不存在")
        elif self._journeys.intercept(parcel):
            outcome, answer = "repeated" if again else "accepted", succeeded({"interceptFee": "0"})
        else:
            outcome, answer = "refused", failed(30004, "快件已签收，不能拦截")
        order = parcel.order if parcel else str(param.get("orderId", ""))
        self._ledger.append("carrier.intercept", order=order, key=waybill, outcome=outcome)
        return answer


def succeeded(details: Json) -> Json:
    """Say yes."""
    return {"success": True, "code": 200, "message": "success", "time": 0, "data": details}


def failed(code: int, message: str) -> Json:
    """Say no."""
    return {"success": False, "code": code, "message": message, "time": 0, "data": None}

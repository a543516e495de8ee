"""The label desk of the carrier platform: order a number, give one back, call a parcel back."""

from collections.abc import Callable, Collection

from simulator.carrier.journey import Journeys
from simulator.carrier.roll import Roll, Wish
from simulator.ledger import Ledger
from simulator.wire import Json

DESK = "kuaidi100"


class Labels:
    """Gives numbers out of the roll, for couriers of which the platform knows the name."""

    def __init__(
        self, roll: Roll, journeys: Journeys, ledger: Ledger, companies: Collection[str] = ()
    ) -> None:
        """Sit down before a roll; without any names every courier will do."""
        self._roll = roll
        self._journeys = journeys
        self._ledger = ledger
        self._companies = companies
        self.methods: dict[str, Callable[[Json], Json]] = {
            "order": self.order,
            "cancel": self.cancel,
            "interceptOrder": self.intercept,
        }

    def order(self, param: Json) -> Json:
        """Give a waybill; the same orderId gets the same one until it is given back."""
        receiver = param.get("recMan")
        person = receiver if isinstance(receiver, dict) else {}
        wish = Wish(
            by=DESK,
            key=str(param.get("orderId", "")),
            company=str(param.get("kuaidicom", "")),
            order=str(param.get("orderId", "")),
            phone=str(person.get("mobile") or person.get("tel") or ""),
        )
        no = self._refusal(wish, param)
        if no is not None:
            self._roll.refuse(wish, str(no["message"]))
            return no
        waybill = self._roll.draw(wish).waybill
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

    def _refusal(self, wish: Wish, param: Json) -> Json | None:
        if not wish.company or not wish.phone or not isinstance(param.get("sendMan"), dict | None):
            return failed(30001, "参数不完整：kuaidicom、recMan、sendMan 必填")
        if self._companies and wish.company not in self._companies:
            return failed(30007, "不支持的快递公司")
        if "*" in wish.phone:
            return failed(30008, "收件人手机号格式错误")
        return None

    def cancel(self, param: Json) -> Json:
        """Take an unused waybill back; taking it back twice takes it back once."""
        match self._roll.take_back(str(param.get("kuaidinum", "")), str(param.get("orderId", ""))):
            case "unknown":
                return failed(30002, "运单不存在")
            case "used":
                return failed(30003, "快件已揽收，不能取消")
            case _:
                return succeeded({})

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

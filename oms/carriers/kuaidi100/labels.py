"""E-waybills through Kuaidi100's label interface, second version: one account, every courier's numbers.

`orderId` is the code of the delivery order. Whether an order said again brings the same number is each courier's
own business: some say the number again, some say that they have the order, and Kuaidi100 promises neither. Its
`printOld` prints a label again by `taskId`, which only the first answer told, so it finds no lost number. So:
a number told along with "you have ordered that already" is the number; without one we refuse in words that send a
person to Kuaidi100's list of orders. What we drew ourselves we remember (`oms.waybills`) and do not ask for again.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from oms.calls import calling
from oms.carriers.kuaidi100 import signature
from oms.carriers.kuaidi100.client import FORM, SYSTEM
from oms.carriers.kuaidi100.config import Kuaidi100Config, Partner
from oms.carriers.kuaidi100.states import company
from oms.carriers.kuaidi100.verdict import LabelAnswer, read_label
from oms.clock import wall_clock
from oms.domain.errors import Misused, Unavailable
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.http import Http
from oms.ports import Drawn, DrawRefused, WaybillWish
from oms.waybill_words import is_given_back

ORDERED_ALREADY = re.compile(r"重复(?:下单|提交|订单)|已(?:经)?(?:下单|存在)|duplicate|repeat", re.IGNORECASE)
NUMBER = re.compile(r"[A-Za-z0-9-]{6,40}", re.ASCII)
PRINTS_NOTHING = "NON"
"""The warehouse prints the label."""
SENDER_PAYS = "SHIPPER"
LONGEST_CARGO = 60


class Labels:
    """Draws numbers from couriers, and gives them back."""

    def __init__(self, config: Kuaidi100Config, http: Http, now: Callable[[], datetime] = wall_clock) -> None:
        self._config = config
        self._http = http
        self._now = now

    async def draw(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> Drawn | DrawRefused:
        """Order a label for `wish.carrier`; the receiver must be plain, for the courier prints it."""
        said = await self._ask("order", self._wanted(wish, sender, receiver), wish.code)
        number = str(said.content.get("kuaidinum") or "").strip()
        if said.refusal and not (number and ORDERED_ALREADY.search(said.refusal)):
            return DrawRefused(reason=_worded(said.refusal, wish.code))
        if NUMBER.fullmatch(number) is None:
            raise Unavailable(f"Kuaidi100 order {wish.code}: the answer holds no number")
        return Drawn(waybill=number, carrier=wish.carrier)

    async def give_back(self, code: str, waybill: str, carrier: str) -> None:
        """Give a number back; harmless when that was done before. Raises Misused when it was used."""
        partner = self._partner(carrier)
        param = {
            "partnerId": partner.id,
            "partnerKey": partner.key.get_secret_value(),
            "kuaidicom": company(carrier),
            "kuaidinum": waybill,
            "orderId": code,
            "reason": "订单已取消",
        }
        said = await self._ask("cancel", param, waybill)
        if said.refusal and not is_given_back(said.refusal):
            raise Misused(f"waybill {waybill} cannot be given back: {said.refusal}")

    def _wanted(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> dict[str, Any]:
        partner = self._partner(wish.carrier)
        titles = [wish.titles.get(piece.sku, piece.sku) for piece in wish.pieces]
        region = f"{receiver.province}{receiver.city}{receiver.district}"
        return {
            "printType": PRINTS_NOTHING,
            "partnerId": partner.id,
            "partnerKey": partner.key.get_secret_value(),
            "kuaidicom": company(wish.carrier),
            "recMan": {
                "name": receiver.name,
                "mobile": receiver.phone,
                "printAddr": f"{region}{receiver.address}",
            },
            "sendMan": {"name": sender.name, "mobile": sender.phone, "printAddr": sender.whole_address},
            "cargo": "、".join(dict.fromkeys(titles))[:LONGEST_CARGO],
            "count": 1,
            "payType": SENDER_PAYS,
            "orderId": wish.code,
        }

    def _partner(self, carrier: str) -> Partner:
        return self._config.partners.get(carrier, Partner())

    async def _ask(self, method: str, wanted: Mapping[str, Any], about: str) -> LabelAnswer:
        """Ask about a label; the same JSON text is signed and sent."""
        param = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
        key, secret = (part.get_secret_value() for part in (self._config.key, self._config.secret))
        moment_ms = str(int(self._now().timestamp() * 1000))
        form = {
            "method": method,
            "key": key,
            "t": moment_ms,
            "param": param,
            "sign": signature.of_label(param, moment_ms, key, secret),
        }
        url = f"{self._config.label_url}?{urlencode({'method': method})}"
        content = urlencode(form).encode(errors="replace")
        with calling(system=SYSTEM, interface=method) as call:
            answer = await self._http.ask("POST", url, headers={"Content-Type": FORM}, content=content)
            said = read_label(answer, f"Kuaidi100 {method} {about}")
            call.refused(said.refusal)
        return said


def _worded(refusal: str, code: str) -> str:
    if ORDERED_ALREADY.search(refusal):
        return f"Kuaidi100 has an order {code} and does not say its number again: look it up in its console ({refusal})"
    return f"Kuaidi100 answered {refusal}"

"""Following parcels through Kuaidi100, and giving waybills back."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from oms.calls import calling
from oms.carriers.kuaidi100 import signature
from oms.carriers.kuaidi100.config import Kuaidi100Config
from oms.carriers.kuaidi100.states import company
from oms.carriers.kuaidi100.trace import report_of
from oms.carriers.kuaidi100.verdict import judge_label, judge_tracking
from oms.clock import wall_clock
from oms.domain.errors import Misused
from oms.http import Answer, Http
from oms.ports import Intercepted, InterceptRefused, ParcelReport
from oms.waybill_words import is_given_back

FORM = "application/x-www-form-urlencoded; charset=utf-8"
SYSTEM = "kuaidi100"
SUBSCRIBED_ALREADY = "501"
NOBODY_KNOWS = "500"
DETAILED = "4"
"""Kuaidi100's name for the fullest form of a trace."""
TURNED_ROUND = re.compile(r"已(?:经)?(?:被)?(?:申请)?拦截(?!失败)|重复拦截|already", re.IGNORECASE)


class Kuaidi100:
    """One account; fulfils `oms.ports.Tracking`."""

    def __init__(self, config: Kuaidi100Config, http: Http, now: Callable[[], datetime] = wall_clock) -> None:
        self._config = config
        self._http = http
        self._now = now

    async def subscribe(self, waybill: str, carrier: str, phone_tail: str = "") -> None:
        """Ask to be told of every scan at the callback address; asking twice is fine."""
        parameters = {
            "callbackurl": f"{self._config.callback_url.rstrip('/')}/{waybill}",
            "salt": self._config.salt.get_secret_value(),
            "resultv2": DETAILED,
            "phone": phone_tail,
            "autoCom": "0",
            "interCom": "0",
        }
        param = _compact(
            {
                "company": company(carrier),
                "number": waybill,
                "key": self._config.key.get_secret_value(),
                "parameters": parameters,
            }
        )
        form = {"schema": "json", "param": param}
        await self._ask(self._config.poll_url, form, f"subscribe {waybill}", fine=SUBSCRIBED_ALREADY)

    async def query(self, waybill: str, carrier: str, phone_tail: str = "") -> ParcelReport | None:
        """Ask where the parcel is now; None when nobody knows it yet. One parcel at most every half hour."""
        param = _compact(
            {
                "com": company(carrier),
                "num": waybill,
                "phone": phone_tail,
                "resultv2": DETAILED,
                "show": "0",
                "order": "desc",
            }
        )
        key, customer = self._config.key.get_secret_value(), self._config.customer
        form = {"customer": customer, "param": param, "sign": signature.of_query(param, key, customer)}
        trace = await self._ask(self._config.query_url, form, f"query {waybill}", fine=NOBODY_KNOWS)
        if str(trace.get("nu") or waybill).strip().upper() != waybill.upper():
            raise Misused(f"Kuaidi100 query {waybill} was answered with another parcel's trace")
        return report_of(trace, waybill, now=self._now()) if trace else None

    async def recycle(self, waybill: str, carrier: str) -> None:
        """Give an unused waybill back; harmless when it was given back before or never drawn.

        Raises Misused when the carrier keeps it because it was used.
        """
        refusal = await self._label("cancel", waybill, carrier, "订单已取消")
        if refusal and not is_given_back(refusal):
            raise Misused(f"waybill {waybill} cannot be given back: {refusal}")

    async def intercept(self, waybill: str, carrier: str, why: str) -> Intercepted | InterceptRefused:
        """Ask the carrier to bring a parcel back to its sender; asking twice is fine."""
        refusal = await self._label(
            "interceptOrder", waybill, carrier, why, interceptType="RETURN_SEND_ADDR", orderRole="1"
        )
        if refusal and not TURNED_ROUND.search(refusal):
            return InterceptRefused(reason=refusal)
        return Intercepted()

    async def _label(self, method: str, waybill: str, carrier: str, why: str, **more: str) -> str:
        """Ask about an e-waybill and return the refusal, empty when there is none."""
        param = _compact({"kuaidicom": company(carrier), "kuaidinum": waybill, "reason": why, **more})
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
        with calling(system=SYSTEM, interface=method) as call:
            refusal = judge_label(await self._post(url, form), f"Kuaidi100 {method} {waybill}")
            call.refused(refusal)
        return refusal

    async def _ask(self, url: str, form: Mapping[str, str], what: str, *, fine: str) -> dict[str, Any]:
        """Ask about tracking and return the trace; empty when the answer was the code that is fine."""
        interface = "poll" if url == self._config.poll_url else "poll/query.do"
        with calling(system=SYSTEM, interface=interface):
            return judge_tracking(await self._post(url, form), f"Kuaidi100 {what}", fine=fine)

    async def _post(self, url: str, form: Mapping[str, str]) -> Answer:
        return await self._http.ask(
            "POST", url, headers={"Content-Type": FORM}, content=urlencode(form).encode()
        )


def _compact(param: Mapping[str, Any]) -> str:
    """Write JSON once; the same text is signed and sent."""
    return json.dumps(param, ensure_ascii=False, separators=(",", ":"))

"""Push a parcel's growing trace to its subscriber, signed with the subscriber's salt."""

import json
from urllib.parse import urlencode

import httpx

from simulator import signatures
from simulator.carrier.parcels import FINISHED, Parcel
from simulator.clock import Timeline
from simulator.faults import CALLBACK_KINDS, Faults
from simulator.post import Letter, Postman, Sheet

HALF_AN_HOUR_S = 1800.0
WAITS_S = (1.0, 2.0, 4.0, 8.0, 16.0)
BILL_STATUS = {"0": "sending", "1": "got", "3": "check", "5": "sending"}


class Callbacks:
    """The carrier platform's outgoing messages."""

    def __init__(self, postman: Postman, faults: Faults, timeline: Timeline) -> None:
        """Know who carries them, and what happens to some of them."""
        self._postman = postman
        self.faults = faults
        self._timeline = timeline
        self.lost = 0

    def refuses(self, parcel: Parcel) -> bool:
        """Tell whether a parcel is followed, or was given up too lately to be followed again."""
        given_up = parcel.given_up_at
        waits = given_up is not None and self._timeline.now() < given_up + self._timeline.real(HALF_AN_HOUR_S)
        return parcel.subscription is not None or waits

    def push(self, parcel: Parcel) -> None:
        """Push what is known now; nothing without a subscription or a scan."""
        if parcel.subscription is None or not parcel.scans:
            return
        about = f"{parcel.waybill} state {parcel.state}"
        fault = self.faults.draw("callback", about, kinds=CALLBACK_KINDS)
        if fault is not None and fault.kind == "lost":
            self.lost += 1
            return
        sheet = _sheet(
            parcel.subscription.url,
            callback_form(parcel, parcel.subscription.salt, gives_up=fault is not None),
        )
        if fault is not None:
            parcel.subscription, parcel.given_up_at = None, self._timeline.now()
        self._postman.send(Letter("callback", about, lambda: sheet, _understood, WAITS_S))


def callback_form(parcel: Parcel, salt: str, *, gives_up: bool = False) -> dict[str, str]:
    """Write the form of a push, or of the last one when they follow the parcel no more."""
    status = "abort" if gives_up else "shutdown" if parcel.state in FINISHED else "polling"
    param = json.dumps(
        {
            "status": status,
            "billstatus": BILL_STATUS.get(parcel.state, ""),
            "message": "3天查询无记录" if gives_up else "",
            "autoCheck": "0",
            "comOld": "",
            "comNew": "",
            "lastResult": parcel.trace(),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return {"sign": signatures.kuaidi100_callback(param, salt), "param": param}


def _sheet(url: str, form: dict[str, str]) -> Sheet:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return Sheet(url, headers, urlencode(form).encode())


def _understood(answer: httpx.Response) -> bool:
    try:
        reply = answer.json()
    except ValueError:
        return False
    return answer.is_success and isinstance(reply, dict) and reply.get("result") is True

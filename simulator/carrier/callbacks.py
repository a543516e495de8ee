"""Push a parcel's growing trace to its subscriber, signed with the subscriber's salt."""

import json
from urllib.parse import urlencode

import httpx

from simulator import signatures
from simulator.carrier.parcels import FINISHED, Parcel
from simulator.post import Letter, Postman, Sheet

WAITS_S = (1.0, 2.0, 4.0, 8.0, 16.0)
BILL_STATUS = {"0": "sending", "1": "got", "3": "check", "5": "sending"}


class Callbacks:
    """The carrier platform's outgoing messages."""

    def __init__(self, postman: Postman) -> None:
        """Know who carries them."""
        self._postman = postman

    def push(self, parcel: Parcel) -> None:
        """Push what is known now; nothing without a subscription or a scan."""
        if parcel.subscription is None or not parcel.scans:
            return
        sheet = _sheet(parcel.subscription.url, callback_form(parcel, parcel.subscription.salt))
        about = f"{parcel.waybill} state {parcel.state}"
        self._postman.send(Letter("callback", about, lambda: sheet, _understood, WAITS_S))


def callback_form(parcel: Parcel, salt: str) -> dict[str, str]:
    """Write the form of a push."""
    param = json.dumps(
        {
            "status": "shutdown" if parcel.state in FINISHED else "polling",
            "billstatus": BILL_STATUS.get(parcel.state, ""),
            "message": "",
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

"""Parcels on their way: what the carrier has scanned, and who wants to hear of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from simulator.wire import Json, china_stamp

STATE_NAMES = {
    "0": "在途", "1": "揽收", "2": "疑难", "3": "签收", "4": "退签",
    "5": "派件", "6": "退回", "7": "转投", "14": "拒签",
}  # fmt: skip
SIGNED, SENT_BACK, RETURN_SIGNED, REFUSED = "3", "6", "4", "14"
FINISHED = frozenset({SIGNED, RETURN_SIGNED, REFUSED})


@dataclass(frozen=True)
class Scan:
    """One line of a parcel's trace."""

    time: datetime
    state: str
    status_code: str
    context: str
    city: str

    def as_json(self) -> Json:
        """Write the line as Kuaidi100 does."""
        return {
            "time": china_stamp(self.time),
            "ftime": china_stamp(self.time),
            "context": self.context,
            "status": STATE_NAMES.get(self.state, "在途"),
            "statusCode": self.status_code,
            "areaCode": "",
            "areaName": self.city,
            "location": "",
        }


@dataclass(frozen=True)
class Subscription:
    """Where to push a parcel's trace, and the salt to sign it with."""

    url: str
    salt: str


@dataclass
class Parcel:
    """One waybill, from the label on; it is known to the carrier once somebody hands it over."""

    waybill: str
    company: str
    orders: tuple[str, ...] = ()
    pieces: Counter[str] = field(default_factory=Counter)
    phone: str = ""
    from_city: str = ""
    to_city: str = ""
    scans: list[Scan] = field(default_factory=list)
    subscription: Subscription | None = None
    handed_over: bool = False
    intercepted: bool = False
    recycled: bool = False
    signed_at: datetime | None = None
    asked_at: datetime | None = None
    """When it was last asked for with success: its number is locked for half an hour."""
    given_up_at: datetime | None = None

    @property
    def state(self) -> str:
        """The state of the newest scan; without one the parcel counts as under way."""
        return self.scans[-1].state if self.scans else "0"

    @property
    def order(self) -> str:
        """The platform order it belongs to, as far as known."""
        return self.orders[0] if self.orders else ""

    def trace(self) -> Json:
        """Write everything known, newest first."""
        return {
            "message": "ok",
            "nu": self.waybill,
            "ischeck": "1" if self.state in FINISHED else "0",
            "com": self.company,
            "status": "200",
            "data": [scan.as_json() for scan in reversed(self.scans)],
            "state": self.state,
            "condition": "F00",
            "isLoop": False,
        }

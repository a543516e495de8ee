"""Kuaidi100's words in ours: parcel states and carriers."""

import re
from collections.abc import Iterable, Mapping

from oms.domain.parcels import ParcelState

STATES: Mapping[str, ParcelState] = {
    "0": ParcelState.IN_TRANSIT,
    "1": ParcelState.PICKED_UP,
    "2": ParcelState.EXCEPTION,
    "3": ParcelState.DELIVERED,
    "4": ParcelState.RETURNED,
    "5": ParcelState.OUT_FOR_DELIVERY,
    "6": ParcelState.RETURNING,
    "7": ParcelState.IN_TRANSIT,  # handed to another carrier
    "8": ParcelState.IN_TRANSIT,  # customs
    "10": ParcelState.IN_TRANSIT,
    "11": ParcelState.IN_TRANSIT,
    "12": ParcelState.IN_TRANSIT,
    "13": ParcelState.EXCEPTION,  # customs want something
    "14": ParcelState.REJECTED,
    "101": ParcelState.CREATED,
    "102": ParcelState.CREATED,
    "103": ParcelState.PICKED_UP,
    "201": ParcelState.EXCEPTION,
    "202": ParcelState.EXCEPTION,
    "203": ParcelState.REJECTED,
    "204": ParcelState.EXCEPTION,
    "205": ParcelState.EXCEPTION,
    "206": ParcelState.EXCEPTION,
    "207": ParcelState.EXCEPTION,
    "208": ParcelState.EXCEPTION,
    "209": ParcelState.EXCEPTION,
    "210": ParcelState.CANCELLED,
    "301": ParcelState.DELIVERED,
    "302": ParcelState.DELIVERED,
    "303": ParcelState.DELIVERED,
    "304": ParcelState.AT_PICKUP_POINT,  # signed by the locker or station; fetched from it when it lay there before
    "401": ParcelState.CANCELLED,
    "501": ParcelState.AT_PICKUP_POINT,  # lies in the locker or station, not yet fetched
    "1001": ParcelState.IN_TRANSIT,
    "1002": ParcelState.IN_TRANSIT,
    "1003": ParcelState.IN_TRANSIT,
}
"""Detailed codes of a scan and coarse ones of a parcel: they share no number.

304 has two meanings in Kuaidi100's own texts: the locker or station took the parcel in and signed for it (so in what
they send: 「您的快件已由快递驿站代收」), or the receiver took it out. `trace` tells them apart; in doubt nobody has signed.
"""

COMPANIES: Mapping[str, str] = {
    "sf": "shunfeng",
    "yto": "yuantong",
    "zto": "zhongtong",
    "sto": "shentong",
    "yunda": "yunda",
    "ems": "ems",
    "jd": "jd",
    "jt": "jtexpress",
    "deppon": "debangwuliu",
    "other:POSTB": "youzhengguonei",
    "other:HTKY": "huitongkuaidi",
}
CARRIERS: Mapping[str, str] = {company: carrier for carrier, company in COMPANIES.items()}
OTHER = "other:"
LONGEST_CODE = 14


def state_of(words: Iterable[str]) -> tuple[ParcelState, str]:
    """Return the first word that we know with its meaning; else UNKNOWN with the first word there is."""
    said = [word for word in words if word]
    known = next((word for word in said if word in STATES), None)
    if known is not None:
        return STATES[known], known
    return ParcelState.UNKNOWN, said[0] if said else ""


def company(carrier: str) -> str:
    """Name a carrier in their words."""
    return COMPANIES.get(carrier) or carrier.removeprefix(OTHER).lower()


def carrier(company_name: str) -> str:
    """Name a carrier in ours; one we have no word for keeps theirs, as `other:HUITONG`."""
    code = re.sub(r"[^A-Z0-9_-]", "", company_name.upper())[:LONGEST_CODE]
    return CARRIERS.get(company_name, OTHER + (code or "OTHER"))

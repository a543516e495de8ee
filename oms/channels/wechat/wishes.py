"""What an order's payload tells of its buyer's wish for another address, which waits for our answer.

`delivery_info.address_under_review` is the address asked for, `address_apply_time` when, in seconds (get order, 微信小店).
An answer of yes puts the address under review in the place of `address_info`: the same one twice is no wish.
"""

from collections.abc import Mapping
from typing import Any

AT_AN_UNKNOWN_TIME = "asked"


def address_wish(payload: Mapping[str, Any]) -> str:
    """Name the wish that is open, by when it was made or by WeChat's code of the address; empty when none is."""
    delivery = _inside(_inside(payload, "order_detail"), "delivery_info")
    wanted, present = _inside(delivery, "address_under_review"), _inside(delivery, "address_info")
    same = all(wanted[name] == present.get(name) for name in wanted if wanted[name] and name in present)
    if not any(wanted.values()) or same:
        return ""
    asked_at = delivery.get("address_apply_time")
    known = isinstance(asked_at, int | str) and not isinstance(asked_at, bool) and str(asked_at).isdigit()
    if known and int(asked_at or 0):
        return str(asked_at)[:16]
    code = wanted.get("hash_code")
    return code[:40] if isinstance(code, str) and code else AT_AN_UNKNOWN_TIME


def _inside(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}

"""The rules as the issue and the requirements word them, once more in plain Python: no table, no engine, none of our code.

Figures are those that the requirements name (R6, R8, R25, R28) and those of the reference table; a changed figure of the
table has to be changed here too, on purpose.
"""

from typing import Any

ONLY_COURIERS = {"jd_self": {"jd"}}
NO_OTHER_ADDRESS = {"jd_self"}
ADDRESS_CHANGES = {"wechat_shop": 5}
KNOWS_ITS_BUYERS = {"own_shop"}
DEAR_FEN, TRACKED_ABOVE_FEN = 100_000, 50_000


def reference_paid(order: Any) -> set[str]:
    """Return the reviews and tags: the ids of the rules that apply when it is paid."""
    found = set()
    if order.total_fen >= DEAR_FEN:
        found.add("high-value")
    if order.first_buyer and order.platform not in KNOWS_ITS_BUYERS:
        found.add("first-buyer")
    if order.total_fen > TRACKED_ABOVE_FEN:
        found.add("key-order")
    return found


def reference_gate(order: Any) -> set[str]:
    """Return what forbids it to go to the warehouse: the ids of the rules."""
    return _courier(order) | _address(order) | _money(order) | _goods(order)


def _courier(order: Any) -> set[str]:
    found = set()
    mode, names = str(order.couriers.mode), set(order.couriers.names)
    designated = ONLY_COURIERS.get(order.platform)
    if designated is not None and order.courier and order.courier not in designated:
        found.add("courier-not-designated")
    if mode == "only" and order.courier and order.courier not in names:
        found.add("order-courier-not-designated")
    if mode == "except" and order.courier in names:
        found.add("order-courier-excluded")
    return found


def _address(order: Any) -> set[str]:
    found = set()
    if order.platform in NO_OTHER_ADDRESS and order.address_changes:
        found.add("address-change-forbidden")
    if order.address_changes > ADDRESS_CHANGES.get(order.platform, order.address_changes):
        found.add("address-changed-too-often")
    if not order.has_receiver:
        found.add("no-receiver")
    elif not order.province and order.platform != "own_shop":
        found.add("no-destination")
    return found


def _money(order: Any) -> set[str]:
    found = set()
    if order.refund_open:
        found.add("refund-open")
    if order.total_fen and order.refunded_fen >= order.total_fen:
        found.add("refunded-whole")
    if order.payment not in {"paid", "partly_refunded"}:
        found.add("not-paid")
    if order.platform_risk:
        found.add("platform-risk")
    if order.platform_status == "unknown":
        found.add("platform-status-unknown")
    return found


def _goods(order: Any) -> set[str]:
    found = set()
    if not order.lines or not order.pieces:
        found.add("nothing-to-ship")
    if order.ship_from is not None and order.ship_from > order.at:
        found.add("presale-too-early")
    return found

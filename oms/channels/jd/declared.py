"""What we call at JD, for the register of interfaces.

JD recommends SP-API in routerjson's place; it marks the end of an interface in the Chinese name of its catalogue [1] and
never in an answer, so a person writes it into the register.
"""

from oms.channels.jd import aftersales, orders, reveal, sp_api, writeback
from oms.channels.jd.config import ROUTERJSON, SP_API
from oms.domain.interfaces import Interface

SYSTEM = "jd"
TOKEN = "oauth2/refresh_token"  # noqa: S105 - a path
SP_ORDERS = sp_api.ORDERS.lstrip("/")
"""The list, and below it the single order."""


def _routerjson(name: str, purpose: str, successor: str = "") -> Interface:
    return Interface(system=SYSTEM, name=name, purpose=purpose, version=ROUTERJSON, successor=successor)


INTERFACES: tuple[Interface, ...] = (
    _routerjson(orders.SEARCH, "find the orders that changed", f"{SP_API} {SP_ORDERS}"),
    _routerjson(orders.GET, "read one order whole", f"{SP_API} {SP_ORDERS}"),
    _routerjson(writeback.SHIP, "say that an order left"),
    _routerjson(writeback.SHIP_PART, "say that a part of an order left"),
    _routerjson(writeback.CORRECT, "correct a waybill"),
    _routerjson(aftersales.LIST, "find the wishes to cancel"),
    _routerjson(aftersales.REPLY, "agree to a cancellation, or refuse it"),
    _routerjson(reveal.DECRYPT, "read a receiver in plain text, for a carrier"),
    Interface(system=SYSTEM, name=SP_ORDERS, purpose="find and read orders", version=SP_API),
    Interface(system=SYSTEM, name=TOKEN, purpose="renew the shop's token"),
)

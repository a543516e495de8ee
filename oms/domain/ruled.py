"""Audit events as reports read them: those a rule stands behind, and what became of their orders."""

from datetime import datetime
from typing import NamedTuple


class RuledEvent(NamedTuple):
    """One audit event, in the words of `Change`."""

    order: str
    """`channel:shop:number`."""
    seq: int
    at: datetime
    what: str
    before: str
    after: str
    why: str
    rule: str
    rule_version: str


class ShopOrders(NamedTuple):
    """How many orders of a shop a period concerns."""

    channel: str
    shop: str
    under_way: int
    """Created before its end and not ended before its beginning."""
    created: int
    """Created within it."""

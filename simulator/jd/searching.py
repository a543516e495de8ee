"""Which orders belong to a window and a page, whichever protocol asks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from simulator.market.market import Market
from simulator.market.order import MarketOrder

LONGEST_WINDOW = timedelta(days=31)
LAST_PAGE = 100


class Asked(NamedTuple):
    """What a list is asked for."""

    since: datetime
    until: datetime
    page: int
    size: int
    newest_first: bool = False
    by_creation: bool = False
    wanted: Callable[[MarketOrder], bool] = lambda _order: True


class Found(NamedTuple):
    """The orders of one page and how many there are in all."""

    orders: list[MarketOrder]
    total: int


def refusal_of(asked: Asked, largest_page: int) -> str:
    """Say what is wrong with a question in JD's words; empty when nothing is."""
    if asked.until < asked.since or asked.until - asked.since > LONGEST_WINDOW:
        return "开始时间和结束时间的间隔不能超过一个月"
    if asked.page < 1:
        return "页码必须大于0"
    return "" if 1 <= asked.size <= largest_page else f"每页条数不能超过{largest_page}"


def search(market: Market, asked: Asked) -> Found:
    """Cut one page; the pages after the hundredth are empty although the count says more.

    Somebody may modify an order right after the page was shown, or half the page may be missing.
    """
    if asked.by_creation:
        listed = sorted(market, key=lambda order: (order.created, order.number))
        listed = [order for order in listed if asked.since <= order.created <= asked.until]
    else:
        listed = market.changed(asked.since, asked.until)
    listed = [order for order in listed if asked.wanted(order)]
    if asked.newest_first:
        listed.reverse()
    start = (asked.page - 1) * asked.size
    shown = listed[start : start + asked.size] if asked.page <= LAST_PAGE else []
    if market.truncates():
        shown = shown[: len(shown) // 2]
    return Found(shown, len(listed))

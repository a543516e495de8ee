"""Lists by cursor. The cursor is a place in a list that moves: what is modified leaves a gap behind it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from simulator.market.market import Market
from simulator.wechat.answers import Refused, accept
from simulator.wechat.words import STATUSES
from simulator.wire import Json

LARGEST_PAGE = 100
USUAL_PAGE = 10
LONGEST_ORDERS = timedelta(days=7)
LONGEST_CASES = timedelta(hours=24)


class Lists:
    """Shows ids of orders and of after-sales."""

    def __init__(self, market: Market) -> None:
        """Show what a market knows."""
        self._market = market
        self.most_rows = 100_000
        """A window of more orders is refused."""

    def orders(self, question: Json) -> Json:
        """Answer `/channels/ec/order/list/get`. Raises Refused."""
        size = question.get("page_size", USUAL_PAGE)
        if not isinstance(size, int) or not 0 < size <= LARGEST_PAGE:
            raise Refused(40097)
        by = next((name for name in ("update_time_range", "create_time_range") if name in question), "")
        window = question.get(by)
        if not isinstance(window, dict):
            raise Refused(40097)
        since, until = _bounds(window.get("start_time"), window.get("end_time"), LONGEST_ORDERS)
        if by == "update_time_range":
            found = self._market.changed(since, until)
        else:
            found = [
                order for order in self._market if since <= order.created.replace(microsecond=0) <= until
            ]
        if len(found) > self.most_rows:
            raise Refused(31042)
        wanted = [order for order in found if question.get("status") in {None, STATUSES[order.status]}]
        share = 2 if self._market.truncates() else 1
        page, next_key = _page([order.number for order in wanted], question, size, share)
        self._market.stir(found)
        return accept(order_id_list=page, next_key=next_key, has_more=bool(next_key))

    def cases(self, question: Json) -> Json:
        """Answer `/channels/ec/aftersale/getaftersalelist`, which lets nobody choose the size. Raises Refused."""
        ends = question.get("begin_update_time"), question.get("end_update_time")
        since, until = _bounds(*ends, LONGEST_CASES)
        found = [case.id for case in self._market.cases_changed(since, until)]
        page, next_key = _page(found, question, USUAL_PAGE)
        more: Json = {"has_more": bool(next_key), "next_key": next_key}
        return accept(**more, **({"after_sale_order_id_list": page} if page else {}))


def _page(rows: Sequence[str], question: Json, size: int, share: int = 1) -> tuple[list[str], str]:
    """Cut a page out and say where the next begins; the last has no next. Raises Refused.

    There is no count that could stay when a page shows only a part (one in `share`) of its rows: what tells
    of it is that more is to come.
    """
    digest = sha256(
        json.dumps({k: v for k, v in question.items() if k != "next_key"}, sort_keys=True).encode()
    ).hexdigest()[:16]
    start = 0
    if given := question.get("next_key"):
        try:
            asked, place = urlsafe_b64decode(str(given).encode()).decode().split(":")
            start = int(place)
        except ValueError:
            raise Refused(606006) from None
        if asked != digest:
            raise Refused(606006)
    end = start + -(-len(rows[start : start + size]) // share)
    next_key = urlsafe_b64encode(f"{digest}:{end}".encode()).decode() if end < len(rows) else ""
    return list(rows[start:end]), next_key


def _bounds(since: object, until: object, longest: timedelta) -> tuple[datetime, datetime]:
    if not isinstance(since, int) or not isinstance(until, int) or since > until:
        raise Refused(40097)
    if until - since > longest.total_seconds() or until > 2**33:
        raise Refused(40097)
    return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)

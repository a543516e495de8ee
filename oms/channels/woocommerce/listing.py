"""Walk a shop's list of changed orders so that none is lost while orders change under our hands."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from oms.channels.woocommerce.rest import Rest
from oms.channels.woocommerce.wire import gmt
from oms.domain.errors import InterfaceRetired
from oms.ports import Page

SECOND = timedelta(seconds=1)


async def walk(rest: Rest, since: datetime, until: datetime, page_size: int) -> AsyncIterator[Page]:
    """Yield every order modified in [since, until], some beside it, none twice in the same state.

    Both bounds of WordPress are exclusive and it knows whole seconds only, hence the wider window.
    Counting pages loses orders: one that is modified while we read moves to the end, all behind it move
    up, and the first of the next page slips onto a page already read. So after each page we ask again
    for what was modified since (nearly) its end. Only when a whole page lies within one second do we
    count pages; then a total that has shrunk tells that something moved up, and we begin again.
    """
    after, before = since.astimezone(UTC).replace(microsecond=0) - SECOND, until.astimezone(UTC) + 2 * SECOND
    seen: set[tuple[object, object] | None] = set()
    total: int | None = None
    page, counted = 1, 0
    while True:
        reply = await rest.ask("GET", "orders", _params(after, before, page, page_size))
        rows = [row if isinstance(row, dict) else {"unreadable": row} for row in reply.rows()]
        _refuse_unfiltered(rows, after)
        fresh = tuple(row for row in rows if _mark(row) not in seen)
        seen.update(filter(None, map(_mark, fresh)))
        if fresh or total is None:
            total = reply.total if total is None else total
            yield Page(payloads=fresh, total=total)
        if page > 1 and (reply.total or 0) < counted:
            page, counted = 1, reply.total or 0
            continue
        if len(rows) < page_size and page >= (reply.pages or 0):
            return
        settled = _settled(rows)
        if settled is not None and settled - SECOND > after:
            after, page = settled - SECOND, 1
        else:
            page, counted = page + 1, reply.total or 0


def _params(after: datetime, before: datetime, page: int, page_size: int) -> dict[str, str]:
    return {
        "modified_after": f"{after:%Y-%m-%dT%H:%M:%S}",
        "modified_before": f"{before:%Y-%m-%dT%H:%M:%S}",
        "dates_are_gmt": "true",
        "orderby": "modified",
        "order": "asc",
        "status": "any",
        "per_page": str(page_size),
        "page": str(page),
    }


def _mark(row: Mapping[str, Any]) -> tuple[object, object] | None:
    """Name an order in one state; what has no name is never taken for something already seen."""
    number, modified = row.get("id"), row.get("date_modified_gmt")
    return (number, modified) if isinstance(number, int | str) and isinstance(modified, str) else None


def _modified(row: Mapping[str, Any]) -> datetime | None:
    try:
        return gmt(row.get("date_modified_gmt"))
    except ValueError:
        return None


def _settled(rows: list[dict[str, Any]]) -> datetime | None:
    """Return a moment up to which this page has surely shown everything.

    The last order's own time will not do: the shop may have read it after it was modified again, with a
    time later than its place. Of the page's last quarter the earliest is not later than its place unless
    all of them were modified within this one question.
    """
    tail = rows[-max(len(rows) // 4, 1) :]
    return min(filter(None, map(_modified, tail)), default=None)


def _refuse_unfiltered(rows: list[dict[str, Any]], after: datetime) -> None:
    """Raise InterfaceRetired when the shop ignores what it does not know and lists everything it has."""
    if any(moment < after for moment in filter(None, map(_modified, rows))):
        raise InterfaceRetired(
            "the shop does not filter by modified_after: it needs WooCommerce 5.8 or newer"
        )

"""Find orders the way WordPress does: both bounds are exclusive and a second is the finest grain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from simulator.shop.orders import STATUSES, Shop, ShopOrder
from simulator.wire import CHINA

MAX_PER_PAGE = 100
BOUNDS = ("modified_after", "modified_before", "after", "before")
ORDERBY = ("date", "id", "include", "title", "slug", "modified")


class BadParameter(Exception):
    """A query parameter has a value that WordPress refuses."""

    def __init__(self, name: str, message: str) -> None:
        """Remember which one."""
        super().__init__(message)
        self.name = name
        self.message = message


@dataclass(frozen=True)
class Search:
    """What a listing asks for."""

    bounds: Mapping[str, datetime]
    statuses: frozenset[str]
    include: frozenset[str]
    orderby: str
    ascending: bool
    page: int
    per_page: int

    def admits(self, order: ShopOrder) -> bool:
        """Tell whether an order belongs to the listing."""
        modified, created = order.modified.replace(microsecond=0), order.created.replace(microsecond=0)
        least, most = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        return (
            self.bounds.get("modified_after", least) < modified < self.bounds.get("modified_before", most)
            and self.bounds.get("after", least) < created < self.bounds.get("before", most)
            and order.status in self.statuses
            and (not self.include or order.number in self.include)
        )


def read_search(query: Mapping[str, str]) -> Search:
    """Read the query of a listing, or raise BadParameter."""
    gmt = query.get("dates_are_gmt", "").lower() in {"1", "true"}
    return Search(
        bounds={name: _moment(name, query[name], gmt=gmt) for name in BOUNDS if query.get(name)},
        statuses=_statuses(query),
        include=frozenset(filter(None, query.get("include", "").split(","))),
        orderby=_one_of("orderby", query.get("orderby", "date"), ORDERBY),
        ascending=_one_of("order", query.get("order", "desc"), ("asc", "desc")) == "asc",
        page=_number("page", query.get("page", "1"), None),
        per_page=_number("per_page", query.get("per_page", "10"), MAX_PER_PAGE),
    )


def find(shop: Shop, search: Search) -> list[ShopOrder]:
    """List every order a search admits, in its order."""
    found = []
    oldest = search.bounds.get("modified_after")
    for order in shop.newest_first():
        if oldest is not None and order.modified < oldest:
            break
        if search.admits(order):
            found.append(order)
    if search.orderby == "modified":
        found.sort(key=lambda order: (order.modified.replace(microsecond=0), int(order.number)))
    elif search.orderby == "date":
        found.sort(key=lambda order: (order.created.replace(microsecond=0), int(order.number)))
    else:
        found.sort(key=lambda order: int(order.number))
    return found if search.ascending else found[::-1]


def paging_headers(url: str, query: Mapping[str, str], search: Search, total: int) -> dict[str, str]:
    """Write the headers that tell how many there are and where the next page is."""
    pages = -(-total // search.per_page)
    kept = {key: value for key, value in query.items() if not key.startswith("oauth_")}
    links = []
    if search.page > 1:
        links.append((min(search.page - 1, pages or 1), "prev"))
    if search.page < pages:
        links.append((search.page + 1, "next"))
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    if links:
        headers["Link"] = ", ".join(
            f'<{url}?{urlencode({**kept, "page": page})}>; rel="{rel}"' for page, rel in links
        )
    return headers


def _moment(name: str, text: str, *, gmt: bool) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise BadParameter(name, "Invalid date.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if gmt else CHINA)
    return moment.astimezone(UTC).replace(microsecond=0)


def _statuses(query: Mapping[str, str]) -> frozenset[str]:
    asked = [part for part in query.get("status", query.get("status[]", "any")).split(",") if part]
    for status in asked:
        _one_of("status", status, ("any", *STATUSES))
    return frozenset(STATUSES) - {"trash"} if "any" in asked else frozenset(asked)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadParameter(name, f"{name} is not one of {', '.join(allowed)}.")
    return value


def _number(name: str, text: str, most: int | None) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise BadParameter(name, f"{name} must be greater than or equal to 1")
    if most is not None and int(text) > most:
        raise BadParameter(name, f"{name} must be between 1 (inclusive) and {most} (inclusive)")
    return int(text)

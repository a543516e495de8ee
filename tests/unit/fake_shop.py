"""WordPress's way with a list of orders, in a few lines: exclusive bounds, whole seconds, pages by count."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.fake_http import Asked, Says

BASE = "/wp-json/wc/v3"
T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def no_route() -> Says:
    return refusal(404, "rest_no_route")


def refusal(status: int, code: str, **headers: str) -> Says:
    return Says({"code": code, "message": "No.", "data": {"status": status}}, status, headers)


class FakeShop:
    """Orders by number; `between` runs after every listing, for instance to modify some."""

    def __init__(
        self, moments: dict[int, datetime], between: Callable[["FakeShop"], None] = lambda _shop: None
    ) -> None:
        self.modified = dict(moments)
        self.between = between
        self.while_writing: Callable[[FakeShop], None] = lambda _shop: None

    def respond(self, asked: Asked) -> Says:
        query = asked.query
        after, before = (
            datetime.fromisoformat(query[f"modified_{side}"] + "Z") for side in ("after", "before")
        )
        found = [
            number
            for _, number in sorted(
                (when, number) for number, when in self._whole().items() if after < when < before
            )
        ]
        size, page = int(query["per_page"]), int(query["page"])
        chosen = found[size * (page - 1) : size * page]
        self.while_writing(self)
        rows = [{"id": number, "date_modified_gmt": stamp(self.modified[number])} for number in chosen]
        self.between(self)
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(-(-len(found) // size))}
        return Says(rows, headers=headers)

    def _whole(self) -> dict[int, datetime]:
        return {number: when.replace(microsecond=0) for number, when in self.modified.items()}


def one_order(**changes: Any) -> dict[str, Any]:
    return {"id": 727, "status": "processing", "meta_data": [], **changes}

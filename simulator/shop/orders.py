"""The shop's orders: every change gets a new modification time and is announced by webhook."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Literal

from simulator.demand import NOTHING, Demand
from simulator.draft import Draft
from simulator.ledger import Ledger
from simulator.shop.body import order_body, transaction_id
from simulator.wire import Json, gmt_time, site_time

Event = Literal["created", "updated"]
STATUSES = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash")
CALLED_OFF = frozenset({"cancelled", "refunded"})


@dataclass
class ShopOrder:
    """One order: what the shop shows of it, and what the oracle remembers about it."""

    number: str
    body: Json
    created: datetime
    modified: datetime
    paid: bool
    ordered: Counter[str]
    cancelled_at: datetime | None = None
    waybills: set[str] = field(default_factory=set)
    write_back_calls: int = 0
    fulfillments: list[Json] = field(default_factory=list)
    market: str = "woocommerce"
    total_fen: int = 0
    """What the buyer pays."""
    demand: Demand = NOTHING
    """What the shop has promised of the shipping."""

    @property
    def status(self) -> str:
        """The status at present."""
        return str(self.body.get("status"))

    @property
    def wanted(self) -> Counter[str]:
        """The pieces to be sent; the shop's buyers give up orders, not lines."""
        return self.ordered

    @property
    def platform_status(self) -> str:
        """The status in the platform's word."""
        return self.status

    @property
    def phone(self) -> str:
        """Whom the carrier must be able to call."""
        shipping, billing = self.body.get("shipping") or {}, self.body.get("billing") or {}
        return str(shipping.get("phone") or billing.get("phone") or "")

    @property
    def fulfilled(self) -> bool:
        """Whether the shop thinks that everything left, or gave all the money back."""
        return self.status in {"completed", "refunded"}

    @property
    def called_off(self) -> bool:
        """Whether nothing is to be sent any more."""
        return self.status in CALLED_OFF


class Shop:
    """All orders, the least recently modified first."""

    def __init__(self, now: Callable[[], datetime], ledger: Ledger, site: str, first_number: int) -> None:
        """Open with no orders."""
        self._now = now
        self.ledger = ledger
        self.site = site
        self._numbers = count(first_number)
        self._meta_ids = count(1_000_000_000)
        self._orders: dict[str, ShopOrder] = {}
        self.announce: Callable[[Event, Json], None] = lambda _event, _body: None
        self.charge: Callable[[ShopOrder], None] = lambda _order: None
        """Takes the buyer's money, before anybody is told of the order."""
        self.stir: Callable[[Sequence[ShopOrder]], object] = lambda _listed: None
        """Told what a list holds after each of its pages, so that somebody may modify one of them."""

    def __len__(self) -> int:
        """Count the orders."""
        return len(self._orders)

    def __iter__(self) -> Iterator[ShopOrder]:
        """Go through the orders, the least recently modified first."""
        return iter(self._orders.values())

    def newest_first(self) -> Iterable[ShopOrder]:
        """Go through the orders, the most recently modified first."""
        return reversed(self._orders.values())

    def find(self, number: str) -> ShopOrder | None:
        """Find an order."""
        return self._orders.get(number)

    def offer(self, draft: Draft, *, paid: bool, raw: Json | None = None) -> ShopOrder:
        """Take an order; `raw` is laid over what the shop will show, to make it malformed."""
        now, number = self._now(), next(self._numbers)
        body = merged(order_body(number, draft, paid=paid, now=now, site=self.site), raw or {})
        ordered: Counter[str] = Counter()
        for line in draft.lines:
            ordered[line.sku] += line.quantity
        order = ShopOrder(
            str(number), body, now, now, paid, ordered, total_fen=draft.total_fen, demand=draft.demand
        )
        self._orders[order.number] = order
        outcome = "paid" if paid else "unpaid"
        self.ledger.append("buyer.order", order=order.number, key=order.number, outcome=outcome)
        if paid:
            self.charge(order)
        self.announce("created", body)
        return order

    def pay(self, order: ShopOrder) -> bool:
        """Take the buyer's money, unless the order is paid or called off already."""
        if order.paid or order.cancelled_at:
            return False
        order.paid = True
        order.body["transaction_id"] = transaction_id(int(order.number))
        order.body["date_paid"] = site_time(self._now())
        order.body["date_paid_gmt"] = gmt_time(self._now())
        self.ledger.append("buyer.pay", order=order.number, key=order.number, outcome="ok")
        self.charge(order)
        self.set_status(order, "processing")
        self.touch(order)
        return True

    def call_off(self, order: ShopOrder, status: Literal["cancelled", "refunded"]) -> None:
        """Let the buyer cancel an order; see refunds for giving the money back."""
        self.ledger.append("buyer.cancel", order=order.number, key=order.number, outcome=status)
        self.set_status(order, status)
        self.touch(order)

    def set_status(self, order: ShopOrder, status: str) -> None:
        """Move an order to a status and keep the dates that belong to it."""
        order.body["status"] = status
        order.body["needs_payment"] = order.body["is_editable"] = status == "pending"
        if status in CALLED_OFF and order.cancelled_at is None:
            order.cancelled_at = self._now()
        if status == "completed":
            order.body["date_completed"] = site_time(self._now())
            order.body["date_completed_gmt"] = gmt_time(self._now())

    def set_meta(self, order: ShopOrder, key: str, value: object) -> None:
        """Put a note of the machine kind on an order; the same key again replaces it."""
        notes = order.body.setdefault("meta_data", [])
        for note in notes:
            if note["key"] == key:
                note["value"] = value
                return
        notes.append({"id": next(self._meta_ids), "key": key, "value": value})

    def touch(self, order: ShopOrder) -> None:
        """Give an order a new modification time and tell the webhook."""
        order.modified = self._now()
        order.body["date_modified"] = site_time(order.modified)
        order.body["date_modified_gmt"] = gmt_time(order.modified)
        self._orders[order.number] = self._orders.pop(order.number)
        self.announce("updated", order.body)


def merged(body: Json, over: Json) -> Json:
    """Lay one JSON object over another; only objects are merged, everything else replaces."""
    result = dict(body)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result

"""All orders of one shop on one platform; every change gets a new modification time and is announced."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Literal

from simulator.draft import Draft
from simulator.faults import Faults, System
from simulator.ledger import Ledger
from simulator.market.addresses import address_token, moved
from simulator.market.order import CaseKind, MarketCase, MarketLine, MarketOrder, MarketParcel, Status
from simulator.wire import Json

Event = Literal[
    "created", "paid", "part_shipped", "shipped", "received", "cancelled", "address_wanted", "address_changed",
    "memo", "case_created", "case_changed", "case_refunded",
]  # fmt: skip
Shipped = Literal["accepted", "repeated", "not_to_ship", "nothing_left", "unknown_line"]
Announce = Callable[[Event, MarketOrder, MarketCase | None], None]
OPEN: frozenset[Status] = frozenset({"unpaid", "paid", "part_shipped"})


class Market:
    """What the platform knows; how it says it is the platform's business."""

    def __init__(
        self, name: System, numbers: Iterator[str], now: Callable[[], datetime], ledger: Ledger, faults: Faults,
        seed: int,
    ) -> None:  # fmt: skip
        """Open with no orders; `numbers` are the platform's order numbers, each once."""
        self.name: str = name
        self._system: System = name
        self._numbers = numbers
        self.now = now
        self.ledger = ledger
        self._faults = faults
        self._random = Random(f"{seed}:{name}:moving")
        self._orders: dict[str, MarketOrder] = {}
        self._cases: dict[str, MarketCase] = {}
        self.announce: Announce = lambda _event, _order, _case: None
        self.watch: Callable[[MarketOrder, MarketCase], None] = lambda _order, _case: None
        """Told of every after-sale that moved, before the order centre is."""

    def __len__(self) -> int:
        """Count the orders."""
        return len(self._orders)

    def __iter__(self) -> Iterator[MarketOrder]:
        """Go through the orders, the least recently modified first."""
        return iter(self._orders.values())

    def find(self, number: str) -> MarketOrder | None:
        """Find an order."""
        return self._orders.get(number)

    def case(self, case_id: str) -> MarketCase | None:
        """Find an after-sale."""
        return self._cases.get(case_id)

    # What buyers do.

    def offer(self, draft: Draft, *, paid: bool, raw: Json | None = None) -> MarketOrder:
        """Take an order; `raw` is laid over what the platform will show, to make it malformed."""
        now, number = self.now(), next(self._numbers)
        lines = [MarketLine(f"{number}{place:02d}", line) for place, line in enumerate(draft.lines, start=1)]
        order = MarketOrder(
            self.name,
            number,
            draft,
            lines,
            now,
            now,
            draft.buyer,
            address_token(number, draft.buyer),
            raw=raw or {},
        )
        if paid:
            order.status, order.paid_at = "paid", now
        self._orders[number] = order
        self._note("buyer.order", order, "paid" if paid else "unpaid")
        self.announce("created", order, None)
        if paid:
            self.announce("paid", order, None)
        return order

    def pay(self, order: MarketOrder) -> bool:
        """Take the buyer's money, unless the order is paid or called off already."""
        if order.status != "unpaid":
            return False
        order.status, order.paid_at = "paid", self.now()
        self._note("buyer.pay", order, "ok")
        self.touch(order, "paid")
        return True

    def cancel(self, order: MarketOrder, how: Literal["cancelled", "refunded"]) -> bool:
        """Let the buyer cancel, or ask all the money back; neither works on an order that is over."""
        if order.status not in OPEN:
            return False
        self._note("buyer.cancel", order, how)
        if how == "refunded" and order.paid:
            return self.refund(order, None, "买家申请退款")
        self._over(order, "cancelled")
        self.touch(order, "cancelled")
        return True

    def refund(self, order: MarketOrder, amount: Decimal | None, reason: str) -> bool:
        """Give money back at once, all that is left unless an amount in yuan is named; also after delivery."""
        left = order.draft.total_fen - order.refunded_fen
        fen = left if amount is None else int(amount * 100)
        if not order.paid or not 0 < fen <= left:
            return False
        case = self.wish(order, "refund_only", fen, reason)
        self.settle(case, "refunded")
        return True

    def wish(
        self, order: MarketOrder, kind: CaseKind, fen: int, reason: str, line: str = "", pieces: int = 0
    ) -> MarketCase:
        """Let the buyer open an after-sale that somebody must answer; 0 pieces means the whole line."""
        number = f"9{sum(map(ord, self.name)) % 90 + 10}{len(self._cases) + 1:012d}"
        case = MarketCase(number, order.number, kind, fen, reason, self.now(), self.now(), line, pieces)
        self._cases[case.id] = case
        order.cases.append(case)
        self._note("buyer.case", order, kind)
        self.touch(order, "case_created", case)
        return case

    def settle(
        self, case: MarketCase, status: Literal["agreed", "returning", "refused", "refunded", "closed"]
    ) -> None:
        """Move an after-sale; one that gives all the money back ends the order."""
        case.status, case.modified, case.version = status, self.now(), case.version + 1
        order = self._orders[case.number]
        self.watch(order, case)
        if status == "refunded":
            self._note("buyer.refund", order, str(case.amount_fen))
            order.give_up(case)
            if order.refunded_fen >= order.draft.total_fen:
                self._over(order, "refunded")
        self.touch(order, "case_refunded" if status == "refunded" else "case_changed", case)

    def move(self, order: MarketOrder, place: Json) -> None:
        """Let the buyer's new address stand at once; keys are those of a Person."""
        order.buyer = moved(order.buyer, place)
        order.token = address_token(order.number, order.buyer)
        self._note("buyer.address", order, "ok")
        self.touch(order, "address_changed")

    def wish_to_move(self, order: MarketOrder, place: Json) -> None:
        """Let the buyer ask for a new address and wait for an answer."""
        order.wanted_address, order.wished_at = moved(order.buyer, place), self.now()
        self._note("buyer.address_wish", order, "ok")
        self.touch(order, "address_wanted")

    def receive(self, order: MarketOrder) -> bool:
        """Let the buyer confirm that everything came."""
        if order.status != "shipped":
            return False
        order.status, order.finished_at = "received", self.now()
        self._note("buyer.receive", order, "ok")
        self.touch(order, "received")
        return True

    # What the order centre does.

    def answer_move(self, order: MarketOrder, *, accept: bool) -> bool:
        """Answer the buyer's wish for a new address; False when there is none."""
        wanted, order.wanted_address = order.wanted_address, None
        if wanted is None:
            return False
        if accept:
            order.buyer, order.token = wanted, address_token(order.number, wanted)
        self._note("shop.address_answer", order, "accepted" if accept else "refused")
        self.touch(order, "address_changed")
        return True

    def ship(
        self, order: MarketOrder, waybill: str, company: str, pieces: Mapping[str, int] | None
    ) -> Shipped:
        """Take a waybill for some pieces by line id, or for all that is left; saying it again is a repetition."""
        order.write_back_calls += 1
        if waybill in order.waybills:
            self._write_back(order, waybill, "repeated")
            return "repeated"
        if order.status not in {"paid", "part_shipped"}:
            self._write_back(order, waybill, "refused")
            return "not_to_ship"
        left = {line.id: line.left for line in order.lines}
        sent = {line: n for line, n in (left if pieces is None else pieces).items() if n}
        if any(line not in left for line in sent):
            return "unknown_line"
        if not sent or any(n > left[line] for line, n in sent.items()):
            self._write_back(order, waybill, "refused")
            return "nothing_left"
        for line in order.lines:
            line.shipped += sent.get(line.id, 0)
        order.parcels.append(MarketParcel(waybill, company, sent, self.now()))
        order.waybills.add(waybill)
        whole = not any(line.left for line in order.lines)
        order.status = "shipped" if whole else "part_shipped"
        order.shipped_at = order.shipped_at or self.now()
        self._write_back(order, waybill, "accepted")
        self.touch(order, "shipped" if whole else "part_shipped")
        return "accepted"

    def ship_beside(self, order: MarketOrder, waybill: str, company: str) -> Shipped:
        """Take a further waybill of an order that left whole by its first; saying it again is a repetition."""
        order.write_back_calls += 1
        if waybill in order.waybills:
            self._write_back(order, waybill, "repeated")
            return "repeated"
        order.parcels.append(MarketParcel(waybill, company, {}, self.now()))
        order.waybills.add(waybill)
        self._write_back(order, waybill, "accepted")
        self.touch(order, "shipped")
        return "accepted"

    def correct(self, order: MarketOrder, wrong: str | None, waybill: str, company: str) -> bool:
        """Put another waybill in the place of a wrong one (of the last, for None); False when there is none."""
        parcel = next((p for p in reversed(order.parcels) if wrong in {None, p.waybill}), None)
        if parcel is None:
            return False
        order.waybills.discard(parcel.waybill)
        order.waybills.add(waybill)
        parcel.waybill, parcel.company = waybill, company
        self.ledger.append(
            "shop.waybill_corrected", order=order.number, key=f"{order.number}:{waybill}", outcome="ok"
        )
        self.touch(order, "shipped")
        return True

    def note(self, order: MarketOrder, memo: str) -> None:
        """Put the seller's memo on an order."""
        order.memo = memo
        self.touch(order, "memo")

    # What a list needs.

    def changed(self, since: datetime, until: datetime, *, closed: bool = True) -> list[MarketOrder]:
        """List every order modified in a window of whole seconds, the least recently modified first."""
        found = []
        for order in self._orders.values():
            modified = order.modified.replace(microsecond=0)
            if since < modified < until or (closed and modified in {since, until}):
                found.append(order)
        return sorted(found, key=lambda order: (order.modified.replace(microsecond=0), order.number))

    def cases_changed(self, since: datetime, until: datetime) -> list[MarketCase]:
        """List every after-sale modified in a window, the least recently modified first."""
        found = [
            case for case in self._cases.values() if since <= case.modified.replace(microsecond=0) <= until
        ]
        return sorted(found, key=lambda case: (case.modified.replace(microsecond=0), case.id))

    def stir(self, listed: Iterable[MarketOrder]) -> None:
        """After a page was shown: if the fault `moving` is armed, somebody modifies one of the listed orders.

        Call this with everything the window holds, after each page request of an order list.
        """
        orders = list(listed)
        if orders and self._faults.draw(self._system, "list", kinds=frozenset({"moving"})):
            self.note(self._random.choice(orders), f"看过 {self.now():%H:%M:%S.%f}")

    def truncates(self) -> bool:
        """Tell whether this page is to lose half of its rows although the count stays: the fault `truncated`."""
        return self._faults.draw(self._system, "list", kinds=frozenset({"truncated"})) is not None

    def shows_nothing(self) -> bool:
        """Tell whether the old interface goes on answering, but its list is empty: the fault `empty`."""
        return self._faults.draw(self._system, "list", kinds=frozenset({"empty"})) is not None

    def touch(self, order: MarketOrder, event: Event, case: MarketCase | None = None) -> None:
        """Give an order a new modification time and announce it."""
        order.modified = self.now()
        self._orders[order.number] = self._orders.pop(order.number)
        self.announce(event, order, case)

    def _over(self, order: MarketOrder, status: Literal["cancelled", "refunded"]) -> None:
        order.status = status
        order.cancelled_at = order.cancelled_at or self.now()
        order.finished_at = order.finished_at or self.now()

    def _note(self, kind: str, order: MarketOrder, outcome: str) -> None:
        self.ledger.append(kind, order=order.number, key=order.number, outcome=outcome)

    def _write_back(self, order: MarketOrder, waybill: str, outcome: str) -> None:
        key = f"{order.number}:{waybill}"
        self.ledger.append("shop.write_back", order=order.number, key=key, outcome=outcome, detail=self.name)

"""The roll that waybill numbers come from, whoever gives them out: the label desk, or a platform for its own orders.

A parcel can travel under every number on it. What was given out, and what became of it, is for the oracle.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import Literal

from simulator.carrier.journey import Journeys
from simulator.ledger import Ledger
from simulator.shipment import company_of
from simulator.wire import Json

TakenBack = Literal["accepted", "repeated", "used", "unknown"]
PREFIXES = {"shunfeng": "SF", "yuantong": "YT", "jd": "JD", "ems": "EM", "jtexpress": "JT"}


@dataclass
class Wish:
    """For whom a number is drawn: `key` is what the asker calls the package, and the same again is the same one."""

    by: str
    key: str
    company: str
    order: str = ""
    phone: str = ""


@dataclass
class Ticket:
    """One number."""

    waybill: str
    wish: Wish
    given_back: bool = False


class Roll:
    """All numbers given out; a `forgetful` one gives a new number whenever it is asked, as some couriers do."""

    def __init__(self, journeys: Journeys, ledger: Ledger, *, forgetful: bool = False) -> None:
        """Start with a full roll."""
        self._journeys = journeys
        self._ledger = ledger
        self._forgetful = forgetful
        self._numbers = count(1)
        self.tickets: dict[str, Ticket] = {}
        self._by_key: dict[tuple[str, str], Ticket] = {}

    def draw(self, wish: Wish) -> Ticket:
        """Give a number; the same package gets the same one until it is given back."""
        known = self._by_key.get((wish.by, wish.key)) if wish.key and not self._forgetful else None
        ticket = known or self._fresh(wish)
        self._ledger.append(
            "label.order",
            order=wish.order,
            key=wish.key or ticket.waybill,
            outcome="repeated" if known else "accepted",
            detail=ticket.waybill,
        )
        return ticket

    def refuse(self, wish: Wish, why: str) -> None:
        """Write down that somebody got no number."""
        self._ledger.append(
            "label.order", order=wish.order, key=wish.key, outcome="refused", detail=f"{wish.by}: {why}"
        )

    def take_back(self, waybill: str, order: str = "") -> TakenBack:
        """Take an unused number back; taking it back twice takes it back once."""
        outcome = self._take_back(waybill)
        told = outcome if outcome in {"accepted", "repeated"} else "refused"
        ticket, parcel = self.tickets.get(waybill), self._journeys.parcels.get(waybill)
        about = order or (ticket.wish.order if ticket else "") or (parcel.order if parcel else "")
        self._ledger.append("label.cancel", order=about, key=waybill, outcome=told)
        return outcome

    def verdict(self) -> Json:
        """Tell what became of the numbers; at the end of a run, none should be unused or drawn twice."""
        live = [ticket for ticket in self.tickets.values() if not ticket.given_back]
        keys = Counter((ticket.wish.by, ticket.wish.key) for ticket in live if ticket.wish.key)
        parcels = self._journeys.parcels
        used = {waybill for waybill in self.tickets if parcels[waybill].handed_over}
        return {
            "drawn": len(self.tickets),
            "given_back": len(self.tickets) - len(live),
            "used": len(used),
            "drawn_twice": sorted(key for (_, key), times in keys.items() if times > 1),
            "unused": sorted(ticket.waybill for ticket in live if ticket.waybill not in used),
            "used_after_given_back": sorted(
                ticket.waybill
                for ticket in self.tickets.values()
                if ticket.given_back and ticket.waybill in used
            ),
        }

    def _fresh(self, wish: Wish) -> Ticket:
        company = company_of(wish.company)
        waybill = f"{PREFIXES.get(company, 'KD')}{wish.by[:1].upper()}{next(self._numbers):011d}"
        parcel = self._journeys.parcel(waybill, company)
        parcel.phone = wish.phone
        ticket = self.tickets[waybill] = Ticket(waybill, wish)
        if wish.key:
            self._by_key[wish.by, wish.key] = ticket
        return ticket

    def _take_back(self, waybill: str) -> TakenBack:
        parcel, ticket = self._journeys.parcels.get(waybill), self.tickets.get(waybill)
        if parcel is None:
            return "unknown"
        if parcel.handed_over or parcel.scans:
            return "used"
        again, parcel.recycled = parcel.recycled, True
        if ticket is not None:
            ticket.given_back = True
            self._by_key.pop((ticket.wish.by, ticket.wish.key), None)
        return "repeated" if again else "accepted"

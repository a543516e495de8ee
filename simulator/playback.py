"""Play past orders again: every gap as it was, divided by the pace."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from simulator.assortment import Assortment
from simulator.buyers import Buyers
from simulator.clock import Timeline
from simulator.config import Config
from simulator.draft import Draft
from simulator.offering import Script
from simulator.people import a_person
from simulator.plans import Plan
from simulator.replay import PastOrder
from simulator.wire import CHINA

SHIPPED = frozenset({"delivered", "shipped"})
NEVER_PAID = frozenset({"created"})
CANCEL_AFTER = timedelta(minutes=30)


class Playback:
    """Offers past orders and lets each take the course it took."""

    def __init__(
        self,
        config: Config,
        timeline: Timeline,
        buyers: Buyers,
        assortment: Assortment,
        past: list[PastOrder],
    ) -> None:
        """Prepare; nothing happens before the script is played."""
        self._config = config
        self._timeline = timeline
        self._buyers = buyers
        self._assortment = assortment
        self._past = past if config.orders is None else past[: config.orders]

    def script(self) -> Script:
        """Give the steps of the run."""
        squeeze = self._config.squeeze
        for place, past in enumerate(self._past):
            if squeeze is not None:
                offset = timedelta(seconds=place / squeeze.arrivals_per_second)
            else:
                offset = self._paced(past.purchased - self._past[0].purchased)
            yield offset, partial(self._play, past)

    def _paced(self, gap: timedelta) -> timedelta:
        return self._timeline.real(gap.total_seconds())

    def _play(self, past: PastOrder) -> None:
        """Offer an order now; what it does later is bent into logical order and never lies before now."""
        placed = self._timeline.now()

        def shifted(moment: datetime | None) -> datetime | None:
            return None if moment is None else placed + max(self._paced(moment - past.purchased), timedelta())

        approved = shifted(past.approved)
        if approved is None and past.status not in NEVER_PAID | {"canceled"}:
            approved = placed
        plan = self._plan(past, approved or placed, shifted(past.handed_over), shifted(past.delivered))
        paid = approved is not None and approved <= placed
        order = self._buyers.order(self._draft(past, placed), plan, paid=paid)
        if approved is not None and not paid:
            self._timeline.at(approved, partial(self._buyers.pay, order))
        if past.status == "canceled":
            cancelled = self._cancelled(approved or placed, shifted(past.handed_over))
            self._timeline.at(cancelled, partial(self._buyers.cancel, order))

    def _plan(
        self, past: PastOrder, approved: datetime, handed_over: datetime | None, delivered: datetime | None
    ) -> Plan:
        if past.status == "canceled":
            return Plan("cancelled", ships=False, signs=False)
        if past.status not in SHIPPED or not past.lines:
            return Plan("open", ships=False, signs=False)
        ships_at = max(approved, handed_over) if handed_over else None
        if past.status == "shipped":
            return Plan("open", ships_at=ships_at, signs=False)
        signed_at = max(delivered, ships_at or approved) if delivered else None
        return Plan("completed", ships_at=ships_at, signed_at=signed_at)

    def _cancelled(self, paid: datetime, handed_over: datetime | None) -> datetime:
        usual = paid + self._paced(CANCEL_AFTER)
        if handed_over is None or handed_over <= paid:
            return usual
        return min(usual, paid + (handed_over - paid) / 2)

    def _draft(self, past: PastOrder, placed: datetime) -> Draft:
        meta = {"_past_order_id": past.id, "_past_customer_id": past.customer}
        if past.ship_by is not None:
            ship_by = placed + self._paced(past.ship_by - past.purchased)
            meta["_ship_by"] = ship_by.astimezone(CHINA).isoformat(timespec="milliseconds")
        return Draft(
            buyer=a_person(Random(f"{self._config.seed}:{past.customer}")),
            lines=tuple(
                self._assortment.line(line.sku, line.quantity, line.price_fen) for line in past.lines
            ),
            shipping_fen=past.freight_fen,
            meta=meta,
        )

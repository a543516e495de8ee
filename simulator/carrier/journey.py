"""The journeys of all parcels: collected, carried, delivered and signed for, or called back on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from simulator.carrier.callbacks import Callbacks
from simulator.carrier.parcels import RETURN_SIGNED, SENT_BACK, SIGNED, Parcel, Scan
from simulator.clock import Timeline
from simulator.faults import PARCEL_KINDS
from simulator.ledger import Ledger
from simulator.plans import Plans
from simulator.shipment import Shipment

HOUR_S = 3600.0
LOCK_S = 1800.0
TRANSIT_H = (24.0, 60.0)
RETURN_AFTER_H, RETURNED_AFTER_H = 2.0, 24.0


@dataclass(frozen=True)
class Stop:
    """A scan that is bound to come, at a share of the whole way."""

    share: float
    state: str
    status_code: str
    context: str


STOPS = (
    Stop(0.03, "1", "103", "【{origin}】快件已被揽收"),
    Stop(0.25, "0", "1002", "【{origin}】快件已离开 {origin}转运中心，发往 {goal}"),
    Stop(0.75, "0", "1001", "【{goal}】快件已到达 {goal}转运中心"),
    Stop(0.90, "5", "5", "【{goal}】快件正在派送中，请保持电话畅通"),
    Stop(1.00, SIGNED, "301", "【{goal}】快件已签收，签收人：本人"),
)
WITHOUT_AN_END = STOPS[:2]


class Journeys:
    """All parcels the carrier knows."""

    def __init__(
        self,
        seed: int,
        timeline: Timeline,
        ledger: Ledger,
        plans: Plans,
        callbacks: Callbacks,
    ) -> None:
        """Start with empty roads."""
        self._faults = callbacks.faults
        self._seed = seed
        self._timeline = timeline
        self._ledger = ledger
        self._plans = plans
        self._callbacks = callbacks
        self.parcels: dict[str, Parcel] = {}
        self.on_signed: Callable[[Parcel], object] = lambda _parcel: None
        """Told of every parcel that was signed for."""

    def parcel(self, waybill: str, company: str = "") -> Parcel:
        """Give the parcel of a waybill; one nobody has seen yet is empty."""
        return self.parcels.setdefault(waybill, Parcel(waybill, company))

    def hand_over(self, shipment: Shipment, signed_at: datetime | None = None) -> None:
        """Take a parcel, from a warehouse or a buyer, and plan its way: by plan or seed, unless its end is named."""
        parcel = self.parcel(shipment.waybill, shipment.company)
        parcel.company, parcel.phone, parcel.handed_over = shipment.company, shipment.phone, True
        parcel.orders = tuple(dict.fromkeys((*parcel.orders, *shipment.orders)))
        parcel.pieces += shipment.pieces
        parcel.from_city, parcel.to_city = shipment.from_city, shipment.to_city
        if self._faults.draw("carrier", ",".join(shipment.orders), kinds=PARCEL_KINDS):
            self._forget(shipment)
            return
        signs = all(self._plans.of(order).signs for order in shipment.orders)
        start, end = self._timeline.now(), signed_at or self._signed_at(shipment)
        way = end - start if end > start else end - end
        for stop in STOPS if signs else WITHOUT_AN_END:
            self._timeline.at(start + way * stop.share, self._reaching(parcel, stop))

    def _forget(self, shipment: Shipment) -> None:
        """Never scan a parcel: nothing tells where it is, and its orders stay open."""
        for order in shipment.orders:
            self._plans.of(order).expected = "open"

    def locked(self, parcel: Parcel) -> bool:
        """Tell whether a number is locked because it was asked for within half an hour; if not, it is from now on."""
        now, asked_at = self._timeline.now(), parcel.asked_at
        if asked_at is not None and now < asked_at + self._timeline.real(LOCK_S):
            return True
        parcel.asked_at = now
        return False

    def _signed_at(self, shipment: Shipment) -> datetime:
        planned = [at for order in shipment.orders if (at := self._plans.of(order).signed_at)]
        if planned:
            return max(planned)
        luck = Random(f"{self._seed}:transit:{','.join(shipment.orders)}:{shipment.from_city}")
        return self._timeline.now() + self._timeline.real(luck.uniform(*TRANSIT_H) * HOUR_S)

    def _reaching(self, parcel: Parcel, stop: Stop) -> Callable[[], None]:
        def reach() -> None:
            if parcel.intercepted or parcel.signed_at is not None:
                return
            context = stop.context.format(origin=parcel.from_city, goal=parcel.to_city)
            near_goal = stop.share > 0.5
            self.scan(
                parcel,
                stop.state,
                stop.status_code,
                context,
                parcel.to_city if near_goal else parcel.from_city,
            )

        return reach

    def scan(self, parcel: Parcel, state: str, status_code: str, context: str, city: str = "") -> None:
        """Add a scan and push it."""
        if not parcel.scans:
            for order in parcel.orders:
                self._ledger.append("carrier.collected", order=order, key=parcel.waybill, outcome="ok")
        parcel.scans.append(Scan(self._timeline.now(), state, status_code, context, city))
        if state == SIGNED and parcel.signed_at is None:
            parcel.signed_at = self._timeline.now()
            for order in parcel.orders:
                self._ledger.append("carrier.signed", order=order, key=parcel.waybill, outcome="ok")
            self.on_signed(parcel)
        self._callbacks.push(parcel)

    def intercept(self, parcel: Parcel) -> bool:
        """Call a parcel back, unless it is signed for; it then goes back to where it came from."""
        if parcel.signed_at is not None:
            return False
        if parcel.intercepted:
            return True
        parcel.intercepted = True

        def back() -> None:
            self.scan(parcel, SENT_BACK, SENT_BACK, "快件已拦截，正在退回寄件人", parcel.to_city)

        def returned() -> None:
            self.scan(parcel, RETURN_SIGNED, RETURN_SIGNED, "退回件已由寄件人签收", parcel.from_city)

        self._timeline.after(RETURN_AFTER_H * HOUR_S, back)
        self._timeline.after(RETURNED_AFTER_H * HOUR_S, returned)
        return True

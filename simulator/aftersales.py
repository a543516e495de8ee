"""Buyers after the sale: they ask, send goods back once we agree, and wait no longer than the platform lets us think."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from random import Random

from simulator.carrier.journey import Journeys
from simulator.carrier.parcels import Parcel
from simulator.clock import Timeline
from simulator.ledger import Ledger
from simulator.market.market import Market
from simulator.market.order import MarketCase, MarketOrder
from simulator.plans import CasePlan
from simulator.shipment import Shipment, company_of
from simulator.wms.catalogue import WAREHOUSE_CITY
from simulator.wms.returns import ReturnDock

HOUR_S = 3600.0
ANSWER_WITHIN_H = 48.0
"""So long we may think about a wish; then the platform agrees for us."""
RECEIVE_WITHIN_H = 240.0
"""So long we may look at goods on their way back; then the platform gives the money back for us."""
ASKS_AFTER_H = (1.0, 3.0)
SENDS_AFTER_H, TRAVELS_H = (1.0, 4.0), (10.0, 16.0)
RETURN_CARRIER = "YTO"
GOODS_COME_BACK = frozenset({"return", "exchange"})
GOODS_GO_OUT = frozenset({"exchange", "resend"})


@dataclass
class CaseFate:
    """What the oracle remembers of an after-sale."""

    market: str
    order: MarketOrder
    case: MarketCase
    plan: CasePlan
    by_platform: bool = False
    """The platform decided because nobody had answered in time."""
    refunds: int = 0
    without_goods: bool = False
    """We gave the money back although the goods had not come back."""
    above_paid: bool = False

    @property
    def settled(self) -> bool:
        """Whether it is over, and as it should be."""
        return self.case.status == self.plan.expected

    @property
    def before_shipping(self) -> bool:
        """Whether it was asked for before anything had left."""
        shipped = self.order.shipped_at
        return shipped is None or self.case.created < shipped


class AfterSales:
    """Every after-sale of every marketplace, from the wish to its end."""

    def __init__(
        self, seed: int, timeline: Timeline, ledger: Ledger, markets: Mapping[str, Market], journeys: Journeys,
        returns: ReturnDock,
    ) -> None:  # fmt: skip
        """Watch the markets and the parcels."""
        self._seed = seed
        self._timeline = timeline
        self._ledger = ledger
        self._markets = markets
        self._journeys = journeys
        self._returns = returns
        self._numbers = count(1)
        self._wishes: dict[str, CasePlan] = {}
        self._of: dict[str, list[CaseFate]] = defaultdict(list)
        self.fates: dict[tuple[str, str], CaseFate] = {}
        journeys.on_signed = self._signed
        for name, market in markets.items():
            market.watch = partial(self._moved, name)

    @property
    def wishes(self) -> int:
        """Count the buyers who will ask for something once their parcel has come."""
        return len(self._wishes)

    def follows(self, number: str, created: datetime) -> bool:
        """Tell whether a delivery order of an order brings new goods for old: it came after the wish for them."""
        return any(
            fate.case.kind in GOODS_GO_OUT and fate.case.created < created
            for fate in self._of.get(number, ())
        )

    def after_delivery(self, number: str, plan: CasePlan) -> None:
        """Let a buyer ask for something some hours after everything was delivered."""
        self._wishes[number] = plan

    def ask(self, number: str, plan: CasePlan) -> MarketCase | None:
        """Let a buyer ask now, about one line of the order or, on an order of one line, about all of it."""
        found = next(((n, o) for n, m in self._markets.items() if (o := m.find(number))), None)
        if found is None or found[1].called_off or not found[1].paid:
            return None
        name, order = found
        line = order.lines[plan.line]
        pieces = plan.pieces or line.draft.quantity
        whole = len(order.lines) == 1 and pieces == line.draft.quantity
        fen = order.draft.total_fen if whole else line.draft.price_fen * pieces
        amount = (
            0 if plan.kind in {"exchange", "resend"} else min(fen, order.draft.total_fen - order.refunded_fen)
        )
        case = self._markets[name].wish(
            order, plan.kind, amount, plan.reason, "" if whole else line.id, 0 if whole else pieces
        )
        self._remember(CaseFate(name, order, case, plan))
        case.answer_by = self._timeline.now() + self._timeline.real(ANSWER_WITHIN_H * HOUR_S)
        self._timeline.at(case.answer_by, partial(self._nobody_answered, name, case))
        return case

    def _signed(self, parcel: Parcel) -> None:
        """Hear that a parcel came: to the warehouse, or to a buyer who may want something now."""
        self._returns.arrived(parcel.waybill)
        for number in parcel.orders:
            plan = self._wishes.pop(number, None)
            if plan is not None:
                luck = Random(f"{self._seed}:asks:{number}")
                self._timeline.after(luck.uniform(*ASKS_AFTER_H) * HOUR_S, partial(self.ask, number, plan))

    def _remember(self, fate: CaseFate) -> CaseFate:
        self.fates[fate.market, fate.case.id] = fate
        self._of[fate.order.number].append(fate)
        return fate

    def _moved(self, name: str, order: MarketOrder, case: MarketCase) -> None:
        fate = self.fates.get((name, case.id))
        if fate is None:
            fate = self._remember(CaseFate(name, order, case, CasePlan(case.kind, expected=case.status)))
        self._ledger.append("case.moved", order=order.number, key=case.id, outcome=case.status, detail=name)
        if case.status == "agreed" and case.kind in GOODS_COME_BACK and fate.plan.sends_back:
            luck = Random(f"{self._seed}:sends:{case.id}")
            self._timeline.after(luck.uniform(*SENDS_AFTER_H) * HOUR_S, partial(self._send_back, fate, luck))
        if case.status == "refunded":
            fate.refunds += 1
            came = self._returns.confirmed(case.waybill) if case.waybill else None
            fate.without_goods |= case.kind == "return" and came is None and not fate.by_platform
            fate.above_paid |= order.refunded_fen > order.draft.total_fen

    def _send_back(self, fate: CaseFate, luck: Random) -> None:
        """Let the buyer hand the goods to a carrier, and tell the platform under which waybill."""
        case, order = fate.case, fate.order
        if case.status != "agreed":
            return
        waybill = f"YT88{luck.randint(100_000, 999_999)}{next(self._numbers):05d}"
        case.waybill, case.company = waybill, RETURN_CARRIER
        line = order.line(case.line) or order.lines[0]
        arrives = self._timeline.now() + self._timeline.real(luck.uniform(*TRAVELS_H) * HOUR_S)
        shipment = Shipment(
            waybill=waybill, company=company_of(RETURN_CARRIER), orders=(),
            pieces=Counter({line.draft.sku: order.pieces_of(case)}),
            phone="", from_city=order.buyer.city, to_city=next(iter(WAREHOUSE_CITY.values())),
        )  # fmt: skip
        self._journeys.hand_over(shipment, arrives)
        self._ledger.append("case.sent_back", order=order.number, key=case.id, outcome=waybill)
        self._markets[fate.market].settle(case, "returning")
        self._timeline.after(RECEIVE_WITHIN_H * HOUR_S, partial(self._nobody_received, fate))

    def _nobody_answered(self, name: str, case: MarketCase) -> None:
        if case.status == "requested":
            self.fates[name, case.id].by_platform = True
            self._markets[name].settle(case, "refunded" if case.kind == "refund_only" else "agreed")

    def _nobody_received(self, fate: CaseFate) -> None:
        if fate.case.status == "returning":
            fate.by_platform = True
            self._markets[fate.market].settle(fate.case, "refunded")

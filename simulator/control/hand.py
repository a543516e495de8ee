"""What the person who runs the experiment does to the world."""

from random import Random

from simulator.control.wishes import (
    Cancellation,
    CaseWish,
    MoodWish,
    RefundWish,
    ScanWish,
    StockCount,
    WantedLine,
    WantedOrders,
)
from simulator.draft import Draft, DraftLine
from simulator.marketplace import Sold
from simulator.plans import CasePlan, Expected, Plan
from simulator.wire import Json
from simulator.wms.warehouse import Mood
from simulator.world import World


class NoSuchThing(Exception):
    """There is no order or parcel of that number."""


class Hand:
    """Acts on a world by order number and waybill."""

    def __init__(self, world: World) -> None:
        """Take a world in hand."""
        self._world = world
        self._placed = 0

    def place(self, wanted: WantedOrders) -> list[str]:
        """Place orders and give their numbers; a malformed one is expected to stay open."""
        expected: Expected = "completed" if wanted.paid and wanted.raw is None else "open"
        return [
            self._world.buyers.order(
                self._draft(wanted), Plan(expected), paid=wanted.paid, raw=wanted.raw, at=wanted.at
            ).number
            for _ in range(wanted.count)
        ]

    def _draft(self, wanted: WantedOrders) -> Draft:
        self._placed += 1
        random = Random(f"{self._world.config.seed}:control:{self._placed}")
        assortment = self._world.assortment
        lines = [self._line(line) for line in wanted.lines] or assortment.usual(random).lines
        return assortment.draft(random, lines, wanted.note)

    def _line(self, line: WantedLine) -> DraftLine:
        price = None if line.price is None else int(line.price * 100)
        return self._world.assortment.line(line.sku, line.quantity, price)

    def _order(self, number: str) -> Sold:
        order = self._world.buyers.find(number)
        if order is None:
            raise NoSuchThing(f"there is no order {number}")
        return order

    def pay(self, number: str) -> bool:
        """Let the buyer pay."""
        return self._world.buyers.pay(self._order(number))

    def cancel(self, number: str, wish: Cancellation) -> bool:
        """Let the buyer cancel."""
        return self._world.buyers.cancel(self._order(number), wish.status)

    def refund(self, number: str, wish: RefundWish) -> bool:
        """Let the buyer ask money back."""
        return self._world.buyers.refund(self._order(number), wish.amount, wish.reason)

    def ask(self, number: str, wish: CaseWish) -> str:
        """Let the buyer open an after-sale and give its number; nothing for an order that has none."""
        self._order(number)
        case = self._world.after_sales.ask(number, CasePlan(**wish.model_dump()))
        return case.id if case else ""

    def receive(self, number: str) -> bool:
        """Let the buyer confirm that everything came."""
        order = self._order(number)
        found = (platform.market.find(number) for platform in self._world.platforms.values())
        known = next((each for each in found if each is order), None)
        return known is not None and self._world.platforms[known.market].market.receive(known)

    def move(self, number: str, shipping: Json) -> None:
        """Let the buyer change the address."""
        self._world.buyers.move(self._order(number), shipping)

    def count(self, wish: StockCount) -> Json:
        """Set what lies on a shelf."""
        change = self._world.warehouse.set_stock(wish.warehouse, wish.sku, wish.quantity)
        shelf = self._world.warehouse.stock.shelf(wish.warehouse, wish.sku)
        return {"change": change, "on_hand": shelf.on_hand, "locked": shelf.locked}

    def change_mood(self, wish: MoodWish) -> Json:
        """Change how the warehouse behaves; what the wish does not name stays as it is."""
        before = self._world.warehouse.mood
        named = {name: getattr(wish, name) for name in wish.model_fields_set}
        mood = Mood(
            refuse_cancel=bool(named.get("refuse_cancel", before.refuse_cancel)),
            hold_shipping=bool(named.get("hold_shipping", before.hold_shipping)),
            ship_after_business_s=named.get("ship_after_business_s", before.ship_after_business_s),
            refuse_returns=bool(named.get("refuse_returns", before.refuse_returns)),
        )
        self._world.warehouse.change_mood(mood)
        return {
            "refuse_cancel": mood.refuse_cancel,
            "hold_shipping": mood.hold_shipping,
            "ship_after_business_s": mood.ship_after_business_s,
            "refuse_returns": mood.refuse_returns,
        }

    def ship(self, number: str) -> list[str]:
        """Ship every delivery order of an order that can still leave; gives the waybills."""
        deliveries = self._world.warehouse.by_source.get(number, [])
        if not deliveries:
            raise NoSuchThing(f"the warehouse has nothing for order {number}")
        return [delivery.waybill for delivery in deliveries if self._world.warehouse.ship(delivery)]

    def scan(self, wish: ScanWish) -> Json:
        """Scan a parcel."""
        parcel = self._world.journeys.parcels.get(wish.waybill)
        if parcel is None:
            raise NoSuchThing(f"there is no parcel {wish.waybill}")
        code = wish.status_code or wish.state
        self._world.journeys.scan(parcel, wish.state, code, wish.context, wish.city or parcel.to_city)
        return {"state": parcel.state, "scans": len(parcel.scans)}

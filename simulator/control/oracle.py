"""Compare what reached the outside world with what should have: exactly once, and never too late."""

from collections import Counter

from simulator.aftersales import CaseFate
from simulator.control.case_oracle import case_totals, case_verdict
from simulator.control.fines import fines_of
from simulator.marketplace import Sold
from simulator.wire import Json
from simulator.wms.delivery import DeliveryOrder, Stage
from simulator.world import World


def oracle(world: World, *, brief: bool = False) -> Json:
    """Give the verdict on every order, and the sums."""
    orders = {order.number: order_verdict(world, order) for order in world.orders}
    return {
        "offered": len(orders),
        "done_offering": world.offering.done,
        "orders": {} if brief else dict(sorted(orders.items(), key=lambda item: (len(item[0]), item[0]))),
        "double_shipped": sorted(number for number, verdict in orders.items() if _too_much(verdict)),
        "shipped_after_cancel": sorted(
            order.number for order in world.orders if _shipped_after_cancel(world, order)
        ),
        "misdirected": sorted(order.number for order in world.orders if _misdirected(world, order)),
        "unsettled": sorted(number for number, verdict in orders.items() if not verdict["settled"]),
        "fined": {number: verdict["fined"] for number, verdict in orders.items() if verdict["fined"]},
        "labels": world.roll.verdict(),
        "after_sales": {} if brief else {f"{m}:{n}": case_verdict(fate) for (m, n), fate in _fates(world)},
        "totals": _totals(world, orders) | {"after_sales": case_totals(world.after_sales)},
    }


def _fates(world: World) -> list[tuple[tuple[str, str], CaseFate]]:
    return sorted(world.after_sales.fates.items())


def order_verdict(world: World, order: Sold) -> Json:
    """Tell what should become of one order and what has."""
    deliveries = _first_deliveries(world, order)
    shipped = [delivery for delivery in deliveries if delivery.shipped_at]
    pieces: Counter[str] = Counter()
    for delivery in shipped:
        pieces += delivery.pieces_for(order.number)
    intercepted = {delivery.waybill for delivery in shipped if _intercepted(world, delivery)}
    verdict: Json = {
        "expected": world.plans.of(order.number).expected,
        "paid": order.paid,
        "channel": order.market,
        "platform_status": order.platform_status,
        "fulfilled": order.fulfilled,
        "called_off": order.called_off,
        "delivery_orders": len(deliveries),
        "shipped_parcels": len({delivery.waybill for delivery in shipped}),
        "intercepted_parcels": len(intercepted),
        "shipped_pieces": dict(pieces),
        "ordered_pieces": dict(order.wanted),
        "given_up_pieces": dict(order.ordered - order.wanted),
        "write_backs": len(order.waybills),
        "write_back_calls": order.write_back_calls,
        "signed": bool(shipped) and all(_signed(world, delivery) for delivery in shipped),
        "cancelled_at_wms": bool(deliveries)
        and all(delivery.stage is Stage.CANCELED for delivery in deliveries),
    }
    kept = verdict["expected"] == "completed"
    fined = fines_of(order, deliveries, world.timeline.now(), kept=kept)
    return verdict | {"settled": _settled(verdict, deliveries), "fined": fined}


def _first_deliveries(world: World, order: Sold) -> list[DeliveryOrder]:
    """List what should bring the goods that were ordered; new goods for old are the after-sale's matter."""
    every = world.warehouse.by_source.get(order.number, [])
    return [each for each in every if not world.after_sales.follows(order.number, each.created)]


def _signed(world: World, delivery: DeliveryOrder) -> bool:
    parcel = world.journeys.parcels.get(delivery.waybill)
    return parcel is not None and parcel.signed_at is not None


def _intercepted(world: World, delivery: DeliveryOrder) -> bool:
    parcel = world.journeys.parcels.get(delivery.waybill)
    return parcel is not None and parcel.intercepted


def _settled(verdict: Json, deliveries: list[DeliveryOrder]) -> bool:
    """Tell whether an order is where it should end; one that stays open always is."""
    if verdict["expected"] == "completed":
        everything = verdict["shipped_pieces"] == verdict["ordered_pieces"]
        written_back = verdict["write_backs"] == verdict["shipped_parcels"]
        return bool(everything and written_back and verdict["fulfilled"])
    if verdict["expected"] == "cancelled":
        given_up = sum(delivery.stage is Stage.CANCELED for delivery in deliveries)
        at_rest = given_up + verdict["intercepted_parcels"] == len(deliveries)
        return bool(at_rest and verdict["called_off"])
    return True


def _too_much(verdict: Json) -> bool:
    ordered = verdict["ordered_pieces"]
    return any(pieces > ordered.get(sku, 0) for sku, pieces in verdict["shipped_pieces"].items())


def _shipped_after_cancel(world: World, order: Sold) -> bool:
    cancelled_at = order.cancelled_at
    return cancelled_at is not None and any(
        delivery.shipped_at is not None and delivery.shipped_at > cancelled_at
        for delivery in world.warehouse.by_source.get(order.number, [])
    )


def _misdirected(world: World, order: Sold) -> bool:
    """Tell whether a parcel left with a phone at which nobody can be called, such as a masked one."""
    return any(
        delivery.shipped_at is not None and delivery.phone != order.phone
        for delivery in world.warehouse.by_source.get(order.number, [])
    )


def _totals(world: World, orders: dict[str, Json]) -> Json:
    verdicts = orders.values()
    return {
        "expected": dict(Counter(verdict["expected"] for verdict in verdicts)),
        "platform_status": dict(Counter(verdict["platform_status"] for verdict in verdicts)),
        "settled": sum(verdict["settled"] for verdict in verdicts),
        "delivery_orders": sum(verdict["delivery_orders"] for verdict in verdicts),
        "shipped_parcels": sum(verdict["shipped_parcels"] for verdict in verdicts),
        "write_backs": sum(verdict["write_backs"] for verdict in verdicts),
        "write_back_calls": sum(verdict["write_back_calls"] for verdict in verdicts),
        "signed": sum(verdict["signed"] for verdict in verdicts),
        "fined": dict(Counter(fine for verdict in verdicts for fine in verdict["fined"])),
        "webhooks_lost": world.pushes_lost,
        "letters": {
            "pending": world.postman.pending,
            "delivered": world.postman.delivered,
            "failed": world.postman.failed,
        },
        "ledger": world.ledger.counts(),
    }

"""What our database tells of an order afterwards, for a trial of other rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from oms.domain.book import Change, OrderBook, OrderRow, Sold
from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.ids import ShopKey
from oms.domain.past import PastOrder
from oms.store import PutAway, Store, past
from oms.store.past import PastOrders, Span
from tests.unit.store_builders import NOON, SHOP, a_change, a_key, a_parcel, a_row

HOUR = timedelta(hours=1)
ONLY_SF = CourierTerms(mode=CourierMode.ONLY, names=("sf",))
NOW = NOON + 100 * HOUR


def lived(store: Store, row: OrderRow, *events: tuple[float, str, str, str], parcels: Any = ()) -> None:
    """Write an order down with its events: hours since noon, who, what, and what after."""
    changes: list[Change] = [
        a_change(
            row, id=f"{row.key}#{seq}", seq=seq, at=NOON + hours * HOUR, actor=actor, what=what, after=after
        )
        for seq, (hours, actor, what, after) in enumerate(events, start=1)
    ]
    store.books.commit(OrderBook(row=row, changes=tuple(changes), parcels=parcels))


def told(store: Store, span: Span = Span(), platforms: Any = ()) -> list[PastOrder]:  # noqa: B008 - immutable
    return list(PastOrders(store.database, dict(platforms), NOW).read(span))


def numbers(orders: Iterable[PastOrder]) -> list[str]:
    return [order.key.rpartition(":")[2] for order in orders]


def test_an_order_that_left_is_told_with_all_that_the_rules_may_ask(store: Store) -> None:
    """What the platform said is in its row, when things happened in its audit, who carried it in its parcels."""
    promised, sold = (
        NOON + 48 * HOUR,
        Sold(ship_by=NOON + 48 * HOUR, sale="presale", couriers=ONLY_SF, lines=2),
    )
    row = a_row(1, shipped_at=NOON + 9 * HOUR, ship_by=NOON + 5 * HOUR, sold=sold, total_fen=5)
    left = a_parcel("SF1", shipped_at=NOON + 9 * HOUR)
    happened = [
        (1.0, "platform", "address.changed", ""),
        (2.0, "platform", "hold.placed", "refund_open"),
        (3.0, "orderloom", "stage.moved", "released"),
        (4.0, "warehouse", "waybill.drawn", "SF1"),
        (9.0, "warehouse", "stage.moved", "shipped"),
        (10.0, "platform", "address.changed", ""),
        (11.0, "platform", "hold.placed", "platform_risk"),
    ]
    lived(store, row, *happened, parcels=(left,))

    (order,) = told(store, platforms={SHOP: "own_shop"})

    assert (order.platform, order.shop, order.key) == ("own_shop", str(SHOP), str(a_key(1)))
    assert (order.created, order.paid, order.until, order.left) == (
        NOON,
        NOON,
        left.shipped_at,
        left.shipped_at,
    )
    assert (order.released, order.waybill) == (NOON + 3 * HOUR, NOON + 4 * HOUR)
    assert (order.ship_by, order.sale, order.lines, order.total_fen) == (promised, "presale", 2, 5)
    assert (order.courier, order.couriers) == ("sf", ONLY_SF)
    assert (order.refund_open, order.platform_risk, order.address_changes) == (True, False, 1)


def test_an_order_waits_until_it_left_or_ended_or_until_now(store: Store) -> None:
    """One that is still open has waited until now; one that was never released has no such moment."""
    lived(store, a_row(1, shipped_at=NOON + HOUR, ended_at=NOON + 90 * HOUR))
    lived(store, a_row(2, stage="cancelled", ended_at=NOON + 2 * HOUR))
    lived(store, a_row(3))

    waited = {number: order for order in told(store) for number in numbers([order])}

    assert [waited[each].until for each in "123"] == [NOON + HOUR, NOON + 2 * HOUR, NOW]
    assert [waited[each].left for each in "123"] == [NOON + HOUR, None, None]
    assert waited["3"].released is waited["3"].waybill is None
    assert waited["3"].platform == "woo", "a shop that is not configured lives by its channel's row"


def test_a_drawn_number_is_a_waybill_unless_it_was_given_back(store: Store) -> None:
    """The courier is whom it was drawn for."""
    for number in (1, 2):
        lived(store, a_row(number))
        store.waybills.put(a_key(number), f"OL{number}-1", f"YT{number}", "yto", "kuaidi100")
    store.waybills.given_back("OL2-1", "YT2")

    first, second = told(store)

    assert (first.courier, first.waybill is None) == ("yto", False)
    assert (second.courier, second.waybill) == ("", None)


def test_whoever_has_paid_for_an_earlier_order_is_no_first_buyer(store: Store) -> None:
    """An order that nobody paid makes nobody known; one whose buyer is not known is a first one."""
    whose = [(1, "li", None), (2, "li", NOON), (3, "li", NOON), (4, "", NOON)]
    for number, digest, paid_at in whose:
        created = NOON + number * HOUR
        lived(store, a_row(number, created_at=created, paid_at=paid_at))
        store.receivers.put_away([PutAway(a_key(number), None, "", "", "", digest, created)])

    firsts = {order.key.rpartition(":")[2]: order.first_buyer for order in told(store)}

    assert firsts == {"1": True, "2": True, "3": False, "4": True}


def test_a_span_is_told_page_by_page_oldest_first(store: Store, monkeypatch: Any) -> None:
    """From its first moment on, before its last, of one shop; many orders of one second are each told once."""
    monkeypatch.setattr(past, "PAGE", 3)
    for number in range(1, 9):
        lived(store, a_row(number, created_at=NOON + (number // 4) * HOUR))
    asked = PastOrders(store.database, {}, NOW)

    spans = {
        "all": Span(),
        "since": Span(since=NOON + HOUR),
        "until": Span(until=NOON + HOUR),
        "other shop": Span(shop=ShopKey(channel="woo", shop="other")),
    }
    found = {name: numbers(asked.read(span)) for name, span in spans.items()}

    assert found["all"] == [*"12345678"]
    assert (found["since"], found["until"], found["other shop"]) == ([*"45678"], [*"123"], [])
    assert {name: asked.count(span) for name, span in spans.items()} == {n: len(f) for n, f in found.items()}


def test_a_span_holds_its_first_moment_and_not_its_last() -> None:
    """The same for orders that come from elsewhere."""
    span = Span(since=NOON, until=NOON + HOUR)

    held = [span.holds(moment) for moment in moments()]

    assert held == [False, True, True, False]


def moments() -> list[datetime]:
    tick = timedelta(microseconds=1)
    return [NOON - tick, NOON, NOON + HOUR - tick, NOON + HOUR]

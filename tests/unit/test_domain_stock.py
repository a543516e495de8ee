"""Which warehouse ships what, for any stock and any order."""

from collections import Counter
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.ids import Sku
from oms.domain.stock import Availability, OutOfStock, Piece, Reserved, UnknownSku, demand_of, source
from tests.unit.domain_orders import repeatable

SKUS = [Sku("A"), Sku("B"), Sku("C")]
WAREHOUSES = ["GZ", "HZ", "SH"]
Stock = list[Availability]
Promise = Counter[tuple[str, str]]


@st.composite
def stocks(draw: st.DrawFn) -> Stock:
    """What each warehouse has of each SKU; some have never heard of some."""
    on_hand = draw(
        st.dictionaries(st.tuples(st.sampled_from(WAREHOUSES), st.sampled_from(SKUS)), st.integers(0, 6))
    )
    return [Availability(warehouse=w, sku=s, available=n) for (w, s), n in on_hand.items()]


ORDERS = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 5)), min_size=1, max_size=5).map(
    lambda wanted: [Piece(line=str(n), sku=sku, quantity=q) for n, (sku, q) in enumerate(wanted)]
)
PREFERENCES = st.lists(st.sampled_from([*WAREHOUSES, "XX"]), unique=True)


def promised(answer: Reserved) -> Promise:
    """How many pieces each warehouse promised of each SKU."""
    return Counter(
        {
            (allocation.warehouse, sku): count
            for allocation in answer.allocations
            for sku, count in demand_of(allocation.pieces).items()
        }
    )


def rows(stock: Stock) -> Promise:
    """The stock in the same shape."""
    return Counter({(row.warehouse, row.sku): row.available for row in stock})


def complete_warehouses(pieces: list[Piece], stock: Stock) -> list[str]:
    """Who could ship everything alone."""
    has, wanted = rows(stock), demand_of(pieces)
    return [
        name
        for name in sorted({row.warehouse for row in stock})
        if all(has[name, sku] >= count for sku, count in wanted.items())
    ]


@repeatable(100)
@given(pieces=ORDERS, stock=stocks(), prefer=PREFERENCES)
def test_what_is_promised_is_there_and_is_everything(
    pieces: list[Piece], stock: Stock, prefer: list[str]
) -> None:
    """Never more than available; every piece of every line, or nothing at all and the exact shortage."""
    answer = source(pieces, stock, prefer)

    has, wanted = rows(stock), demand_of(pieces)
    total = {sku: sum(count for (_, each), count in has.items() if each == sku) for sku in wanted}
    match answer:
        case Reserved():
            lines = Counter[str]()
            for allocation in answer.allocations:
                lines.update({piece.line: 0 for piece in allocation.pieces})
                for piece in allocation.pieces:
                    lines[piece.line] += piece.quantity
            assert promised(answer) <= has
            assert lines == Counter({piece.line: piece.quantity for piece in pieces})
            assert all(allocation.pieces for allocation in answer.allocations)
            assert len({a.warehouse for a in answer.allocations}) == len(answer.allocations)
        case OutOfStock(missing=missing):
            short = {sku: count - total[sku] for sku, count in wanted.items() if count > total[sku]}
            assert dict(missing) == short
            assert short
        case UnknownSku(skus=skus):
            assert set(skus) == set(wanted) - {row.sku for row in stock} != set()


@repeatable(80)
@given(pieces=ORDERS, stock=stocks(), prefer=PREFERENCES)
def test_one_warehouse_ships_everything_when_one_can(
    pieces: list[Piece], stock: Stock, prefer: list[str]
) -> None:
    """A preferred one first, then by name; several only when none could alone."""
    able = complete_warehouses(pieces, stock)

    answer = source(pieces, stock, prefer)

    if able and isinstance(answer, Reserved):
        first = next((name for name in prefer if name in able), able[0])
        assert [a.warehouse for a in answer.allocations] == [first]
        assert list(answer.allocations[0].pieces) == pieces
    else:
        assert not able or isinstance(answer, UnknownSku)
        assert not isinstance(answer, Reserved) or len(answer.allocations) > 1


@repeatable(30)
@given(pieces=ORDERS, stock=stocks())
def test_the_choice_does_not_depend_on_the_order_of_the_rows(pieces: list[Piece], stock: Stock) -> None:
    """Two databases that list the same stock differently answer the same."""
    answers = {source(pieces, each).model_dump_json() for each in islice(permutations(stock), 0, 720, 131)}

    assert len(answers) == 1


@pytest.mark.parametrize(
    ("here", "there", "answer"),
    [
        (2, 0, {("GZ", "A"): 2}),
        (1, 2, {("HZ", "A"): 2}),
        (1, 1, {("GZ", "A"): 1, ("HZ", "A"): 1}),
    ],
)
def test_two_pieces_from_two_warehouses(here: int, there: int, answer: dict[tuple[str, str], int]) -> None:
    """Together if possible, split if necessary."""
    stock = [
        Availability(warehouse="GZ", sku=SKUS[0], available=here),
        Availability(warehouse="HZ", sku=SKUS[0], available=there),
    ]

    reserved = source([Piece(line="1", sku=SKUS[0], quantity=2)], stock)

    assert isinstance(reserved, Reserved)
    assert promised(reserved) == answer


def test_the_last_piece_is_not_promised_to_two_lines() -> None:
    """Two lines of one SKU want two pieces, not one twice."""
    pieces = [Piece(line=str(n), sku=SKUS[0], quantity=1) for n in (1, 2)]

    answer = source(pieces, [Availability(warehouse="HZ", sku=SKUS[0], available=1)])

    assert answer == OutOfStock(missing=((SKUS[0], 1),))

"""Which warehouse ships what: one whenever it can, several when it must, none when a piece is missing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import NonNegativeInt, PositiveInt

from oms.domain.ids import Sku
from oms.domain.model import Fact
from oms.domain.order import Line


class Piece(Fact):
    """So many pieces of one SKU, asked by one line."""

    line: str
    sku: Sku
    quantity: PositiveInt


class Availability(Fact):
    """What a warehouse can still promise of one SKU."""

    warehouse: str
    sku: Sku
    available: NonNegativeInt


class Allocation(Fact):
    """Pieces promised to an order by one warehouse: they travel together."""

    warehouse: str
    pieces: tuple[Piece, ...]


class Reserved(Fact):
    """Every piece of the order is promised, by one warehouse or by several."""

    outcome: Literal["reserved"] = "reserved"
    allocations: tuple[Allocation, ...]


class OutOfStock(Fact):
    """Some SKUs cannot be promised now; nothing was taken."""

    outcome: Literal["out_of_stock"] = "out_of_stock"
    missing: tuple[tuple[Sku, int], ...]
    """SKU and how many pieces are short."""


class UnknownSku(Fact):
    """No warehouse has ever heard of these SKUs: a person must map them; nothing was taken."""

    outcome: Literal["unknown_sku"] = "unknown_sku"
    skus: tuple[Sku, ...]


StockAnswer = Reserved | OutOfStock | UnknownSku


def pieces_of(lines: Iterable[Line]) -> tuple[Piece, ...]:
    """List what the lines ask for."""
    return tuple(Piece(line=line.id, sku=line.sku, quantity=line.quantity) for line in lines)


def demand_of(pieces: Iterable[Piece]) -> dict[Sku, int]:
    """Add the pieces up per SKU."""
    demand: dict[Sku, int] = defaultdict(int)
    for piece in pieces:
        demand[piece.sku] += piece.quantity
    return dict(demand)


def source(pieces: Sequence[Piece], stock: Sequence[Availability], prefer: Sequence[str] = ()) -> StockAnswer:
    """Choose who ships what.

    The first warehouse (preferred ones first, then by name) that has everything; otherwise the pieces
    are spread so that each warehouse in turn gives all it can. A SKU that appears in no row is unknown;
    so is what an order without lines wants.
    """
    known = {row.sku for row in stock}
    unknown = tuple(sorted({piece.sku for piece in pieces} - known))
    if unknown or not pieces:
        return UnknownSku(skus=unknown)
    left: dict[str, dict[Sku, int]] = defaultdict(dict)
    for row in stock:
        left[row.warehouse][row.sku] = row.available
    names = sorted(left, key=lambda name: (prefer.index(name) if name in prefer else len(prefer), name))
    demand = demand_of(pieces)
    for name in names:
        if all(left[name].get(sku, 0) >= wanted for sku, wanted in demand.items()):
            return Reserved(allocations=(Allocation(warehouse=name, pieces=tuple(pieces)),))
    short = {sku: wanted - sum(left[name].get(sku, 0) for name in names) for sku, wanted in demand.items()}
    if any(missing > 0 for missing in short.values()):
        return OutOfStock(missing=tuple(sorted((sku, n) for sku, n in short.items() if n > 0)))
    return Reserved(allocations=_spread(pieces, names, left))


def _spread(
    pieces: Sequence[Piece], names: Sequence[str], left: dict[str, dict[Sku, int]]
) -> tuple[Allocation, ...]:
    taken: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        wanted = piece.quantity
        for name in names:
            share = min(wanted, left[name].get(piece.sku, 0))
            if share > 0:
                left[name][piece.sku] -= share
                taken[name].append(piece.model_copy(update={"quantity": share}))
                wanted -= share
    return tuple(Allocation(warehouse=name, pieces=tuple(taken[name])) for name in names if taken[name])

"""How many pieces of each SKU lie in each warehouse, and how many of them are promised."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.wms.catalogue import Article


@dataclass
class Shelf:
    """One SKU in one warehouse."""

    on_hand: int = 0
    locked: int = 0

    @property
    def free(self) -> int:
        """Pieces nobody was promised."""
        return self.on_hand - self.locked


class Stock:
    """The shelves of all warehouses, by SKU."""

    def __init__(self, articles: Iterable[Article]) -> None:
        """Fill the shelves."""
        self._shelves = {
            article.sku: {warehouse: Shelf(pieces) for warehouse, pieces in article.on_hand}
            for article in articles
        }

    def knows(self, sku: str) -> bool:
        """Tell whether any warehouse has a place for a SKU."""
        return sku in self._shelves

    def shelf(self, warehouse: str, sku: str) -> Shelf:
        """Give the shelf of a SKU; one that was never filled is empty."""
        return self._shelves.setdefault(sku, {}).setdefault(warehouse, Shelf())

    def shelves_of(self, sku: str, warehouse: str = "") -> list[tuple[str, Shelf]]:
        """List the shelves of a SKU, of one warehouse if named."""
        shelves = self._shelves.get(sku, {})
        return [(place, shelf) for place, shelf in shelves.items() if warehouse in {"", place}]

    def all_shelves(self) -> list[tuple[str, str, Shelf]]:
        """List every shelf as warehouse, SKU and what lies there."""
        return [
            (place, sku, shelf) for sku, shelves in self._shelves.items() for place, shelf in shelves.items()
        ]

"""Several waybills in one text: JD joins those of one carrier with commas, and carriers with a bar [2+]."""

from collections.abc import Iterable
from typing import NamedTuple


class Waybills(NamedTuple):
    """Every waybill of an order with its carrier's number, in order."""

    pairs: tuple[tuple[str, str], ...]
    """(number of the carrier, waybill)"""

    @classmethod
    def of(cls, logistics_ids: str, waybills: str) -> "Waybills":
        """Read `2100|4700` and `1,2|3`; where the carriers are fewer than the groups, the last one has the rest."""
        carriers = logistics_ids.split("|")
        pairs = [
            (carriers[min(place, len(carriers) - 1)].strip(), waybill.strip())
            for place, group in enumerate(waybills.split("|"))
            for waybill in group.split(",")
            if waybill.strip()
        ]
        return cls(tuple(pairs))

    def has(self, waybill: str) -> bool:
        """Whether the order knows a waybill."""
        return any(waybill == known for _, known in self.pairs)

    def put_in_place_of(self, wrong: str, carrier: str, waybill: str) -> "Waybills":
        """Return the same with one waybill exchanged."""
        return Waybills(tuple((carrier, waybill) if pair[1] == wrong else pair for pair in self.pairs))

    @property
    def logistics_ids(self) -> str:
        """The carriers, each once."""
        return "|".join(self._carriers())

    @property
    def joined(self) -> str:
        """The waybills, in groups by carrier."""
        return "|".join(
            ",".join(waybill for carrier, waybill in self.pairs if carrier == one) for one in self._carriers()
        )

    def _carriers(self) -> Iterable[str]:
        return dict.fromkeys(carrier for carrier, _ in self.pairs)

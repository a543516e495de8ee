"""What somebody wants to see among the orders: the words of an address, checked, and the choice that they mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from urllib.parse import urlencode

from oms.domain.holds import HoldReason
from oms.domain.ids import OrderKey
from oms.domain.stages import Stage
from oms.languages.marks import N_
from oms.store.order_lists import Choice, Place

ADDRESS: Final = "/desk/orders"
LONGEST: Final = 100
"""No number, waybill or name of a shop is longer."""
SHOWN_AGAIN: Final = 40


class Due(StrEnum):
    """What somebody may ask of deadlines."""

    LATE = "late"
    SOON = "2h"
    DAY = "24h"


DUE: Final[Mapping[str, str]] = {
    Due.LATE: N_("late"),
    Due.SOON: N_("due in 2 hours"),
    Due.DAY: N_("due in 24 hours"),
}
AHEAD: Final = {Due.SOON: timedelta(hours=2), Due.DAY: timedelta(hours=24)}
FIXED: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "stage": (frozenset(Stage), N_("There is no such stage.")),
    "hold": (frozenset(HoldReason), N_("There is no such hold.")),
    "due": (frozenset(Due), N_("There is no such deadline.")),
}
FILTERS: Final = ("q", "stage", "hold", "due", "channel", "shop", "tag")
READY: Final[Sequence[tuple[str, Mapping[str, str]]]] = (
    (N_("Red locks"), {"hold": HoldReason.NO_WAYBILL_LOCK}),
    (N_("Late"), {"due": Due.LATE}),
    (N_("Due in 2 hours"), {"due": Due.SOON}),
    (N_("High value, to review"), {"hold": HoldReason.HIGH_VALUE}),
    (N_("First purchase, to review"), {"hold": HoldReason.FIRST_BUYER}),
    (N_("Out of stock"), {"hold": HoldReason.OUT_OF_STOCK}),
)
"""Views that everybody has."""
TOO_LONG: Final = N_("That is too long: nothing of ours has more than 100 characters.")
UNREADABLE: Final = N_("That holds characters that no order's number has.")
NO_PLACE: Final = N_("The place in the list cannot be read.")


@dataclass(frozen=True)
class Wanted:
    """The words of an address; `complaint` says what is wrong with them, and then nothing is looked up."""

    words: Mapping[str, str]
    after: Place | None = None
    complaint: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """Read the words of an address; of what is too long only the beginning is kept, to be shown again."""
        words = {name: asked.get(name, "").strip() for name in FILTERS}
        found = cls({name: word for name, word in words.items() if word})
        complaint = next((wrong for name, word in found.words.items() if (wrong := _wrong(name, word))), "")
        if complaint:
            kept = {
                name: "".join(c for c in word if c.isprintable())[:SHOWN_AGAIN]
                for name, word in words.items()
            }
            return cls({name: word for name, word in kept.items() if word}, complaint=complaint)
        try:
            return replace(found, after=_place(asked.get("after", "")))
        except ValueError:
            return replace(found, complaint=NO_PLACE)

    def choice(self, now: datetime) -> Choice:
        """Return the orders that are meant, at this moment."""
        words = {name: word for name, word in self.words.items() if name not in ("q", "due")}
        due = self.words.get("due")
        return Choice(
            **words, text=self.words.get("q", ""), late_at=now if due == Due.LATE else None,
            due_by=now + AHEAD[Due(due)] if due in AHEAD else None,
        )  # fmt: skip

    @property
    def link(self) -> Callable[..., str]:
        """Return what makes addresses: of this choice with some words changed, from its first page on."""

        def link(**changes: str) -> str:
            return address({**self.words, **changes})

        return link

    def further(self, place: Place | None, under: str = ADDRESS) -> str:
        """Return the address of what comes behind a place."""
        return address({**self.words, "after": _written(place) if place else ""}, under)


def address(words: Mapping[str, str], under: str = ADDRESS) -> str:
    """Write an address; empty words are left out."""
    said = {name: word for name, word in words.items() if word}
    return f"{under}?{urlencode(said)}" if said else under


def _wrong(name: str, word: str) -> str:
    if len(word) > LONGEST:
        return TOO_LONG
    if not word.isprintable():
        return UNREADABLE
    known, words = FIXED.get(name, (None, ""))
    return words if known is not None and word not in known else ""


def _written(place: Place) -> str:
    return f"{place.at.isoformat()}~{place.key}"


def _place(text: str) -> Place | None:
    """Read a place. Raises ValueError for anything that we did not write."""
    if not text:
        return None
    moment, _, key = text.partition("~")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError("a moment without its zone is none of ours")
    return Place(at, OrderKey.parse(key))

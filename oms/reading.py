"""Read what platforms write, leniently and never guessing: what the wire models and mappings of channels share.

A validator here stands for one rule that several platforms keep; where a platform has its own, its folder has it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from oms.domain.errors import Unmappable
from oms.domain.ids import MARK
from oms.domain.money import yuan_to_fen

PLAUSIBLE_YEARS = range(2000, 2200)
MOST_PIECES = 1_000_000
LONGEST_CODE = 200
"""Of a SKU or another code of the merchant's."""
LONGEST_TITLE = 500
TOO_EARLY = timedelta(days=1)
"""How far a clock of theirs may be ahead of ours before we take the time for nonsense."""
T = TypeVar("T")
BRANCHES = frozenset({"int", "str", "nullable"})
"""What pydantic puts into a place to say which of several types it tried; no field of anybody is named so."""


class Wire(BaseModel):
    """Something of theirs: unknown keys are none of our business."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def text(value: object) -> object:
    """Read nothing as an empty text, a number as its digits; databases take no NUL."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return value.replace("\x00", "") if isinstance(value, str) else value


def mark(value: object) -> str:
    """Read an id: a JSON number, or the same as text. Raises ValueError."""
    found = str(value) if _is_number_or_text(value) else ""
    if MARK.fullmatch(found) is None:
        raise PydanticCustomError("id", "is not an id of at most 64 letters and digits")
    return found


def fen_of_yuan(value: object) -> int:
    """Read yuan, which come as text or as a whole number, never as a float. Raises ValueError."""
    if not _is_number_or_text(value):
        raise PydanticCustomError("money", "is not an amount")
    try:
        return yuan_to_fen(str(value))
    except ValueError as error:
        raise no_amount(error) from None


def no_amount(error: Exception) -> PydanticCustomError:
    """Say what is wrong with an amount that `yuan_to_fen` refused, and nothing of the amount."""
    finer = "finer" in str(error)
    return PydanticCustomError("money", "is finer than a fen" if finer else "is not an amount")


def not_negative(fen: int) -> int:
    """Pass an amount. Raises ValueError for one below nothing."""
    if fen < 0:
        raise PydanticCustomError("money", "is negative")
    return fen


def hint(read: Callable[[object], T]) -> Callable[[object], T | None]:
    """Read what is good to know and never worth refusing an order for: nonsense is nothing said."""

    def leniently(value: object) -> T | None:
        try:
            return None if value is None or value == "" else read(value)
        except (ValueError, OverflowError, OSError):
            return None

    return leniently


def flag(value: object) -> bool:
    """Read a yes in any of the ways in which platforms write one; everything else is none."""
    return value is True or (_is_number_or_text(value) and str(value).strip().lower() in {"1", "true"})


def rows(value: object) -> tuple[Mapping[str, object], ...]:
    """Read a list of objects that is good to know: what is none is left out."""
    listed = value if isinstance(value, list | tuple) else ()
    return tuple(row for row in listed if isinstance(row, Mapping))


def first_day(named: datetime | None, ship_by: datetime | None) -> datetime | None:
    """Pass the first moment at which something may be shipped, unless it must have left by then."""
    return None if named is None or (ship_by is not None and named >= ship_by) else named


def or_empty_object(value: object) -> object:
    """Read nothing as an object without keys."""
    return {} if value is None else value


def or_empty_list(value: object) -> object:
    """Read nothing as a list without rows."""
    return [] if value is None else value


def refuse(error: ValidationError) -> NoReturn:
    """Name the first place and what is wrong there, in words that quote nothing of it. Raises Unmappable."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part not in BRANCHES)
    raise Unmappable(first["msg"], field=place) from None


def refuse_the_future(theirs: Wire, names: Iterable[str], now: datetime) -> None:
    """Raise Unmappable for the first of the named times that lies too far ahead of our clock."""
    for name in names:
        moment: datetime | None = getattr(theirs, name)
        if moment is not None and moment - now > TOO_EARLY:
            raise Unmappable("lies in the future", field=name)


def _is_number_or_text(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)

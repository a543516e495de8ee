"""WeChat's numbers, times and ids, read leniently and never guessed at.

Amounts are fen and times are seconds, both as numbers or as their digits; ids are texts, in pushes numbers.
"""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from oms.reading import MOST_PIECES, PLAUSIBLE_YEARS, mark, text

LARGEST = 2**63 - 1
WORD = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
DIGITS = re.compile(r"[0-9]{1,19}")


def _whole(value: object) -> int | None:
    """Read a number or its digits; neither a float nor a truth value is one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= LARGEST else None
    if isinstance(value, str) and DIGITS.fullmatch(value):
        return int(value) if int(value) <= LARGEST else None
    return None


def _fen(value: object) -> int:
    amount = _whole(value)
    if amount is None:
        raise PydanticCustomError("money", "is not an amount in whole fen")
    return amount


def _maybe_fen(value: object) -> int | None:
    return None if value is None or value == "" else _fen(value)


def _pieces(value: object) -> int:
    count = _whole(value)
    if not count or count > MOST_PIECES:
        raise PydanticCustomError("quantity", "is not a number of pieces")
    return count


def _count(value: object) -> int:
    if value is None or value == "":
        return 0
    count = _whole(value)
    if count is None:
        raise PydanticCustomError("count", "is not a number")
    return count


def _moment(value: object) -> datetime:
    seconds = _whole(value)
    try:
        moment = datetime.fromtimestamp(seconds or 0, UTC)
    except (OverflowError, OSError, ValueError):
        moment = datetime.fromtimestamp(0, UTC)
    if moment.year not in PLAUSIBLE_YEARS:
        raise PydanticCustomError("moment", "is not a time of our days in seconds")
    return moment


def _maybe_moment(value: object) -> datetime | None:
    return None if value is None or value == "" or _whole(value) == 0 else _moment(value)


def _part_of_id(value: object) -> str:
    """A line's id is two of these and a dash, of at most 64 characters together."""
    found = mark(value)
    if len(found) > 31:  # noqa: PLR2004 - half of 64, without the dash
        raise PydanticCustomError("id", "is not an id of at most 31 letters and digits")
    return found


def _status(value: object) -> str:
    """A status we do not know travels on as it is, so it must be a number and not somebody's address."""
    status = _whole(value)
    if status is None:
        raise PydanticCustomError("status", "is not a number")
    return str(status)


def _word(value: object) -> str:
    """A word we do not know travels on as it is, so it must be one of a machine's."""
    if not isinstance(value, str) or WORD.fullmatch(value) is None:
        raise PydanticCustomError("word", "is not one word in capitals")
    return value


Text = Annotated[str, BeforeValidator(text)]
Id = Annotated[str, BeforeValidator(mark)]
PartOfId = Annotated[str, BeforeValidator(_part_of_id)]
Fen = Annotated[int, BeforeValidator(_fen)]
MaybeFen = Annotated[int | None, BeforeValidator(_maybe_fen)]
Pieces = Annotated[int, BeforeValidator(_pieces)]
Count = Annotated[int, BeforeValidator(_count)]
Stamp = Annotated[datetime, BeforeValidator(_moment)]
MaybeStamp = Annotated[datetime | None, BeforeValidator(_maybe_moment)]
Word = Annotated[str, BeforeValidator(_word)]
Status = Annotated[str, BeforeValidator(_status)]

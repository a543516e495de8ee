"""The figures of a row by their paths, `ship.within`: how each is read, and the variable by which rules ask for it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from oms.domain.model import Fact
from oms.rules import readers
from oms.rules.engine import Kind
from oms.rules.row import PlatformRules, Words

IN_FLIGHT = "in_flight"
UNGRADED = frozenset({"name.zh", "name.en", IN_FLIGHT})
"""Names, and what we do with orders under way, are ours: there is no evidence of them."""


class Figure(NamedTuple):
    """One figure of a row."""

    path: str
    read: readers.Read
    nullable: bool
    kind: Kind | None
    """As what rules see it; None: they do not."""
    unit: str
    """What the variable's name ends in."""

    @property
    def variable(self) -> str:
        """The name by which rules ask for it, as in `p_ship_within_s`."""
        return f"p_{self.path.replace('.', '_')}{self.unit}"

    @property
    def is_set(self) -> str:
        """The variable that tells whether a figure that may be null is there, as in `p_ship_waybill_within_set`."""
        return f"p_{self.path.replace('.', '_')}_set"

    @property
    def is_duration(self) -> bool:
        """A length of business time."""
        return self.unit == "_s"


def _plain(annotation: Any) -> tuple[Any, tuple[str, ...], bool]:
    """Return the type without what surrounds it, what is noted of it, and whether it may be null."""
    if get_origin(annotation) is Annotated:
        base, *notes = get_args(annotation)
        return base, tuple(map(str, notes)), False
    if get_origin(annotation) in {Union, UnionType}:
        some = next(each for each in get_args(annotation) if each is not NoneType)
        base, noted, _ = _plain(some)
        return base, noted, True
    return annotation, (), False


def _reader(base: Any, notes: tuple[str, ...]) -> tuple[readers.Read, Kind | None, str]:
    if get_origin(base) is Literal:
        return readers.choice(get_args(base)), Kind.TEXT, ""
    if get_origin(base) is tuple:
        return readers.names, Kind.TEXTS, ""
    if issubclass(base, StrEnum):
        return readers.member(base), Kind.TEXT, ""
    if base is int and "fen" in notes:
        return readers.money, Kind.WHOLE, "_fen"
    known: dict[type, tuple[readers.Read, Kind, str]] = {
        timedelta: (readers.duration, Kind.WHOLE, "_s"),
        bool: (readers.flag, Kind.FLAG, ""),
        int: (readers.count, Kind.WHOLE, ""),
        str: (readers.text, Kind.TEXT, ""),
    }
    return known[base]


def _figure(path: str, annotation: Any) -> Figure:
    base, notes, nullable = _plain(annotation)
    read, kind, unit = _reader(base, notes)
    return Figure(path, readers.nullable(read) if nullable else read, nullable, kind, unit)


def _figures() -> dict[str, Figure]:
    found = {}
    for block, annotation in get_type_hints(PlatformRules, include_extras=True).items():
        if isinstance(annotation, type) and issubclass(annotation, Fact):
            for name, inner in get_type_hints(annotation, include_extras=True).items():
                if name != "model_config":
                    figure = _figure(f"{block}.{name}", inner)
                    hidden = annotation is Words or block == "guide"
                    found[figure.path] = figure._replace(kind=None) if hidden else figure
    in_flight = get_type_hints(PlatformRules)[IN_FLIGHT]
    return found | {IN_FLIGHT: _figure(IN_FLIGHT, in_flight)._replace(kind=None)}


FIGURES: Mapping[str, Figure] = _figures()
"""Every figure of a row, by its path."""
BLOCKS: Mapping[str, tuple[str, ...]] = {
    block: tuple(path.partition(".")[2] for path in FIGURES if path.startswith(f"{block}."))
    for block in dict.fromkeys(path.partition(".")[0] for path in FIGURES if "." in path)
}
"""The blocks of a row, and the figures of each."""
VARIABLES: Mapping[str, Kind] = {
    **{figure.variable: figure.kind for figure in FIGURES.values() if figure.kind},
    **{figure.is_set: Kind.FLAG for figure in FIGURES.values() if figure.kind and figure.nullable},
}
"""The variables that stand for figures. One that may be null has no value then: `…_set` says whether there is one."""


def variables_of(figures: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a row's variables: durations in seconds, money in fen; none for a figure that is null."""
    values: dict[str, object] = {}
    for path, figure in FIGURES.items():
        if figure.kind is None:
            continue
        value = figures[path]
        if figure.nullable:
            values[figure.is_set] = value is not None
        if value is not None:
            values[figure.variable] = _plain_value(value)
    return values


def _plain_value(value: object) -> object:
    match value:
        case timedelta():
            return int(value.total_seconds())
        case tuple():
            return list(value)
        case StrEnum():
            return value.value
        case _:
            return value


def nested(figures: Mapping[str, object]) -> dict[str, Any]:
    """Turn paths into blocks, as a row is made of them."""
    blocks: dict[str, Any] = {}
    for path, value in figures.items():
        block, _, name = path.partition(".")
        if name:
            blocks.setdefault(block, {})[name] = value
        else:
            blocks[block] = value
    return blocks

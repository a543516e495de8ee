"""The shape of an interface's answers: which fields, of which JSON type, and never what is in them (R29)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from oms.domain.model import Fact

LEARNT_AFTER = 30
"""Answers to learn from before anything is missed."""
NEARLY_EVERY = 0.98
MISSED = 5
"""A usual field that is missing, or of another type, in so many answers in a row is gone; so it takes to come back."""
MOST_FIELDS = 2000
DEEPEST = 12
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
"""Other keys are contents (a number of an order, a SKU) and stand as `*`."""

Shape = Mapping[str, str]
"""Path to type, `lines[].sku` to `string`."""


class Field(Fact):
    """What is known of one field of the answers."""

    types: tuple[str, ...] = ()
    seen: int = 0
    """In how many answers it was."""
    amiss: int = 0
    """In how many in a row it has now been missing or of another type."""
    gone: str = ""
    """How it differs from the contract: `vanished`, or the type it has now; empty while it does not."""
    well: int = 0
    """In how many in a row it has been as it was, while it is `gone`."""


class Contract(Fact):
    """The recorded shape of an interface's answers."""

    answers: int = 0
    fields: Mapping[str, Field] = {}
    new: tuple[str, ...] = ()
    """Fields that came after it was learnt; noted, and nobody is called for them."""

    @property
    def broken(self) -> tuple[str, ...]:
        """Name the paths that have vanished or have another type, and how."""
        gone = {path: field for path, field in self.fields.items() if field.gone}
        tops = [path for path in gone if not any(_is_under(path, other) for other in gone)]
        return tuple(f"{path} ({gone[path].gone})" for path in sorted(tops))


def shape_of(answer: Any) -> Shape:
    """Return the shape of an answer; an empty or null field has none, for that is no change of shape."""
    found: dict[str, str] = {}
    for path, kind in _walk(answer, "", 0):
        if found.get(path, kind) != kind:
            found[path] = "mixed"
        elif len(found) < MOST_FIELDS:
            found[path] = kind
    return found


def compared(contract: Contract, answers: Sequence[Shape], *, enough: int = MISSED) -> Contract:
    """Hold answers against the contract and learn from them; `enough` misses of a usual field in a row mean that it is gone.

    A field that differs is not learnt from until it is as it was again.
    """
    for shape in answers:
        contract = _next(contract, shape, enough)
    return contract


def resembles(contract: Contract, shape: Shape) -> bool:
    """Tell whether an answer has at least half of the usual fields: then it is one, though something is amiss."""
    usual = [path for path, field in contract.fields.items() if _is_usual(field, contract.answers)]
    return bool(usual) and 2 * sum(path in shape for path in usual) >= len(usual)


def _next(contract: Contract, shape: Shape, enough: int) -> Contract:
    learnt = contract.answers >= LEARNT_AFTER
    fields = {
        path: _held(field, shape.get(path, ""), contract.answers, enough)
        for path, field in contract.fields.items()
    }
    unknown = [path for path in shape if path not in fields][: max(MOST_FIELDS - len(fields), 0)]
    fields |= {path: Field(types=(shape[path],), seen=1) for path in unknown}
    new = tuple(sorted({*contract.new, *unknown})) if learnt else contract.new
    return Contract(answers=contract.answers + 1, fields=fields, new=new)


def _held(field: Field, kind: str, answers: int, enough: int) -> Field:
    as_known = kind in field.types
    if field.gone:
        well = field.well + 1 if as_known else 0
        return Field(types=field.types, seen=answers + 1) if well >= MISSED else _with(field, well=well)
    if as_known:
        return _with(field, seen=field.seen + 1, amiss=0)
    if _is_usual(field, answers):
        amiss = field.amiss + 1
        return (
            _with(field, amiss=amiss, gone=kind or "vanished")
            if amiss >= enough
            else _with(field, amiss=amiss)
        )
    return _with(field, types=(*field.types, kind), seen=field.seen + 1) if kind else field


def _is_usual(field: Field, answers: int) -> bool:
    return answers >= LEARNT_AFTER and field.seen >= NEARLY_EVERY * (answers - field.amiss)


def _with(field: Field, **changes: Any) -> Field:
    return field.model_copy(update=changes)


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST or value in (None, "", [], {}):
        return
    if path:
        yield path, _kind(value)
    if isinstance(value, Mapping):
        for key, below in value.items():
            name = key if NAME.fullmatch(str(key)) else "*"
            yield from _walk(below, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _walk(below, f"{path}[]", depth + 1)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list | tuple) else "string"


def _is_under(path: str, other: str) -> bool:
    return path.startswith((f"{other}.", f"{other}["))

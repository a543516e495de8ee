"""A table while it is being read: what is wrong with it is collected, so that all of it is told at once."""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from oms.rules.document import Document, Mark, Path, words
from oms.rules.problems import Problem, Wrong

T = TypeVar("T")


class Sheet:
    """A document, and everything found wrong with it so far."""

    def __init__(self, document: Document) -> None:
        """Take what was read."""
        self.document = document
        self.problems: list[Problem] = []

    def wrong(self, path: Path, en: str, zh: str, *, at_key: bool = False, column: int = 0) -> None:
        """Note a fault: at the value, so many columns into it, or at the name."""
        mark = self.document.key(path) if at_key else self.document.value(path)
        if column and path in self.document.plain:
            mark = Mark(mark.line, mark.column + column + (path in self.document.quoted))
        self.problems.append(Problem(path=words(path), line=mark.line, column=mark.column, en=en, zh=zh))

    def mapping(
        self, path: Path, value: object, known: Collection[str], needed: Collection[str] = ()
    ) -> Mapping[str, Any]:
        """Return a mapping's known entries; unknown and missing names are noted."""
        if not isinstance(value, dict):
            listed = ", ".join(known)
            self.wrong(path, f"expected a mapping with {listed}", f"应为映射，键为 {listed}")
            return {}
        for name in value:
            if name not in known:
                self.wrong((*path, name), *_unknown(name, known), at_key=True)
        for name in needed:
            if name not in value:
                self.wrong((*path, name), "is missing", "缺少该项", at_key=True)
        return {name: each for name, each in value.items() if name in known}

    def listed(self, path: Path, value: object) -> list[Any]:
        """Return a list's items; anything else is noted."""
        if isinstance(value, list):
            return value
        self.wrong(path, "expected a list", "应为列表")
        return []

    def take(self, path: Path, value: object, read: Callable[[object], T]) -> T | None:
        """Read one value; None when it is wrong, which is noted."""
        try:
            return read(value)
        except Wrong as fault:
            self.wrong(path, fault.en, fault.zh, column=fault.column)
            return None


def _unknown(name: str, known: Collection[str]) -> tuple[str, str]:
    near = get_close_matches(name, known, n=1)
    en, zh = (f": is it {near[0]}?", f"，是否为 {near[0]}？") if near else ("", "")
    return f"unknown key {name}{en}", f"未知的键 {name}{zh}"

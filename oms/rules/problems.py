"""What is wrong with a rule table: every fault with its place, in English and Chinese."""

from collections.abc import Sequence

from oms.domain.model import Fact


class Problem(Fact):
    """One fault of a table, and where it stands in the file."""

    path: str
    """The place in the table's own names: `platforms.douyin.ship.within`; empty: the whole file."""
    line: int
    column: int
    """Both from 1, as editors count."""
    en: str
    zh: str

    def __str__(self) -> str:
        """Read as `12:5 platforms.douyin.ship.within: …`."""
        place = f"{self.line}:{self.column}"
        return f"{place} {self.path}: {self.en}" if self.path else f"{place} {self.en}"


class WrongRule(ValueError):
    """A table that cannot be used, with everything that is wrong with it."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        """Take the file's name and its faults."""
        self.name = name
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.column)))
        super().__init__("\n".join(f"{name}:{each}" for each in self.problems))


class Wrong(ValueError):
    """One value that cannot be read, in both languages; its place is known to whoever asked for it."""

    def __init__(self, en: str, zh: str, *, column: int = 0) -> None:
        """Take the words, and how far into the text the fault stands (0: at its beginning)."""
        self.en, self.zh, self.column = en, zh, column
        super().__init__(en)

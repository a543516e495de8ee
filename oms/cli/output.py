"""How commands speak: tables for people, JSON for programs, trouble with its next step."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.status import Status
from rich.table import Table

from oms.domain.periods import BUSINESS_ZONE

BETWEEN_COLUMNS = 4
Row = Mapping[str, Any]


class Code(IntEnum):
    """Exit codes; docs/operations.md explains them."""

    OK = 0
    NOT_AS_ASKED = 1
    """It ran, and the answer is no: a refusal, an oracle that disagrees, an order that is stuck."""
    WRONG_USE = 2
    """An option, an argument or a setting is wrong; nothing was done."""
    UNREACHABLE = 3
    """Temporal, the database or a part of the stack does not answer."""
    INTERRUPTED = 130


class Trouble(Exception):
    """What a command cannot do, and what to do next."""

    def __init__(self, what: str, next_step: str = "", code: Code = Code.NOT_AS_ASKED) -> None:
        """Say what, the next step, and the exit code."""
        super().__init__(what)
        self.next_step = next_step
        self.code = code


class Output:
    """Where answers go (stdout) and where progress and trouble go (stderr)."""

    def __init__(self, out: Console | None = None, err: Console | None = None) -> None:
        """Write to the process's own streams unless told otherwise."""
        self.out = out or Console(highlight=False)
        self.err = err or Console(stderr=True, highlight=False)

    def rows(self, title: str, rows: Sequence[Row], *, as_json: bool, none: str = "nothing") -> None:
        """Show rows of equal keys, as a table or as a JSON list."""
        if as_json:
            self.json(list(rows))
        elif not rows:
            self.out.print(f"{title}: {none}")
        else:
            table = Table(title=title, title_justify="left", header_style="bold")
            for place, name in enumerate(rows[0]):
                table.add_column(str(name).replace("_", " "), overflow="fold", no_wrap=place == 0)
            for row in rows:
                table.add_row(*(escape(spoken(value)) for value in row.values()))
            self.out.print(table)

    def facts(self, title: str, facts: Row, *, as_json: bool) -> None:
        """Show one thing's facts, as two columns or as a JSON object; an address is never broken, so that it can be copied."""
        if as_json:
            self.json(facts)
            return
        self.out.print(title, style="bold", markup=False)
        table = Table(show_header=False, box=None)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, value in facts.items():
            table.add_row(str(name).replace("_", " "), escape(spoken(value)))
        if (width := _unbroken(facts)) > self.out.width:
            table.width = width
        self.out.print(table, crop=False)

    def json(self, value: Any) -> None:
        """Write JSON, and nothing else, to stdout."""
        self.out.print(
            json.dumps(value, ensure_ascii=False, indent=2, default=str), soft_wrap=True, markup=False
        )

    def say(self, text: str) -> None:
        """Tell a person how it goes."""
        self.err.print(text, soft_wrap=True, markup=False)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """Show a bar on stderr while something takes its time; call what it yields once a piece."""
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=self.err
        ) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)

    def trouble(self, what: str, next_step: str = "") -> None:
        """Tell a person what went wrong and what to do."""
        self.err.print(f"[bold red]✗[/] {escape(what)}", soft_wrap=True)
        if next_step:
            self.err.print(f"  → {escape(next_step)}", soft_wrap=True)


class Steps:
    """Which step is under way: a spinner on a terminal, a line a step elsewhere."""

    def __init__(self, output: Output) -> None:
        """Show nothing yet."""
        self._output = output
        self._status: Status | None = None

    def now(self, text: str) -> None:
        """Begin another step."""
        if not self._output.err.is_terminal:
            self._output.say(f"· {text}")
        elif self._status:
            self._status.update(text)
        else:
            self._status = self._output.err.status(text)
            self._status.start()

    def over(self) -> None:
        """Take the spinner away."""
        if self._status:
            self._status.stop()
            self._status = None


def _unbroken(facts: Row) -> int:
    """Return the width at which no word of any fact is broken."""
    words = [word for value in facts.values() for word in spoken(value).split()]
    return max(map(cell_len, facts), default=0) + max(map(cell_len, words), default=0) + BETWEEN_COLUMNS


def spoken(value: Any) -> str:
    """Write a value for a person; times in business time."""
    match value:
        case None | "":
            return "–"
        case datetime():
            return value.astimezone(BUSINESS_ZONE).strftime("%m-%d %H:%M:%S")
        case list() | tuple():
            return ", ".join(spoken(part) for part in value) or "–"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)

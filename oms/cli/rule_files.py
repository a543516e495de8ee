"""`rules check`, and reading tables and moments for the other commands: what is wrong with a table, before anybody lives by it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.domain.periods import read_moment
from oms.rules.figure_words import Lang as Language
from oms.rules.table import RuleTable, WrongRule, parse_table

Lang = Annotated[Language, typer.Option("--lang", help="In Chinese or English.")]
RulesFile = Annotated[Path, typer.Argument(help="A rule table (YAML).", show_default=False)]


def check(context: typer.Context, file: RulesFile, lang: Lang = "en", as_json: AsJson = False) -> None:
    r"""Check a rule table: every fault with its line and column. Nothing is changed. Exit code 1 when there is one.

    Examples:

    ```
    starter.py rules check tables/2026-12-01.yaml
    starter.py rules check tables/2026-12-01.yaml --lang zh
    starter.py rules check tables/2026-12-01.yaml --json | jq -r '.[] | "\(.line):\(.column) \(.en)"'
    ```
    """
    place: Place = context.obj
    try:
        table = parse_table(read(file), file.name)
    except WrongRule as wrong:
        place.output.rows(
            f"{file.name}: {len(wrong.problems)} faults", _rows(wrong, lang, as_json=as_json), as_json=as_json
        )
        raise Trouble(f"{file.name} cannot be used", "correct it; nothing was changed") from wrong
    if as_json:
        place.output.json([])
    else:
        place.output.out.print(
            f"{file.name}: fine; version {table.version}, {len(table.platforms)} platforms", markup=False
        )


def _rows(wrong: WrongRule, lang: Language, *, as_json: bool) -> list[dict[str, object]]:
    if as_json:
        return [each.model_dump() for each in wrong.problems]
    return [
        {"where": f"{each.line}:{each.column}", "path": each.path, "fault": getattr(each, lang)}
        for each in wrong.problems
    ]


def read(file: Path) -> str:
    """Return a file's text. Raises Trouble when it cannot be read as UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}", code=Code.WRONG_USE) from error
    except UnicodeDecodeError as error:
        raise Trouble(f"{file} is not UTF-8", "save it as UTF-8", Code.WRONG_USE) from error


def parsed(file: Path, lang: Language = "en") -> RuleTable:
    """Read a table that is to be used. Raises Trouble with its first fault; `rules check` tells them all."""
    try:
        return parse_table(read(file), file.name)
    except WrongRule as wrong:
        first = wrong.problems[0]
        raise Trouble(
            f"{file.name}, line {first.line}, column {first.column}: {getattr(first, lang)}",
            f"`starter.py rules check {file}` shows every fault",
        ) from wrong


def moment_of(text: str) -> datetime:
    """Read a person's moment; without an offset it is Asia/Shanghai's. Raises Trouble."""
    try:
        return read_moment(text)
    except ValueError as error:
        raise Trouble(f"{text!r} is not a time", "write 2026-11-22T09:00", Code.WRONG_USE) from error

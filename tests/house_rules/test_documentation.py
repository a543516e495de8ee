"""What the documentation names exists: files, headings, make targets, commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from oms.cli.app import build
from tests.house_rules.tree import ROOT

LINK = re.compile(r"\]\((?!\w+:)([^)\s]*)\)")
COMMAND_LINE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
STARTER = re.compile(r"\bstarter\.py ((?:[a-z]+(?:-[a-z]+)* ?)+)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def documents() -> list[Path]:
    """Every document that people read."""
    return [
        *(ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "oms").rglob("*.md")),
        *sorted((ROOT / "deploy").rglob("*.md")),
    ]


def broken_links(document: Path, text: str) -> list[str]:
    """Name the relative links that lead nowhere."""
    return [link for link in LINK.findall(FENCE.sub("", text)) if not _leads_somewhere(document, link)]


def unknown_commands(text: str, targets: set[str], commands: set[str]) -> list[str]:
    """Name the make targets and starter.py commands that do not exist."""
    typed = "\n".join([*COMMAND_LINE.findall(FENCE.sub("", text)), *FENCE.findall(text)])
    unknown = [f"make {target}" for target in MAKE.findall(typed) if target not in targets]
    for words in STARTER.findall(typed):
        given = words.split()
        if given[0] not in commands or (
            given[0] in _groups(commands) and " ".join(given[:2]) not in commands
        ):
            unknown.append(f"starter.py {words.strip()}")
    return unknown


def _leads_somewhere(document: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    target = (document.parent / name) if name else document
    return target.exists() and (not heading or heading in set(_anchors(target)))


def _anchors(document: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _groups(commands: set[str]) -> set[str]:
    return {command.split()[0] for command in commands if " " in command}


def _commands_of_starter() -> set[str]:
    found: set[str] = set()
    waiting = [("", typer.main.get_command(build()))]
    while waiting:
        prefix, command = waiting.pop()
        for name, child in getattr(command, "commands", {}).items():
            found.add(f"{prefix}{name}")
            waiting.append((f"{prefix}{name} ", child))
    return found


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_exists(document: Path) -> None:
    """Relative links, `make …` and `starter.py …` all lead somewhere."""
    text = document.read_text(encoding="utf-8")
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))

    assert broken_links(document, text) == []
    assert unknown_commands(text, targets, _commands_of_starter()) == []


@pytest.mark.parametrize("text", ["[see](gone.md)", "[see](#gone)", "[see](../gone/)"])
def test_a_broken_link_is_noticed(tmp_path: Path, text: str) -> None:
    """The rule can fail, and good links pass."""
    document = tmp_path / "here.md"
    document.write_text("# A heading\n")

    assert broken_links(document, text)
    assert not broken_links(document, "[see](here.md#a-heading) [out](https://example.com)")


@pytest.mark.parametrize("text", ["`make gone`", "```\nstarter.py gone\n```", "`starter.py order gone`"])
def test_an_unknown_command_is_noticed(text: str) -> None:
    """The rule can fail, and known commands pass."""
    commands = {"demo", "order", "order show"}

    assert unknown_commands(text, {"demo"}, commands)
    assert not unknown_commands("`make demo` `starter.py order show ID`", {"demo"}, commands)

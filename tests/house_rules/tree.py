"""What the house rules look at: the project's own files, read and parsed."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("oms", "workflows", "activities")
PROGRAMS = ("worker.py", "starter.py")
EVERYTHING = (*OURS, *PROGRAMS, "simulator", "bench", "tests")
GENERATED = ("oms/store/migrations/versions/",)

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One Python file, by its path from the root."""

    path: str
    text: str
    tree: ast.Module


def module(text: str, path: str = "oms/example.py") -> Module:
    """Parse a snippet as if it stood at this path; how a rule's own proof is written."""
    return Module(path, text, ast.parse(text))


def modules(*places: str) -> list[Module]:
    """Every Python file under these folders, and these files, but generated ones."""
    files = [file for place in places for file in _python_files(ROOT / place)]
    paths = [file.relative_to(ROOT).as_posix() for file in files]
    return [_parsed(path) for path in paths if not path.startswith(GENERATED)]


@cache
def _parsed(path: str) -> Module:
    """Read and parse a file once for all rules, which look at it and change nothing."""
    return module((ROOT / path).read_text(encoding="utf-8"), path)


def tracked_files() -> list[Path]:
    """Every file that is, or would be, committed."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip(f"git cannot list the files here: {listing.stderr.strip()}")
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def functions(tree: ast.AST) -> Iterator[AnyFunction]:
    """Every function and method, nested ones included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain; of a call, that of what is called; else the empty string."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}".lstrip(".")
        case ast.Call(func=func):
            return dotted(func)
        case _:
            return ""


def _python_files(place: Path) -> list[Path]:
    return [place] if place.suffix == ".py" and place.exists() else sorted(place.rglob("*.py"))

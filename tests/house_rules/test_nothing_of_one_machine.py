"""A checkout works anywhere: no path of one machine, no package registry's address."""

import re
from pathlib import Path

import pytest

from tests.house_rules.tree import ROOT, tracked_files

# Written in two halves, so that this file passes its own rule.
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb." + "debian",
    "proxy." + "golang",
    "crates" + ".io",
)
OF_ONE_MACHINE = re.compile(
    "|".join(map(re.escape, REGISTRIES))
    + r"|(?<![\w.:$}/-])/(?:work|root|home|Users|opt/wheels|opt/pypi)/[\w.]"
)


def traces(name: str, text: str) -> list[str]:
    """Find lines that name a registry's host or a path of the machine they were written on."""
    return [
        f"{name}:{number} {found.group(0)!r}"
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := OF_ONE_MACHINE.search(line))
    ]


def test_no_file_names_one_machine() -> None:
    """Paths are relative; the installer knows its registry."""
    texts = ((file, _text(file)) for file in tracked_files())

    assert [found for file, text in texts for found in traces(str(file.relative_to(ROOT)), text)] == []


@pytest.mark.parametrize(
    "text", ["--index-url https://" + REGISTRIES[0], "see /" + "work/main", "cd /" + "root/x"]
)
def test_a_trace_is_noticed(text: str) -> None:
    """The rule can fail, and an ordinary path passes."""
    assert traces("README.md", text)
    assert not traces("README.md", "docs/work/main and https://example.org/home/page")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""

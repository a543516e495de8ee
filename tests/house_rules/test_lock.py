"""What is installed is what was checked: every requirement pinned, hashed and up to date with pyproject.toml."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house_rules.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "run.txt": PROJECT["dependencies"],
    "dev.txt": [*PROJECT["dependencies"], *EXTRAS["embedded"], *EXTRAS["dev"]],
}
PIN = re.compile(r"(?P<name>[\w.-]+)(?:\[[^]]*\])?==(?P<version>\S+)")


def broken_promises(lock: str, requirements: list[str]) -> list[str]:
    """Name what is missing from the lock, outdated in it or not hashed."""
    entries = [entry for part in re.split(r"\n(?=\w)", lock) if (entry := PIN.match(part))]
    pinned = {canonicalize_name(entry["name"]): entry["version"] for entry in entries}
    found = [f"{entry['name']} has no hash" for entry in entries if "--hash=sha256:" not in entry.string]
    for wanted in map(Requirement, requirements):
        version = pinned.get(canonicalize_name(wanted.name))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            found.append(f"{wanted} is locked as {version}: run make lock")
    return found


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_the_lock_covers_the_project(name: str) -> None:
    """Run `make lock` after changing the dependencies."""
    lock = (ROOT / "requirements" / name).read_text(encoding="utf-8")

    assert broken_promises(lock, LOCKS[name]) == []


@pytest.mark.parametrize("lock", ["", "httpx==0.1 \\\n    --hash=sha256:aa\n", "httpx==0.28.1\n"])
def test_a_stale_lock_is_noticed(lock: str) -> None:
    """The rule can fail: missing, too old, not hashed."""
    assert broken_promises(lock, ["httpx>=0.28"])
    assert not broken_promises("httpx==0.28.1 \\\n    --hash=sha256:aa\n", ["httpx>=0.28"])

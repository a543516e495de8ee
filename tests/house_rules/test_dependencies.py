"""What we import we declare: nothing comes along by luck with something else."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house_rules.tree import EVERYTHING, OURS, PROGRAMS, ROOT, Module, module, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
COMES_WITH = {"pydantic_core": "pydantic"}
"""Its public API says to import from both."""
OF_THE_PROJECT = {re.sub(r"\.py$", "", place) for place in EVERYTHING}
EMBEDDED = ("oms/stack/",)
"""What starts servers from wheels, for demonstrations."""


def undeclared(file: Module, requirements: list[str]) -> list[str]:
    """Name the packages that a module imports although the project does not ask for them."""
    declared = {canonicalize_name(Requirement(line).name) for line in requirements}
    return sorted(
        f"{file.path} imports {name}"
        for name in _imported(file) - sys.stdlib_module_names - OF_THE_PROJECT
        if not declared & {canonicalize_name(owner) for owner in _owners(name)}
    )


@cache
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def _owners(name: str) -> list[str]:
    return [COMES_WITH[name]] if name in COMES_WITH else _installed().get(name, [name])


def _imported(file: Module) -> set[str]:
    plain = {name.name for node in ast.walk(file.tree) if isinstance(node, ast.Import) for name in node.names}
    from_ = {node.module for node in ast.walk(file.tree) if isinstance(node, ast.ImportFrom) if node.module}
    return {name.partition(".")[0] for name in plain | from_}


def test_what_runs_is_declared() -> None:
    """oms, workflows, activities and the programs use `dependencies`; oms/stack the extra `embedded` too."""
    needed = dict.fromkeys(modules(*OURS, *PROGRAMS, "simulator"), PROJECT["dependencies"])
    needed |= {
        file: [*needed[file], *EXTRAS["embedded"]] for file in needed if file.path.startswith(EMBEDDED)
    }

    assert [found for file, requirements in needed.items() for found in undeclared(file, requirements)] == []


def test_what_tests_use_is_declared() -> None:
    """Tests and bench may use the extra `dev` as well."""
    requirements = [*PROJECT["dependencies"], *EXTRAS["embedded"], *EXTRAS["dev"]]

    assert [found for file in modules("tests", "bench") for found in undeclared(file, requirements)] == []


@pytest.mark.parametrize("text", ["import yaml", "from yaml.nodes import Node"])
def test_an_undeclared_import_is_noticed(text: str) -> None:
    """The rule can fail, and knows that yaml comes from PyYAML."""
    assert undeclared(module(text), ["httpx"])
    assert not undeclared(module(text), ["PyYAML>=6"])

"""The environment is read once, at the door."""

import ast

import pytest

from tests.house_rules.tree import OURS, PROGRAMS, Module, dotted, module, modules

DOORS = {*PROGRAMS, "oms/web/__main__.py"}
READERS = {"os.environ", "os.getenv", "os.environb", "load_dotenv", "dotenv.load_dotenv"}
HIDDEN_READERS = {"environ", "getenv", "environb"}


def reads_of_the_environment(file: Module) -> list[str]:
    """Find reads of the environment behind the door."""
    if file.path in DOORS:
        return []
    return [
        f"{file.path}:{node.lineno} reads {dotted(node)}: take it as an argument instead"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in READERS
    ] + [
        f"{file.path}:{node.lineno} imports {name.name} from os: take it as an argument instead"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "os"
        for name in node.names
        if name.name in HIDDEN_READERS
    ]


def test_only_the_door_reads_the_environment() -> None:
    """worker.py, starter.py and the web entry read it; everything else takes what it needs as arguments."""
    files = modules(*OURS, *PROGRAMS, "simulator")

    assert [found for file in files for found in reads_of_the_environment(file)] == []


@pytest.mark.parametrize(
    "text", ["os.environ['X']", "os.getenv('X')", "load_dotenv()", "from os import environ"]
)
def test_a_read_behind_the_door_is_noticed(text: str) -> None:
    """The rule can fail, and the door itself may read."""
    assert reads_of_the_environment(module(text, "oms/store/engine.py"))
    assert not reads_of_the_environment(module(text, "worker.py"))

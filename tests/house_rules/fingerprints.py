"""List, in order, what each workflow asks Temporal to do; a changed list is a change that must be replayed.

python tests/house_rules/fingerprints.py --write      after gating the change with workflow.patched
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

RECORD = Path(__file__).with_name("workflow_fingerprints.json")
WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"

COMMANDS = {
    "execute_activity": "activity",
    "execute_activity_method": "activity",
    "execute_activity_class": "activity",
    "start_activity": "activity",
    "start_activity_method": "activity",
    "start_activity_class": "activity",
    "execute_local_activity": "local activity",
    "execute_local_activity_method": "local activity",
    "start_local_activity": "local activity",
    "start_local_activity_method": "local activity",
    "execute_child_workflow": "child",
    "start_child_workflow": "child",
    "get_external_workflow_handle": "external",
    "get_external_workflow_handle_for": "external",
    "sleep": "timer",
    "wait_condition": "wait",
    "patched": "patched",
    "deprecate_patch": "deprecate patch",
    "continue_as_new": "continue as new",
    "upsert_search_attributes": "search attributes",
    "upsert_memo": "memo",
}


def fingerprints(folder: Path) -> dict[str, list[str]]:
    """Per class or function of the workflow modules, its commands in the order they are written."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                commands = [line for _, line in sorted([*_commands(node), *_steps(node)])]
                if commands:
                    found[f"{file.relative_to(folder).as_posix()}::{node.name}"] = commands
    return found


def recorded() -> dict[str, list[str]]:
    """The fingerprints as last committed; none before the first time."""
    if not RECORD.exists():
        return {}
    return dict(json.loads(RECORD.read_text(encoding="utf-8")))


def _commands(node: ast.AST) -> Iterator[tuple[tuple[int, int], str]]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and (verb := _verb(call)):
            names_its_subject = call.args and verb not in {"wait", "timer", "search attributes", "memo"}
            line = f"{verb} {ast.unparse(call.args[0])}" if names_its_subject else verb
            yield (call.lineno, call.col_offset), line


def _steps(node: ast.AST) -> Iterator[tuple[tuple[int, int], str]]:
    """The order in which a workflow takes its own steps decides the order of their commands."""
    for wait in ast.walk(node):
        match wait:
            case ast.Await(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=step))):
                yield (wait.lineno, wait.col_offset), f"step {step}"
            case _:
                pass


def _verb(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(value=ast.Name(id="workflow" | "asyncio"), attr=verb):
            waits_with_an_end = any(keyword.arg == "timeout" for keyword in call.keywords)
            return "timer" if verb == "wait_condition" and waits_with_an_end else COMMANDS.get(verb, "")
        case _:
            return ""


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    text = json.dumps(fingerprints(WORKFLOWS), indent=2, ensure_ascii=False, sort_keys=True)
    RECORD.write_text(f"{text}\n", encoding="utf-8")

"""Which interfaces a connector calls, read from its source.

Every call is named where it is made: `with calling(interface=…)`. What stands there is followed back to the texts it
comes from: constants, local names, constants of other modules, and, where it is a parameter, to whoever gives it.
"""

import ast
import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.house_rules.tree import AnyFunction, Module, dotted, functions, modules

ANY = "\0"
"""Stands for a number, or another part that changes from call to call."""
BELOW = ("channels/ec/",)
"""What a connector puts in front of the names its callers give."""
Place = tuple[str, str, int]
"""A function that is given a name: its module, its name, and which argument it is, `self` not counted."""


class Found(NamedTuple):
    """What a source asks for: patterns of names, and places where a name could not be read."""

    names: frozenset[str]
    unread: frozenset[str]


class Source:
    """One connector's folder."""

    def __init__(self, files: Sequence[Module], values: dict[str, Any]) -> None:
        """Take its files, and each file's names with their values by its path."""
        self._files = files
        self._values = values
        self._names: set[str] = set()
        self._unread: set[str] = set()
        self._takers: set[Place] = set()

    def asked(self) -> Found:
        """Follow every name back until nothing new is found."""
        before = -1
        while before != len(self._takers):
            before = len(self._takers)
            for file in self._files:
                for chain, call in _calls(file.tree, ()):
                    for argument in self._arguments(file, chain, call):
                        self._read(file, chain, argument)
        return Found(frozenset(self._names), frozenset(self._unread))

    def _arguments(self, file: Module, chain: tuple[AnyFunction, ...], call: ast.Call) -> Iterator[ast.expr]:
        """The expressions of a call that name an interface."""
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == "calling":
            yield from (each.value for each in call.keywords if each.arg == "interface")
            return
        if name in {"ask", "get"} and _last(getattr(call.func, "value", call.func)) not in GATEWAYS:
            return
        for path, taker, number in set(self._takers):
            own = {each.name for each in functions(file.tree)}
            elsewhere = (
                path != file.path and taker in own and _last(getattr(call.func, "value", call.func)) == "self"
            )
            if taker == name and not elsewhere and len(call.args) > number:
                yield call.args[number]

    def _read(self, file: Module, chain: tuple[AnyFunction, ...], node: ast.expr) -> None:
        texts = {_plain(text) for text in self._texts(file, chain, node)}
        self._names |= texts - {ANY}
        parameter = _parameter(file.tree, chain, node)
        if parameter is not None and not texts - {ANY}:
            self._takers.add((file.path, *parameter))
        elif not texts:
            self._unread.add(f"{file.path}:{node.lineno}: {ast.unparse(node)}")

    def _texts(self, file: Module, chain: tuple[AnyFunction, ...], node: ast.expr) -> list[str]:
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.IfExp(body=one, orelse=other):
                return [*self._texts(file, chain, one), *self._texts(file, chain, other)]
            case ast.JoinedStr(values=parts):
                return self._joined(file, chain, parts)
            case ast.Name(id=name):
                local = [value for function in chain for value in _assigned(file.tree, function, name)]
                known = _as_text(getattr(self._values[file.path], name, None))
                return (
                    [text for value in local for text in self._texts(file, chain, value)] if local else known
                )
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
                return _as_text(getattr(getattr(self._values[file.path], owner, None), attribute, None))
            case _:
                return []

    def _joined(self, file: Module, chain: tuple[AnyFunction, ...], parts: Sequence[ast.expr]) -> list[str]:
        texts = [""]
        for part in parts:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            texts = [text + more for text in texts for more in self._texts(file, chain, inner) or [ANY]]
        return texts


GATEWAYS = frozenset({"shop", "_shop", "gateway", "_gateway", "router", "_router", "rest", "_rest", "self"})
"""Who is asked by `ask` and `get`, as connectors call them; others have methods of that name too."""


def of_folder(folder: str) -> Source:
    """Read a connector's folder."""
    files = [file for file in modules(folder) if not file.path.endswith("declared.py")]
    paths = {file.path: Path(file.path).with_suffix("").as_posix().replace("/", ".") for file in files}
    return Source(files, {path: importlib.import_module(name) for path, name in paths.items()})


def fits(pattern: str, name: str) -> bool:
    """Tell whether a declared name is what a source asks for."""
    return re.fullmatch(".+".join(re.escape(part) for part in pattern.split(ANY)), name) is not None


def _calls(
    tree: ast.AST, chain: tuple[AnyFunction, ...]
) -> Iterator[tuple[tuple[AnyFunction, ...], ast.Call]]:
    for node in ast.iter_child_nodes(tree):
        inner = (node, *chain) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else chain
        if isinstance(node, ast.Call):
            yield inner, node
        yield from _calls(node, inner)


def _parameter(tree: ast.AST, chain: tuple[AnyFunction, ...], node: ast.expr) -> tuple[str, int] | None:
    """The parameter that an expression is made of, and whose it is; None when it is made of none."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    for function in chain:
        parameters = [each.arg for each in function.args.args if each.arg != "self"]
        values = [value for name in names for value in _assigned(tree, function, name)]
        names |= {each.id for value in values for each in ast.walk(value) if isinstance(each, ast.Name)}
        for number, name in enumerate(parameters):
            if name in names:
                return function.name, number
    return None


def _assigned(tree: ast.AST, function: AnyFunction, name: str) -> list[ast.expr]:
    """What a function gives a local name, in assignments of one name or of several."""
    found: list[ast.expr] = []
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                found.append(node.value)
            for number, part in enumerate(target.elts if isinstance(target, ast.Tuple) else ()):
                if isinstance(part, ast.Name) and part.id == name:
                    found += _parts(tree, node.value, number)
    return found


def _parts(tree: ast.AST, value: ast.expr, number: int) -> list[ast.expr]:
    """One part of what is unpacked: of a tuple, of either branch, of whatever a function of the file returns."""
    match value:
        case ast.Tuple(elts=parts) if number < len(parts):
            return [parts[number]]
        case ast.IfExp(body=one, orelse=other):
            return [*_parts(tree, one, number), *_parts(tree, other, number)]
        case ast.Call():
            called = [each for each in functions(tree) if each.name == dotted(value).rpartition(".")[2]]
            returned = [
                each.value for one in called for each in ast.walk(one) if isinstance(each, ast.Return)
            ]
            return [part for each in returned if each is not None for part in _parts(tree, each, number)]
        case _:
            return []


def _as_text(value: object) -> list[str]:
    text = getattr(value, "type", value)
    return [text] if isinstance(text, str) else []


def _plain(text: str) -> str:
    text = text.lstrip("/")
    for prefix in BELOW:
        text = text.removeprefix(prefix)
    return text


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

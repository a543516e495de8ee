"""A YAML file as plain content, with the line and column of every key and value."""

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

from oms.rules.problems import Problem, WrongRule

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML without libyaml reads the same, slower
    from yaml import SafeLoader as Loader  # type: ignore[assignment]  # the same interface

Path = tuple[str | int, ...]
LONGEST = 1_000_000
DEEPEST = 12


class Mark(NamedTuple):
    """Where something stands, from 1."""

    line: int
    column: int


class Document(NamedTuple):
    """What a file says, and where it says it."""

    content: Any
    keys: dict[Path, Mark]
    values: dict[Path, Mark]
    plain: frozenset[Path]
    """Scalars that stand on one line: a column within them can be told."""
    quoted: frozenset[Path]
    """Scalars that begin with a quotation mark."""

    def key(self, path: Path) -> Mark:
        """Return where a name stands, or the nearest thing around it."""
        return _nearest(self.keys, path)

    def value(self, path: Path) -> Mark:
        """Return where a value stands, or the nearest thing around it."""
        return _nearest(self.values, path)


def _nearest(marks: dict[Path, Mark], path: Path) -> Mark:
    while path and path not in marks:
        path = path[:-1]
    return marks.get(path, Mark(1, 1))


def words(path: Path) -> str:
    """Write a place as people read it: `campaigns.0.ship.within`."""
    return ".".join(str(part) for part in path)


def read_document(text: str, name: str) -> Document:
    """Read a file's text. Raises WrongRule when it is no YAML, says a name twice, or uses anchors."""
    if len(text) > LONGEST:
        raise WrongRule(name, [Problem(path="", line=1, column=1, en="longer than 1 MB", zh="文件超过 1 MB")])
    try:
        _check_depth(text, name)
        root = yaml.compose(text, Loader=Loader)
    except (yaml.YAMLError, UnicodeError) as error:
        raise WrongRule(name, [_not_yaml(error)]) from None
    reader = _Reader()
    content = reader.read(root, ()) if root is not None else None
    if reader.problems:
        raise WrongRule(name, reader.problems)
    return Document(content, reader.keys, reader.values, frozenset(reader.plain), frozenset(reader.quoted))


def _check_depth(text: str, name: str) -> None:
    """Refuse what is nested so deeply that composing it would exhaust the stack. Raises WrongRule."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        opens = isinstance(event, yaml.CollectionStartEvent)
        depth += opens - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise WrongRule(name, [_fault("nested too deeply", "嵌套过深", event.start_mark)])


def _not_yaml(error: Exception) -> Problem:
    why = getattr(error, "problem", None) or str(error) or type(error).__name__
    return _fault(f"not YAML: {why}", f"不是合法的 YAML：{why}", getattr(error, "problem_mark", None))


def _fault(en: str, zh: str, mark: Any) -> Problem:
    """A fault of the whole file, where the parser has come to."""
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(path="", line=line, column=column, en=en, zh=zh)


class _Reader:
    """Turns nodes into content, noting where each of them stands."""

    def __init__(self) -> None:
        self.keys: dict[Path, Mark] = {}
        self.values: dict[Path, Mark] = {}
        self.plain: list[Path] = []
        self.quoted: list[Path] = []
        self.problems: list[Problem] = []
        self._seen: set[int] = set()
        self._scalars = SafeConstructor()

    def read(self, node: yaml.Node, path: Path) -> Any:
        """Return what a node says."""
        mark = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
        self.values[path] = mark
        if id(node) in self._seen:
            self._wrong(
                path,
                mark,
                "anchors are not used here: write the value again",
                "不支持锚点引用，请直接写出该值",
            )
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return {key: self.read(value, (*path, key)) for key, value in self._pairs(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            self._note(node, path)
        return self._scalar(node, path, mark)

    def _note(self, node: yaml.ScalarNode, path: Path) -> None:
        if node.start_mark.line == node.end_mark.line and node.style not in {"|", ">"}:
            self.plain.append(path)
        if node.style in {"'", '"'}:
            self.quoted.append(path)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        known: set[Hashable] = set()
        for key_node, value in node.value:
            mark = Mark(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self._wrong(path, mark, "a name must be a word", "键必须是一个词")
                continue
            key = str(key_node.value)
            if key in known:
                self._wrong((*path, key), mark, "said twice", "重复的键")
                continue
            known.add(key)
            self.keys[*path, key] = mark
            yield key, value

    def _scalar(self, node: yaml.Node, path: Path, mark: Mark) -> Any:
        try:
            return self._scalars.construct_object(node)
        except (ConstructorError, ValueError, OverflowError):
            self._wrong(path, mark, f"{node.value!r} cannot be read", f"无法读取 {node.value!r}")
            return None

    def _wrong(self, path: Path, mark: Mark, en: str, zh: str) -> None:
        self.problems.append(Problem(path=words(path), line=mark.line, column=mark.column, en=en, zh=zh))

"""The one place that knows the expression engine: Google's CEL, through the package cel-expr-python.

An expression is refused when it is written: unknown names, types that do not fit, a result that is not true or false.
What goes wrong when it is asked is neither true nor false, it is `CannotTell`. The engine itself answers then with a
value of the type ERROR, which Python takes for true; nothing but a BOOL is believed here.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from cel_expr_python import cel

ENGINE = f"cel-expr-python {version('cel-expr-python')}"
LONGEST = 1000
_BOOL = cel.Type.BOOL
_PLACE = re.compile(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']+)' applied to '([^']+)'")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_EVERYTHING_GOES = re.compile(r"\bdyn\s*\(")


class Kind(StrEnum):
    """What a variable is."""

    WHOLE = "int"
    TEXT = "string"
    FLAG = "bool"
    TEXTS = "list(string)"


class BadExpression(ValueError):
    """An expression that cannot be used: in both languages, and from which column of its line on."""

    def __init__(self, en: str, zh: str, column: int = 1, line: int = 1) -> None:
        """Take the words and the place within the expression, from 1."""
        self.en, self.zh, self.column, self.line = en, zh, column, line
        super().__init__(en)


class CannotTell(Exception):
    """A condition that is neither true nor false of an order, because it went wrong when it was asked."""


class Situation:
    """What is known of one order, made ready once for many conditions over the same variables."""

    __slots__ = ("activation",)

    def __init__(self, activation: Any) -> None:
        """Take the engine's own form of it."""
        self.activation = activation


class Condition:
    """A condition ready to be asked; any number of threads may ask."""

    __slots__ = ("_env", "_program")

    def __init__(self, env: Any, program: Any) -> None:
        """Take the engine's environment and the compiled expression."""
        self._env = env
        self._program = program

    def holds(self, values: Mapping[str, object]) -> bool:
        """Tell whether it is true of these values. Raises CannotTell."""
        return self.holds_in(self.situation(values))

    def situation(self, values: Mapping[str, object]) -> Situation:
        """Make values ready for every condition over the same variables. Raises CannotTell for a value of no kind."""
        try:
            return Situation(self._env.Activation(values))
        except (TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise CannotTell(f"a value cannot be read: {_first_line(error)}") from None

    def holds_in(self, situation: Situation) -> bool:
        """Tell whether it is true there. Raises CannotTell."""
        try:
            result = self._program.eval(situation.activation)
        except (TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise CannotTell(_first_line(error)) from None
        answer = result.value()
        if result.type() != _BOOL or not isinstance(answer, bool):
            raise CannotTell(str(answer).partition(": ")[2] or str(answer))
        return answer


class Conditions:
    """Several conditions over the same variables, asked in one go."""

    __slots__ = ("_all", "_each", "_env")

    def __init__(self, env: Any, together: Any, each: tuple[Condition, ...]) -> None:
        """Take the engine's environment, the conditions as one list, and each by itself."""
        self._env = env
        self._all = together
        self._each = each

    def ask(self, values: Mapping[str, object]) -> tuple[bool | CannotTell, ...]:
        """Return each one's answer; of those that went wrong, why."""
        if not self._each:
            return ()
        try:
            situation = self._each[0].situation(values)
            answers = self._all.eval(situation.activation).plain_value()
        except CannotTell as fault:
            return (fault,) * len(self._each)
        except (TypeError, ValueError, RuntimeError, OverflowError):
            answers = None
        whole = isinstance(answers, list) and len(answers) == len(self._each)
        if whole and all(isinstance(answer, bool) for answer in answers):
            return tuple(answers)
        return tuple(_one_answer(condition, situation) for condition in self._each)


def _one_answer(condition: Condition, situation: Situation) -> bool | CannotTell:
    try:
        return condition.holds_in(situation)
    except CannotTell as fault:
        return fault


def compile_together(expressions: Sequence[str], variables: Mapping[str, Kind]) -> Conditions:
    """Make several conditions ready to be asked in one go: a sixth of the cost of one after the other.

    Raises BadExpression for the first that is wrong.
    """
    each = tuple(compile_condition(expression, variables) for expression in expressions)
    env = _env(frozenset(variables.items()))
    return Conditions(env, env.compile("[" + ",".join(f"({one}\n)" for one in expressions) + "]"), each)


def compile_condition(expression: str, variables: Mapping[str, Kind]) -> Condition:
    """Check an expression over typed variables and make it ready; the same one is made ready once.

    Raises BadExpression.
    """
    return _compiled(expression, frozenset(variables.items()))


def words_in(expression: str) -> frozenset[str]:
    """Return every word an expression may name a variable with."""
    return frozenset(_WORD.findall(expression))


@lru_cache(maxsize=2048)
def _compiled(expression: str, variables: frozenset[tuple[str, Kind]]) -> Condition:
    if len(expression) > LONGEST:
        raise BadExpression(f"longer than {LONGEST} characters", f"表达式超过 {LONGEST} 个字符")
    if found := _EVERYTHING_GOES.search(expression):
        raise BadExpression("dyn() would hide a wrong type", "不允许用 dyn() 绕过类型检查", found.start() + 1)
    env = _env(variables)
    try:
        program = env.compile(expression)
    except (RuntimeError, ValueError, TypeError) as error:
        raise _refusal(str(error)) from None
    if program.return_type() != _BOOL:
        kind = program.return_type().name()
        raise BadExpression(f"is {kind}, not true or false", f"结果是 {kind}，应为真或假")
    return Condition(env, program)


@lru_cache(maxsize=16)
def _env(variables: frozenset[tuple[str, Kind]]) -> Any:
    types = {
        Kind.WHOLE: cel.Type.INT,
        Kind.TEXT: cel.Type.STRING,
        Kind.FLAG: cel.Type.BOOL,
        Kind.TEXTS: cel.Type.List(cel.Type.STRING),
    }
    return cel.NewEnv(variables={name: types[kind] for name, kind in variables})


def _refusal(words: str) -> BadExpression:
    place = _PLACE.search(words)
    line, column, why = (max(int(place[1]), 1), max(int(place[2]), 1), place[3]) if place else (1, 1, words)
    if unknown := _UNDECLARED.search(why):
        return BadExpression(f"unknown variable {unknown[1]}", f"未知的变量 {unknown[1]}", column, line)
    if wrong := _OVERLOAD.search(why):
        sign = wrong[1].strip("_").replace("@", "")
        return BadExpression(
            f"types do not fit: {sign} of {wrong[2]}",
            f"类型不符：{sign} 不能用于 {wrong[2]}",
            column,
            line,
        )
    return BadExpression(why.strip(), f"语法错误：{why.strip()}", column, line)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__

"""The expression engine behind its adapter: refused when it is written, and never "true" because it went wrong."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from oms.rules.engine import BadExpression, CannotTell, Kind, compile_condition, compile_together

VARIABLES = {
    "fen": Kind.WHOLE,
    "limit": Kind.WHOLE,
    "courier": Kind.TEXT,
    "names": Kind.TEXTS,
    "risk": Kind.FLAG,
}
VALUES: Mapping[str, object] = {"fen": 5, "limit": 3, "courier": "sf", "names": ["sf", "yto"], "risk": False}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("fen > limit", True), ("fen < limit", False), ("courier in names", True), ("!risk", True), ("risk", False),
        ('courier == "顺丰"', False), ("names.exists(n, n == courier) && size(names) == 2", True),
        ("risk && fen / (limit - 3) > 1", False), ("!risk || fen / (limit - 3) > 1", True),
    ],
)  # fmt: skip
def test_a_condition_holds_or_not(expression: str, holds: bool) -> None:
    """A part that is not needed is not asked."""
    assert compile_condition(expression, VARIABLES).holds(VALUES) is holds


@pytest.mark.parametrize(
    ("expression", "column", "words"),
    [
        ("fen", 1, "not true or false"), ("fen > limmit", 7, "limmit"), ('fen > "a"', 5, "int, string"),
        ("courier == 5", 9, "string, int"), ("fen >= 1.0", 5, "int, double"), ("", 1, "mismatched input"),
        ("courier == “sf”", 12, "token recognition"), ("fen > ", 7, "mismatched"), ("dyn(fen) == 1", 1, "dyn"),
        ("fen = 3", 5, "token"), ("fen > 1 and risk", 9, "and"), ("now() > 1", 4, "now"),
    ],
)  # fmt: skip
def test_a_wrong_expression_is_refused_when_it_is_written(expression: str, column: int, words: str) -> None:
    """With its column, in both languages."""
    with pytest.raises(BadExpression) as refusal:
        compile_condition(expression, VARIABLES)

    assert refusal.value.column == column
    assert words in refusal.value.en
    assert refusal.value.zh


@pytest.mark.parametrize(
    ("expression", "changes", "why"),
    [
        ("fen / (limit - 3) > 1", {}, "divide by zero"),
        ("fen % (limit - 3) > 1", {}, "modulus by zero"),
        ("names[5] == courier", {}, "index"),
        ("fen * 9223372036854775807 > 1", {}, "overflow"),
        ("int(courier) > 1", {}, "convert"),
        ("fen > limit", {"limit": None}, "NoneType"),
        ("fen > limit", {"fen": "5"}, "Expected INT"),
        ("fen > limit", {"fen": 10**30}, "too big"),
        ("risk", {"risk": "yes"}, "Expected BOOL"),
    ],
)
def test_what_goes_wrong_is_neither_true_nor_false(
    expression: str, changes: dict[str, object], why: str
) -> None:
    """The engine answers with an ERROR, which Python would take for true."""
    values = {**VALUES, **changes}

    with pytest.raises(CannotTell) as fault:
        compile_condition(expression, VARIABLES).holds(values)

    assert why in str(fault.value)


def test_a_variable_without_a_value_is_a_fault_where_it_is_needed() -> None:
    """And none where it is not."""
    values = {name: value for name, value in VALUES.items() if name != "limit"}

    answers = compile_together(["fen > limit", "risk && fen > limit", "fen > 1"], VARIABLES).ask(values)

    assert isinstance(answers[0], CannotTell)
    assert "limit" in str(answers[0])
    assert answers[1:] == (False, True)


@pytest.mark.parametrize("wrong", [None, "fen / (limit - 3) > 1"])
def test_several_are_asked_as_each_would_be(wrong: str | None) -> None:
    """In one go, or one after the other because one of them goes wrong."""
    expressions = ["fen > limit", "risk", *([wrong] if wrong else []), "courier in names // a comment"]

    answers = compile_together(expressions, VARIABLES).ask(VALUES)

    good = [answer for answer in answers if not isinstance(answer, CannotTell)]
    assert good == [True, False, True]
    assert len(answers) == len(expressions)


def test_nothing_asked_is_nothing_answered() -> None:
    """A moment without rules."""
    assert compile_together([], VARIABLES).ask(VALUES) == ()


def test_any_number_of_threads_may_ask() -> None:
    """Each has its own answer."""
    condition = compile_condition("fen > limit", VARIABLES)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda fen: condition.holds({**VALUES, "fen": fen}), range(2000)))

    assert answers == [fen > 3 for fen in range(2000)]

"""Ten thousand random orders are decided alike: by our engine, by a second one, and by plain Python."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any

import cel as second
import pytest

from oms.domain.rulings import OrderFacts, Phase, Ruling
from oms.rules.asking import ASKABLE, ask, of_the_order
from oms.rules.engine import CannotTell, Condition, compile_condition, words_in
from oms.rules.judging import judge
from oms.rules.table import RuleTable, read_table
from tests.unit.gate_reference import reference_gate, reference_paid
from tests.unit.random_orders import some_facts

ORDERS, SEED = 10_000, 20261122
TABLE = read_table()
EVERYTHING = of_the_order(frozenset(ASKABLE))
UNTELLABLE = "cannot tell"


@cache
def orders() -> tuple[OrderFacts, ...]:
    random = Random(SEED)
    return tuple(some_facts(random) for _ in range(ORDERS))


def values_of(table: RuleTable, facts: OrderFacts) -> dict[str, object]:
    """Everything a condition may name, for both engines."""
    figures = table.resolved(facts.platform, facts.shop, facts.paid_at).values
    return {**figures, **ask(facts, EVERYTHING)}


def both(expression: str) -> tuple[Condition, Any, frozenset[str]]:
    """An expression made ready for either engine, and what it asks for."""
    return compile_condition(expression, ASKABLE), second.compile(expression), words_in(expression)


def ours(condition: Condition, values: Mapping[str, object]) -> bool | str:
    try:
        return condition.holds(values)
    except CannotTell:
        return UNTELLABLE


def theirs(program: Any, values: Mapping[str, object]) -> bool | str:
    try:
        answer = program.execute(dict(values))
    except (RuntimeError, ValueError, TypeError, ArithmeticError):
        return UNTELLABLE
    assert isinstance(answer, bool)
    return answer


@pytest.mark.timeout(300)
def test_two_engines_decide_every_rule_of_every_order_alike() -> None:
    """None differs; every rule that can apply to some order of today's table did, and did not to others."""
    engines = {rule.id: both(rule.when) for rule in TABLE.rules}

    answers: Counter[tuple[str, bool | str]] = Counter()
    different = []
    for facts in orders():
        values = values_of(TABLE, facts)
        for name, (condition, program, names) in engines.items():
            asked = {each: values[each] for each in names if each in values}
            one, other = ours(condition, asked), theirs(program, asked)
            answers[name, one] += 1
            if one != other:
                different.append((name, one, other, facts.key))

    assert different == []
    assert answers.total() == ORDERS * len(TABLE.rules)
    applied = {name for name, answer in answers if answer is True}
    assert {rule.id for rule in TABLE.rules} - applied == {"courier-excluded", "remark"}, (
        "no row excludes or asks so"
    )
    assert not [name for name, answer in answers if answer == UNTELLABLE]


@pytest.mark.parametrize(
    "expression",
    ["total_fen / refunded_fen > 3", "to_ship_by_s < 0", "p_ship_waybill_within_s > since_paid_s",
     "total_fen % lines == 0 || has_remark", "total_fen * total_fen * total_fen * total_fen > 0"],
)  # fmt: skip
def test_what_one_engine_cannot_tell_the_other_cannot_either(expression: str) -> None:
    """Divided by nothing, a figure that is null, a number too great: never true, never false, in both."""
    condition, program, _ = both(expression)

    pairs = [(ours(condition, values), theirs(program, values)) for values in map(known, orders()[:500])]

    assert [pair for pair in pairs if pair[0] != pair[1]] == []
    assert {UNTELLABLE, True} <= {one for one, _ in pairs}


def known(facts: OrderFacts) -> dict[str, object]:
    return values_of(TABLE, facts)


def applied(ruling: Ruling) -> set[str]:
    assert not ruling.faults
    return {finding.rule for finding in ruling.findings}


@pytest.mark.parametrize("phase", [Phase.RELEASE, Phase.PUSH])
def test_the_gate_refuses_what_plain_python_refuses(phase: Phase) -> None:
    """Before the release as before the push, each order by the same rules."""
    told = [(facts, applied(judge(TABLE, phase, facts)), reference_gate(facts)) for facts in orders()]

    assert [(facts.key, one, other) for facts, one, other in told if one != other] == []
    assert 1000 < sum(not refused for _, refused, _ in told) < ORDERS - 1000


def test_reviews_and_tags_are_those_of_plain_python() -> None:
    """Of dear orders, first-time buyers, and those above 500 yuan."""
    told = [
        (facts.key, applied(judge(TABLE, Phase.PAID, facts)), reference_paid(facts)) for facts in orders()
    ]

    assert [each for each in told if each[1] != each[2]] == []
    assert {frozenset(found) for _, found, _ in told} > {frozenset(), frozenset({"first-buyer"})}

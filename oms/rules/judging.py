"""Asking the rules of one moment about one order; at the gate, whether it may go on (R25). Pure."""

from typing import NamedTuple

from oms.domain.rulings import Action, Finding, OrderFacts, Phase, Ruling
from oms.rules.asking import ASKABLE, NAMES, ask, of_the_order
from oms.rules.engine import ENGINE, CannotTell, Conditions, compile_together, words_in
from oms.rules.resolving import Resolved
from oms.rules.row import Words
from oms.rules.rows import RuleRow
from oms.rules.table import RuleTable
from oms.rules.wording import fill, named

_NO_WORDS = Words(zh="", en="")


class _Questions(NamedTuple):
    """The rules of one moment, ready to be asked, and what they need to know."""

    rules: tuple[RuleRow, ...]
    conditions: Conditions
    facts: tuple[str, ...]
    """Variables that the order answers."""
    figures: tuple[str, ...]
    """Variables that stand for figures of its row."""


def judge(table: RuleTable, phase: Phase, facts: OrderFacts) -> Ruling:
    """Ask every rule of this moment under the row that was in force when the order was paid.

    A rule that cannot be evaluated is a fault, `rule: reason`: never true and never false.
    """
    return judge_by(table, phase, table.resolved(facts.platform, facts.shop, facts.paid_at), facts)


def judge_by(table: RuleTable, phase: Phase, live: Resolved, facts: OrderFacts) -> Ruling:
    """The same, under a row that is known already."""
    findings, faults = _ask_all(table.prepared(phase, _prepare), live, facts)
    return Ruling(
        phase=phase, platform=live.platform, version=table.version, digest=table.digest, engine=ENGINE,
        findings=findings, faults=faults,
    )  # fmt: skip


def _prepare(table: RuleTable, phase: str) -> _Questions:
    rules = tuple(row for row in table.rules if phase in row.at)
    names = frozenset(name for row in rules for name in words_in(row.when)) & NAMES
    facts = of_the_order(names)
    return _Questions(
        rules,
        compile_together([row.when for row in rules], ASKABLE),
        facts,
        tuple(sorted(names - set(facts))),
    )


def _ask_all(
    questions: _Questions, live: Resolved, facts: OrderFacts
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    figures, values = live.values, ask(facts, questions.facts)
    values.update((name, figures[name]) for name in questions.figures if name in figures)
    answers = questions.conditions.ask(values)
    found = tuple(row for row, answer in zip(questions.rules, answers, strict=True) if answer is True)
    faults = tuple(
        f"{row.id}: {answer}"
        for row, answer in zip(questions.rules, answers, strict=True)
        if isinstance(answer, CannotTell)
    )
    return tuple(_finding(row, live, facts) for row in found), faults


def _finding(row: RuleRow, live: Resolved, facts: OrderFacts) -> Finding:
    values, platform = _named(row, live, facts), live.rules.name
    said = fill(row.message, values, platform)
    remedy = fill(row.remedy, values, platform) if row.remedy else _NO_WORDS
    value = (
        fill(Words(zh=row.value, en=row.value), values, platform).zh
        if row.action is Action.TAG
        else row.value
    )
    return Finding(
        rule=row.id, action=row.action, severity=row.severity, value=value, zh=said.zh, en=said.en,
        remedy_zh=remedy.zh, remedy_en=remedy.en,
    )  # fmt: skip


def _named(row: RuleRow, live: Resolved, facts: OrderFacts) -> dict[str, object]:
    """Return the values of what a rule's texts name; what has none now is left out."""
    texts = (
        row.message.zh,
        row.message.en,
        row.value,
        *((row.remedy.zh, row.remedy.en) if row.remedy else ()),
    )
    names = frozenset[str]().union(*map(named, texts))
    values = ask(facts, of_the_order(names))
    values.update((name, live.values[name]) for name in names if name in live.values)
    return values

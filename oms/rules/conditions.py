"""Reading the clock's rungs and the rules, whose conditions must fit together before anybody lives by them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from oms.domain.deadlines import Step
from oms.domain.holds import HoldReason
from oms.domain.rulings import Action, Phase, Severity
from oms.rules import readers, wording
from oms.rules.asking import ASKABLE, UNKNOWN_AT
from oms.rules.document import Path
from oms.rules.engine import BadExpression, Kind, compile_condition, words_in
from oms.rules.figures import FIGURES
from oms.rules.layers import grade, read_words
from oms.rules.problems import Wrong
from oms.rules.row import Words
from oms.rules.rows import ClockRow, RuleRow
from oms.rules.sheet import Sheet

STEPS = (Step.REMIND, Step.WARN, Step.ESCALATE, Step.ESCALATE_FURTHER, Step.LOCK, Step.LATE)
PEOPLE = ("operations", "service", "supervisor", "manager")
NO_TIME = "0m"
_CLOCK = ("id", "step", "at", "strictly", "no_later_than_ship_by", "to", "severity", "text")
_RULE = ("id", "at", "when", "action", "value", "severity", "message", "remedy", "evidence")
_ID = re.compile(r"[a-z][a-z0-9-]{1,60}", re.ASCII)
_R = TypeVar("_R", ClockRow, RuleRow)
_severity = readers.choice(get_args(Severity))
_step = readers.choice([step.value for step in STEPS])
_anchors: Mapping[str, readers.Read] = {
    "before": readers.choice(("ship_by",)),
    "after": readers.choice(("ship_by", "paid", "escalate")),
}


def _identity(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Wrong("expected an id in lower case, as in key-order", "应为小写编号，如 key-order")
    return value


def _once(sheet: Sheet, path: Path, name: str, known: set[str]) -> None:
    if name in known:
        sheet.wrong((*path, "id"), f"{name} stands twice", f"{name} 重复")
    known.add(name)


def read_clock(sheet: Sheet, value: object) -> tuple[ClockRow, ...]:
    """Read the rungs."""
    rows = _rows(sheet, "clock", value, _rung)
    first = [row for row in rows if row.step is Step.ESCALATE]
    for number, row in enumerate(rows):
        if row.anchor == "escalate" and (len(first) != 1 or row is first[0]):
            sheet.wrong(
                ("clock", number, "at"),
                "there must be one other rung that escalates",
                "必须恰有另一个 escalate 步骤",
            )
    return tuple(rows)


def _rung(sheet: Sheet, path: Path, value: object) -> ClockRow | None:
    said = sheet.mapping(path, value, _CLOCK, needed=("id", "step", "at", "to", "severity", "text"))
    before = len(sheet.problems)
    side, anchor, by = _moment(sheet, (*path, "at"), said.get("at", {}))
    read = {
        name: sheet.take((*path, name), said[name], how)
        for name, how in {
            "id": _identity, "step": _step, "to": readers.choice(PEOPLE), "severity": _severity,
            "strictly": readers.flag, "no_later_than_ship_by": readers.flag,
        }.items()
        if name in said
    }  # fmt: skip
    text = _message(sheet, (*path, "text"), said.get("text"), _figure_names())
    if len(sheet.problems) > before or not set(read) >= {"id", "step", "to", "severity"}:
        return None
    return ClockRow.model_validate(read | {"side": side, "anchor": anchor, "by": by, "text": text})


def _figure_names() -> frozenset[str]:
    return frozenset(figure.variable for figure in FIGURES.values() if figure.kind)


def _moment(sheet: Sheet, path: Path, value: object) -> tuple[str, object, str]:
    said = sheet.mapping(path, value, ("before", "after", "by"), needed=("by",))
    sides = [side for side in ("before", "after") if side in said]
    if isinstance(value, dict) and len(sides) != 1:
        sheet.wrong(path, "expected either before or after", "before 与 after 必须恰有其一")
        return "", "", ""
    side = sides[0] if sides else ""
    anchor = sheet.take((*path, side), said[side], _anchors[side]) if side else ""
    by = sheet.take((*path, "by"), said["by"], _by) if "by" in said else ""
    return side, anchor, by or ""


def _by(value: object) -> str:
    if value == NO_TIME:
        return ""
    figure = FIGURES.get(value) if isinstance(value, str) else None
    if figure is None or not figure.is_duration or figure.kind is None:
        raise Wrong(
            f"expected a duration's path, as in ship.escalate_after, or {NO_TIME}",
            f"应为时长项的路径，如 ship.escalate_after，或 {NO_TIME}",
        )
    return figure.path


def _message(sheet: Sheet, path: Path, value: object, known: frozenset[str]) -> Words:
    words = read_words(sheet, path, value)
    for language, template in (("zh", words.zh), ("en", words.en)):
        _check_template(sheet, (*path, language), template, known)
    return words


def _check_template(sheet: Sheet, path: Path, template: str, known: frozenset[str]) -> None:
    try:
        wording.check(template, known)
    except Wrong as fault:
        sheet.wrong(path, fault.en, fault.zh, column=fault.column)


def read_rules(sheet: Sheet, value: object) -> tuple[RuleRow, ...]:
    """Read the rules; every condition is compiled, so that a typing error is found now and not at night."""
    return tuple(_rows(sheet, "rules", value, _rule))


def _rows(
    sheet: Sheet, name: str, value: object, read: Callable[[Sheet, Path, object], _R | None]
) -> list[_R]:
    """Read a list of rows, each with an id that no other has."""
    rows, known = [], set[str]()
    for number, each in enumerate(sheet.listed((name,), value)):
        path: Path = (name, number)
        row = read(sheet, path, each)
        if row is not None:
            _once(sheet, path, row.id, known)
            rows.append(row)
    return rows


def _rule(sheet: Sheet, path: Path, value: object) -> RuleRow | None:
    needed = tuple(name for name in _RULE if name not in {"value", "remedy"})
    said, before = sheet.mapping(path, value, _RULE, needed=needed), len(sheet.problems)
    read: dict[str, Any] = {
        name: sheet.take((*path, name), said[name], how)
        for name, how in {
            "id": _identity, "action": readers.choice([each.value for each in Action]), "severity": _severity,
            "evidence": grade, "when": readers.text, "value": readers.text,
        }.items()
        if name in said
    }  # fmt: skip
    phases = [
        sheet.take((*path, "at", number), each, readers.choice([phase.value for phase in Phase]))
        for number, each in enumerate(sheet.listed((*path, "at"), said.get("at", [])))
    ]
    if said.get("at") == []:
        sheet.wrong((*path, "at"), "names no moment", "未指定任何时点")
    for name in ("message", "remedy"):
        if name in said:
            read[name] = _message(sheet, (*path, name), said[name], frozenset(ASKABLE))
    if isinstance(read.get("when"), str):
        _check_condition(sheet, (*path, "when"), read["when"], phases)
    _check_action(sheet, path, read, phases)
    whole = set(said) >= set(needed)
    return RuleRow.model_validate(read | {"at": phases}) if whole and len(sheet.problems) == before else None


def _check_condition(sheet: Sheet, path: Path, when: str, phases: list[str | None]) -> None:
    try:
        compile_condition(when, ASKABLE)
    except BadExpression as fault:
        sheet.wrong(path, fault.en, fault.zh, column=fault.column - 1 if fault.line == 1 else 0)
    for phase in (Phase(each) for each in phases if each):
        for name in sorted(words_in(when) & UNKNOWN_AT[phase]):
            sheet.wrong(
                path,
                f"{name} is not known at {phase}",
                f"{phase} 时点无法得知 {name}",
                column=when.find(name),
            )


def _check_action(sheet: Sheet, path: Path, read: dict[str, Any], phases: list[str | None]) -> None:
    """A tag has its words, a review its hold; both belong to a paid order, a block to the gate."""
    action, value = read.get("action"), read.get("value") or ""
    if action in {Action.TAG, Action.REVIEW} and "value" not in read:
        sheet.wrong(
            (*path, "value"), "is missing: what to say or hold for", "缺少 value：标签或挂起原因", at_key=True
        )
    if action == Action.REVIEW and value and value not in set(HoldReason):
        reasons = ", ".join(HoldReason)
        sheet.wrong((*path, "value"), f"expected one of {reasons}", f"应为其中之一：{reasons}")
    if action == Action.TAG and value:
        known = {name for name, kind in ASKABLE.items() if kind is Kind.TEXT}
        _check_template(sheet, (*path, "value"), value, frozenset(known))
    gate = {Phase.RELEASE, Phase.PUSH}
    if action == Action.BLOCK and set(phases) - gate:
        sheet.wrong(
            (*path, "at"), "only the gate blocks: release and push", "只有 release 与 push 时点可以拦截"
        )
    if action in {Action.TAG, Action.REVIEW} and set(phases) & gate:
        sheet.wrong(
            (*path, "at"), f"a {action} is given when the order is paid", f"{action} 只能用于 paid 时点"
        )

"""The staff guide (R23): the table in words, from the same figures that orders live by."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from oms.domain.deadlines import Step
from oms.domain.model import Fact, Moment
from oms.domain.rulings import Action, Phase
from oms.rules.figure_words import FACT_WORDS, Lang, block_label, by_lang, figure_label, said
from oms.rules.figures import FIGURES, UNGRADED
from oms.rules.resolving import Resolved
from oms.rules.rows import ClockRow, RuleRow
from oms.rules.table import RuleTable
from oms.rules.wording import fill

OVERVIEW: Mapping[str, tuple[str, str]] = {
    "ship.within": ("发货", "ship within"),
    "ship.waybill_within": ("运单红线", "waybill by"),
    "ship.escalate_after": ("升级主管", "supervisor"),
    "couriers.mode": ("快递", "couriers"),
    "address_change.policy": ("改地址", "address"),
    "waybill_change.until": ("改运单", "waybill change"),
    "review.high_value": ("审核金额", "review from"),
    "tag.key_order_over": ("重点订单", "key order over"),
    "after_sale.answer_within": ("售后答复", "after-sale answer"),
    "complete.after": ("完成", "complete after"),
}
"""What everybody asks first, one column each, and its heading."""
_MAY = "waybill_change.allowed"
NOT_ALLOWED = {"zh": "不允许", "en": "not allowed"}
HIDDEN = {"zh": frozenset({"guide.note_en"}), "en": frozenset({"guide.note_zh"})}
_VARIABLE = re.compile(r"\{(\w+)\}")
_FIGURE_OF: Mapping[str, str] = {figure.variable: path for path, figure in FIGURES.items()}

STEPS: Mapping[str, tuple[str, str]] = {
    Step.REMIND: ("提醒", "reminder"),
    Step.WARN: ("预警", "warning"),
    Step.ESCALATE: ("升级", "escalation"),
    Step.ESCALATE_FURTHER: ("再次升级（无人确认）", "further escalation (nobody acknowledged)"),
    Step.LOCK: ("红色锁定", "red lock"),
    Step.LATE: ("逾期", "late"),
}
PEOPLE: Mapping[str, tuple[str, str]] = {
    "operations": ("运营", "operations"),
    "service": ("客服", "customer service"),
    "supervisor": ("主管", "the supervisor"),
    "manager": ("经理", "the manager"),
    "purchasing": ("采购", "purchasing"),
}
ANCHORS: Mapping[str, tuple[str, str]] = {
    "ship_by": ("发货截止", "the ship-by time"),
    "paid": ("付款", "the payment"),
    "escalate": ("升级主管", "the escalation"),
}
ACTIONS: Mapping[str, tuple[str, str]] = {
    Action.BLOCK: ("禁止发货", "must not ship"),
    Action.REVIEW: ("人工审核", "customer service confirms"),
    Action.TAG: ("标记", "is marked"),
}
PHASES: Mapping[str, tuple[str, str]] = {
    Phase.PAID: ("付款时", "when paid"),
    Phase.RELEASE: ("审核放行时", "before it is cleared"),
    Phase.PUSH: ("推送仓库前", "before the warehouse is asked"),
}


class Line(Fact):
    """One figure in words."""

    path: str
    label: str
    value: str
    grade: str = ""
    unsure: bool = False
    """待确认: an assumption, or one undated source."""
    source: str = ""
    """The row it comes from."""


class Section(Fact):
    """The figures of one block."""

    label: str
    lines: tuple[Line, ...]


class Rung(Fact):
    """One step of the clock, for one platform."""

    id: str
    step: str
    when: str
    to: str
    text: str
    severity: str


class PlatformGuide(Fact):
    """All there is to know of one platform."""

    key: str
    name: str
    overview: tuple[Line, ...]
    sections: tuple[Section, ...]
    ladder: tuple[Rung, ...]


class RuleGuide(Fact):
    """One rule: what is so, what happens then, what a person can do."""

    id: str
    when: str
    does: str
    message: str
    remedy: str
    severity: str
    condition: str
    grade: str
    unsure: bool


class Guide(Fact):
    """The whole table in one language."""

    lang: Lang
    version: str
    digest: str
    at: Moment
    platforms: tuple[PlatformGuide, ...]
    rules: tuple[RuleGuide, ...]
    campaigns: tuple[str, ...]


def guide(table: RuleTable, lang: Lang, at: datetime, platforms: Iterable[str] = (), shop: str = "") -> Guide:
    """Write the table down as it is at a moment, for all platforms or some; `shop`: with that shop's overlay."""
    chosen = tuple(platforms) or tuple(table.platforms)
    return Guide(
        lang=lang, version=table.version, digest=table.digest, at=at,
        platforms=tuple(_platform(table, key, shop, lang, at) for key in chosen),
        rules=tuple(_rule(row, lang) for row in table.rules),
        campaigns=tuple(
            f"{by_lang(each.name, lang)} ({each.id})" for each in table.campaigns if each.holds_at(at)
        ),
    )  # fmt: skip


def _platform(table: RuleTable, key: str, shop: str, lang: Lang, at: datetime) -> PlatformGuide:
    resolved = table.resolved(key, shop, at)
    lines = {line.path: line for line in _lines(resolved, lang)}
    blocks: dict[str, list[Line]] = {}
    for path, line in lines.items():
        blocks.setdefault(path.partition(".")[0], []).append(line)
    return PlatformGuide(
        key=key, name=by_lang(resolved.rules.name, lang), overview=tuple(_glance(lines, path, lang) for path in OVERVIEW),
        sections=tuple(Section(label=block_label(block, lang), lines=tuple(own)) for block, own in blocks.items()),
        ladder=tuple(rung for each in table.clock if (rung := _rung(each, resolved, lang))),
    )  # fmt: skip


def _glance(lines: Mapping[str, Line], path: str, lang: Lang) -> Line:
    """Return a figure under its short heading; couriers with their names."""
    line, value = lines[path], lines[path].value
    if path == "waybill_change.until" and lines[_MAY].value == said(_MAY, False, lang):
        line, value = lines[_MAY], NOT_ALLOWED[lang]
    names = lines["couriers.names"].value if path == "couriers.mode" else ""
    if names and names != said(path, None, lang):
        value = f"{value}: {names}"
    return line.model_copy(update={"label": _said(OVERVIEW, path, lang), "value": value})


def _lines(resolved: Resolved, lang: Lang) -> Iterable[Line]:
    row = resolved.rules
    for path in FIGURES:
        value = resolved.figures[path]
        if path.startswith("name.") or path in HIDDEN[lang]:
            continue
        yield Line(
            path=path, label=figure_label(path, lang), value=said(path, value, lang), unsure=row.unsure(path),
            grade="" if path in UNGRADED else row.evidence.get(path, ""), source=row.sources.get(path, ""),
        )  # fmt: skip


def _rung(clock: ClockRow, resolved: Resolved, lang: Lang) -> Rung | None:
    """Say when a rung is reached; None where the platform has no such figure."""
    by = resolved.figures[clock.by] if clock.by else None
    if clock.by and by is None:
        return None
    length = said(clock.by, by, lang) if clock.by else ""
    return Rung(
        id=clock.id, step=_said(STEPS, clock.step, lang), when=_when(clock, length, lang),
        to=_said(PEOPLE, clock.to, lang), text=by_lang(fill(clock.text, resolved.values, resolved.rules.name), lang), severity=clock.severity,
    )  # fmt: skip


def _when(clock: ClockRow, length: str, lang: Lang) -> str:
    anchor = _said(ANCHORS, clock.anchor, lang)
    capped = clock.no_later_than_ship_by
    if lang == "zh":
        side = "前" if clock.side == "before" else "超过" if clock.strictly else "满"
        words = f"{anchor}{side}{' ' if length else ''}{length}" if length else f"{anchor}时间已过"
        return f"{words}（不晚于发货截止）" if capped else words
    more = "more than " if clock.strictly and length else ""
    words = f"{more}{length} {clock.side} {anchor}" if length else f"{anchor} has passed"
    return f"{words}, not later than the ship-by time" if capped else words


def _rule(rule: RuleRow, lang: Lang) -> RuleGuide:
    does = _said(ACTIONS, rule.action, lang)
    return RuleGuide(
        id=rule.id, when=("、" if lang == "zh" else ", ").join(_said(PHASES, phase, lang) for phase in rule.at),
        does=f"{does}: {_readable(rule.value, lang)}" if rule.action is Action.TAG else does, message=_readable(by_lang(rule.message, lang), lang),
        remedy=_readable(by_lang(rule.remedy, lang), lang) if rule.remedy else "", severity=rule.severity,
        condition=rule.when, grade=rule.evidence, unsure=rule.evidence in {"C", "D"},
    )  # fmt: skip


def _readable(template: str, lang: Lang) -> str:
    """Write what a message will name as its name in brackets: no order is at hand."""

    def name(found: re.Match[str]) -> str:
        path = _FIGURE_OF.get(found[1])
        known = FACT_WORDS.get(found[1])
        words = figure_label(path, lang) if path else known[lang] if known else found[1]
        return f"〈{words}〉" if lang == "zh" else f"<{words}>"

    return _VARIABLE.sub(name, template)


def _said(words: Mapping[str, tuple[str, str]], key: str, lang: Lang) -> str:
    zh, en = words.get(key, (key, key))
    return zh if lang == "zh" else en

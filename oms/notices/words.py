"""The words of alerts, in Chinese and English: of one, of a digest, of a test; nothing personal in any."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from oms.domain.alerting import AlertState, Word
from oms.domain.alerts import AlertKind
from oms.domain.card import clock

Language = Literal["zh", "en"]
FIRST_NAMED = 5
"""So many alerts of a digest are named, the gravest first; the rest is counted."""
GRAVEST = ("red", "warning", "info")
Both = Mapping[Language, str]

KINDS: Mapping[str, Both] = {
    AlertKind.PULLS_FAILING: {"zh": "拉单连续失败", "en": "orders cannot be fetched"},
    AlertKind.CURSOR_OLD: {"zh": "拉单进度停滞", "en": "fetching stands still"},
    AlertKind.OUT_OF_STOCK: {"zh": "缺货，请补货", "en": "out of stock, please replenish"},
    AlertKind.SLA: {"zh": "发货时效预警", "en": "an order waits too long"},
    AlertKind.RED_LOCK: {"zh": "红线锁单，需人工解锁", "en": "red lock, a person must lift it"},
    AlertKind.INTERFACE_RETIRED: {"zh": "接口已下线", "en": "an interface is retired"},
    AlertKind.INTERFACE_UNHEALTHY: {"zh": "接口异常", "en": "an interface is unhealthy"},
    AlertKind.SHAPE_CHANGED: {"zh": "接口返回结构变化", "en": "an interface answers in another shape"},
    AlertKind.EXPIRY: {"zh": "即将到期", "en": "something expires"},
    AlertKind.CANARY: {"zh": "流程引擎无响应", "en": "the engine does not answer"},
    AlertKind.ORDER: {"zh": "订单需人工处理", "en": "an order needs a person"},
    AlertKind.OTHER: {"zh": "其他", "en": "something else"},
}
SEVERITIES: Mapping[str, Both] = {
    "red": {"zh": "紧急", "en": "RED"},
    "warning": {"zh": "警告", "en": "warning"},
    "info": {"zh": "提示", "en": "info"},
}
WORDS: Mapping[Word, Both] = {
    "opened": {"zh": "新告警", "en": "alert"},
    "raised": {"zh": "告警升级", "en": "graver now"},
    "escalated": {"zh": "无人确认，转给您", "en": "nobody has acknowledged: over to you"},
    "closed": {"zh": "已恢复", "en": "over"},
}
_FIELDS: Mapping[str, Both] = {
    "shop": {"zh": "店铺", "en": "shop"},
    "order": {"zh": "订单", "en": "order"},
    "interface": {"zh": "接口", "en": "interface"},
    "since": {"zh": "开始", "en": "since"},
    "how_long": {"zh": "持续", "en": "lasted"},
    "acknowledged": {"zh": "确认人", "en": "acknowledged by"},
    "nobody": {"zh": "无人确认", "en": "nobody"},
    "orders": {"zh": "涉及订单", "en": "orders concerned"},
    "why": {"zh": "结束原因", "en": "ended because"},
    "do": {"zh": "确认", "en": "acknowledge"},
}


class Text(NamedTuple):
    """A notice as one person reads it."""

    title: str
    text: str


def alert_text(state: AlertState, word: Word, language: Language, at: datetime) -> Text:
    """Say what is so, since when, and how to acknowledge it; or that it is over, and what it was."""
    condition = state.condition
    head = f"[{SEVERITIES[condition.severity][language]}] {WORDS[word][language]}"
    title = f"{head}: {KINDS[condition.kind][language]} · {condition.title}"
    facts = {
        "shop": condition.shop, "order": condition.order, "interface": condition.interface,
        "since": clock(condition.since),
    }  # fmt: skip
    if word == "closed":
        return Text(title, _lines(facts | _summary(state, language, at), language))
    command = f"starter.py alerts acknowledge {condition.key} --by … --why …"
    return Text(title, f"{condition.body}\n{_lines({**facts, 'do': command}, language)}")


def _summary(state: AlertState, language: Language, at: datetime) -> dict[str, str]:
    ended = state.over.at if state.over else at
    return {
        "how_long": lasted(ended - state.condition.since, language),
        "acknowledged": state.acknowledged_by or _FIELDS["nobody"][language],
        "orders": "" if state.orders is None else str(state.orders),
        "why": state.over.why if state.over else "",
    }


def _lines(facts: Mapping[str, str], language: Language) -> str:
    return "\n".join(f"{_FIELDS[name][language]}: {text}" for name, text in facts.items() if text)


def lasted(how_long: timedelta, language: Language = "en") -> str:
    """Say how long: `2 h 5 min`, `2 小时 5 分`."""
    minutes = max(round(how_long.total_seconds() / 60), 0)
    hours, rest = divmod(minutes, 60)
    hour, minute = ("小时", "分") if language == "zh" else ("h", "min")
    return f"{hours} {hour} {rest} {minute}" if hours else f"{rest} {minute}"


class Told(NamedTuple):
    """One of many alerts, as far as a digest is concerned."""

    kind: str
    shop: str
    severity: str
    word: str
    title: str


def digest_text(many: Sequence[Told], language: Language) -> Text:
    """Say many alerts at once: how many of which kind at which shop, and the first few by name."""
    many = sorted(many, key=lambda one: GRAVEST.index(one.severity))
    worst = SEVERITIES[many[0].severity][language]
    counted = Counter((one.kind, one.shop, one.word) for one in many)
    rows = [
        f"{count} × {KINDS[AlertKind(kind)][language]}{f' · {shop}' if shop else ''} ({_word(word, language)})"
        for (kind, shop, word), count in counted.most_common(20)
    ]
    more = len(counted) - len(rows)
    named = [f"- {one.title}" for one in many[:FIRST_NAMED]]
    head = (
        f"[{worst}] {len(many)} 条告警汇总" if language == "zh" else f"[{worst}] {len(many)} alerts together"
    )
    other = [f"… +{more}"] if more > 0 else []
    return Text(head, "\n".join([*rows, *other, "", *named, "", "starter.py alerts list --open"]))


def _word(word: str, language: Language) -> str:
    return next((both[language] for name, both in WORDS.items() if name == word), word)


def trial_text(person: str, language: Language) -> Text:
    """Say that this is a test, and to whom."""
    if language == "zh":
        return Text(
            "[测试] Orderloom 告警通道测试", f"{person}：能看到这条消息，说明告警可以送达您，无需处理。"
        )
    return Text(
        "[test] Orderloom alerts", f"{person}: that you read this means that alerts reach you. Nothing to do."
    )

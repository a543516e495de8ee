"""What the report's files say, in Chinese and English."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from oms.domain.stages import Stage
from oms.violations.incidents import UNKNOWN
from oms.violations.kinds import Kind, Weight
from oms.violations.report import Fine, Report

Language = Literal["zh", "en"]


class Said(NamedTuple):
    """One thing in both languages."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """In one of them."""
        return self.zh if language == "zh" else self.en


KINDS: Mapping[str, Said] = {
    Kind.LATE: Said("超时未发货", "shipped late or not at all"),
    Kind.COURIER: Said("使用平台禁用的快递", "a courier the platform forbids"),
    Kind.FALSE_SHIPMENT: Said("无揽收记录，虚假发货风险", "no first scan: false-shipment risk"),
    Kind.AGAINST_GATE: Said("未过合规关即发货", "shipped against the gate"),
    Kind.GATE_REFUSED: Said("合规关拦截", "stopped at the gate"),
    Kind.GATE_UNSURE: Said("合规关无法判断", "the gate could not tell"),
    Kind.ADDRESS_REFUSED: Said("拒绝改址", "another address refused"),
    Kind.WAYBILL_REFUSED: Said("拒绝改运单", "another waybill refused"),
    Kind.REMINDED: Said("提醒后按时发货", "in time after a reminder"),
    Kind.WARNED: Said("预警后按时发货", "in time after a warning"),
    Kind.ESCALATED: Said("升级主管后按时发货", "in time after the supervisor was told"),
    Kind.ESCALATED_FURTHER: Said("再次升级后按时发货", "in time after a second escalation"),
    Kind.LOCKED: Said("红锁解除后按时发货", "in time after a red lock"),
}
STEPS: Mapping[str, Said] = {
    Stage.RECEIVED: Said("已接收", "received"),
    Stage.AWAITING_PAYMENT: Said("待付款", "awaiting payment"),
    Stage.ACCEPTED: Said("已接单，待占库存", "accepted, waiting for stock"),
    Stage.ALLOCATED: Said("已占库存，待审核", "allocated, in review"),
    Stage.CLEARED: Said("已审核", "cleared"),
    Stage.RELEASED: Said("已下发仓库，待发货", "released, waiting for the warehouse"),
    Stage.SHIPPED: Said("已发货，待揽收", "shipped, waiting for the carrier"),
    Stage.IN_TRANSIT: Said("运输中", "in transit"),
    Stage.DELIVERED: Said("已签收", "delivered"),
    Stage.COMPLETED: Said("已完成", "completed"),
    Stage.CANCELLED: Said("已取消", "cancelled"),
    Stage.CLOSED: Said("已关闭", "closed"),
    UNKNOWN: Said("未记录", "not recorded"),
}
WEIGHTS: Mapping[str, Said] = {
    Weight.VIOLATION: Said("违规", "violation"),
    Weight.NEAR_MISS: Said("险情", "near miss"),
}
WORDS: Mapping[str, Said] = {
    "title": Said("平台规则违规预警周报", "Violations of platform rules: early warning"),
    "period": Said("期间", "period"),
    "made": Said("生成时间", "made"),
    "table": Said("规则表版本", "rule table"),
    "zone": Said("时间为北京时间", "times are Asia/Shanghai"),
    "violations": Said("违规", "violations"),
    "near_misses": Said("险情", "near misses"),
    "before": Said("上期", "before"),
    "change": Said("变化", "change"),
    "open": Said("仍在处理（已报警、未发货）", "still open (alarm raised, not shipped)"),
    "orders": Said("在途订单", "orders under way"),
    "created": Said("新订单", "new orders"),
    "concerned": Said("有违规的订单", "orders with a violation"),
    "share": Said("占全部在途订单", "share of orders under way"),
    "estimate": Said("预估罚款（仅估算，不入账）", "estimated fines (an estimate, never booked)"),
    "by_kind": Said("按类型", "By kind"),
    "by_rule": Said("按规则", "By rule"),
    "by_platform": Said("按平台", "By platform"),
    "by_shop": Said("按店铺", "By shop"),
    "by_step": Said("按环节", "By step"),
    "by_hour": Said("按小时", "By hour of day"),
    "by_day": Said("趋势（按天）", "Trend, day by day"),
    "incidents": Said("订单明细", "Orders"),
    "summary": Said("概览", "Summary"),
    "trend": Said("趋势", "Trend"),
    "fines": Said("预估罚款", "Estimated fines"),
    "platforms_and_shops": Said("按平台与店铺", "By platform and shop"),
    "rule": Said("规则", "rule"),
    "kind": Said("类型", "kind"),
    "weight": Said("程度", "weight"),
    "platform": Said("平台", "platform"),
    "shop": Said("店铺", "shop"),
    "step": Said("环节", "step"),
    "hour": Said("小时", "hour"),
    "day": Said("日期", "day"),
    "order": Said("订单", "order"),
    "at": Said("时间", "when"),
    "times": Said("次数", "times"),
    "why": Said("原因", "why"),
    "version": Said("规则版本", "rule version"),
    "total": Said("合计", "total"),
    "priced": Said("有金额依据", "with a figure"),
    "yuan": Said("预估（元）", "estimate (yuan)"),
    "grade": Said("证据等级", "evidence"),
    "to_confirm": Said("待确认", "待确认 to be confirmed"),
    "no_figure": Said("无公开金额", "no figure known"),
    "estimate_note": Said(
        "罚款按规则表 penalty 估算。各平台均无公开的现行罚款标准，所有金额仅为估算；证据等级为 C、D 的数字待确认。本报告不产生任何账务。",
        "Fines follow the table's `penalty`. No platform's present tariff is public: all amounts are estimates, those of "
        "grade C or D yet to be confirmed (待确认), and nothing of this is ever booked.",
    ),
    "counting_note": Said(
        "同一订单、同一规则在期间内只计一次。险情：被合规关拦下，或报警后仍按时发货。",
        "Each order and rule counts once a period. A near miss was stopped by the gate, or left in time after an alarm.",
    ),
    "cut": Said("明细仅列前若干行，完整内容见 JSON", "only the first rows are listed; the JSON holds all"),
    "nothing": Said("本期没有违规，也没有险情", "no violation and no near miss in this period"),
}


def say(name: str, language: Language) -> str:
    """Return a word of the report."""
    return WORDS[name].in_(language)


def kind(name: str, language: Language) -> str:
    """Name a kind of incident."""
    return KINDS[name].in_(language)


def step(name: str, language: Language) -> str:
    """Name a step of an order's way, with the word the rest of the system uses; an unknown one as it is."""
    return f"{STEPS[name].in_(language)} ({name})" if name in STEPS else name


def worst(report: Report, language: Language) -> str:
    """Say in a sentence which step fails most."""
    found = report.worst
    if found is None:
        return f"{say('nothing', language)}{'。' if language == 'zh' else '.'}"
    what = say("near_misses" if found.near else "violations", language)
    where, share = step(found.step, language), f"{found.count / found.of:.0%}"
    if language == "zh":
        return f"最常出问题的环节：{where}，{found.of} 起{what}中的 {found.count} 起（{share}），多因规则 {found.rule}。"
    return (
        f"The step that fails most: {where}, with {found.count} of {found.of} {what} ({share}), "
        f"mostly by rule {found.rule}."
    )


def grade(fine: Fine, language: Language) -> str:
    """Say how well the figure of a fine is known."""
    if not fine.grade:
        return say("no_figure", language)
    return f"{fine.grade} · {say('to_confirm', language)}" if fine.to_confirm else fine.grade

"""What each figure of the table is called by people, and how its value is said, in Chinese and English."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from oms.domain.money import fen_to_yuan
from oms.rules.figures import FIGURES
from oms.rules.row import Words
from oms.rules.wording import duration_words

Lang = Literal["zh", "en"]
Both = Mapping[Lang, str]


def _both(zh: str, en: str) -> Both:
    return {"zh": zh, "en": en}


BLOCK_WORDS: Mapping[str, Both] = {
    "name": _both("名称", "Name"),
    "ship": _both("发货时效", "Shipping"),
    "payment": _both("付款", "Payment"),
    "complete": _both("订单完成", "Completion"),
    "parcel": _both("物流轨迹", "Parcel on its way"),
    "couriers": _both("快递", "Couriers"),
    "address_change": _both("修改地址", "Another address"),
    "waybill_change": _both("修改运单号", "Another waybill"),
    "review": _both("人工审核", "Confirmed by customer service first"),
    "tag": _both("标记", "Marks"),
    "after_sale": _both("售后", "After-sales"),
    "in_flight": _both("规则变更时", "When the rules change"),
    "penalty": _both("违规费用（估算，非实际入账）", "What a violation may cost (estimates, never booked)"),
    "guide": _both("须知", "Good to know"),
}

FIGURE_WORDS: Mapping[str, Both] = {
    "name.zh": _both("中文名", "in Chinese"),
    "name.en": _both("英文名", "in English"),
    "ship.within": _both("付款后发货时限", "ship within, from the payment"),
    "ship.calendar": _both("计时日历", "days that count"),
    "ship.ahead": _both("内部红线比平台时限提前", "our red line before the platform's own time"),
    "ship.combine": _both("平台时限与本表时限如何取舍", "the platform's time for the order, or ours"),
    "ship.remind_before": _both("截止前多久提醒", "reminder before the deadline"),
    "ship.warn_before": _both("截止前多久预警", "warning before the deadline"),
    "ship.escalate_after": _both("待发货超过多久升级主管", "awaiting shipment longer than: the supervisor"),
    "ship.further_after": _both("升级后无人确认，多久再升级", "nobody acknowledges: further up after"),
    "ship.waybill_within": _both("运单号分配红线（超时锁定）", "red line without a waybill (then locked)"),
    "payment.confirm_within": _both("两路付款信息多久内互相印证", "both ways tell of the payment within"),
    "complete.after": _both("发货后多久且已签收，内部标记完成", "complete when signed for, and shipped longer ago than"),
    "parcel.first_scan_within": _both("发货后多久须有揽收记录", "first scan after shipping within"),
    "parcel.silent_after": _both("多久无轨迹更新则查询快递", "no scan for so long: the carrier is asked"),
    "parcel.query_again_after": _both("仍无更新，多久后再查", "still nothing: asked again after"),
    "couriers.mode": _both("快递限制", "who may carry it"),
    "couriers.names": _both("涉及的快递", "couriers concerned"),
    "address_change.policy": _both("能否改地址", "may the address change"),
    "address_change.until": _both("最晚何时", "until"),
    "address_change.max_changes": _both("最多几次", "at most so often"),
    "waybill_change.allowed": _both("能否改运单号", "may the waybill change"),
    "waybill_change.within": _both("发货后多久内", "after shipping within"),
    "waybill_change.until": _both("最晚何时", "until"),
    "waybill_change.max_changes": _both("最多几次", "at most so often"),
    "review.high_value": _both("订单金额达到多少须确认", "orders from this total on"),
    "review.first_buyer": _both("新客首单须确认", "a buyer's first order"),
    "review.remark": _both("有买家留言须确认", "orders with a buyer's remark"),
    "tag.key_order_over": _both("金额超过多少为重点订单", "key orders: above this total"),
    "tag.key_order": _both("重点订单标记", "their mark"),
    "after_sale.answer_within": _both("售后申请须在多久内答复", "the buyer is answered within"),
    "after_sale.remind_before": _both("答复截止前多久提醒", "reminder before that"),
    "after_sale.auto_agree_before_shipping": _both("未发货退款自动同意", "money back before shipping: agreed by itself"),
    "after_sale.auto_agree_below": _both("低于多少的仅退款自动同意", "money back without goods below: agreed by itself"),
    "after_sale.chase_after": _both("多久无进展则催办", "no progress for so long: service is told"),
    "after_sale.reopens_within": _both("被拒后多久内可再申请", "a refused buyer may ask again within"),
    "in_flight": _both("在途订单", "orders under way"),
    "penalty.late_ship": _both("延迟发货，每单", "shipped late, an order"),
    "penalty.false_ship": _both("虚假发货，每单", "falsely shipped, an order"),
    "guide.auto_confirm_after": _both("平台自动确认收货（发货后）", "the platform confirms the receipt (after shipping)"),
    "guide.auto_confirm_unsigned_after": _both("未签收时自动确认收货", "the same, when nobody has signed"),
    "guide.sign_lag_max": _both("签收后平台状态最多滞后", "the platform may say “on its way” after the signature"),
    "guide.deadline_field": _both("平台返回截止时间的字段", "the platform's field with the deadline"),
    "guide.counts_as_shipped": _both("何时算已发货", "what counts as shipped"),
    "guide.presale_min": _both("预售最短", "presale, at least"),
    "guide.presale_max": _both("预售最长", "presale, at most"),
    "guide.no_reason_days": _both("无理由退货天数", "days to return without a reason"),
    "guide.delay_negotiation_max": _both("延迟发货最多协商次数", "delays agreed with the buyer, at most"),
    "guide.delay_negotiation_before": _both("须在截止前多久发起协商", "to be asked for before the deadline"),
    "guide.address_self_service_within": _both("下单后多久内买家可自行改地址", "the buyer changes the address alone within"),
    "guide.address_answer_within": _both("改址申请多久不答复视为同意", "no answer for so long means yes to an address"),
    "guide.note_zh": _both("备注", "note (Chinese)"),
    "guide.note_en": _both("备注（英文）", "note"),
}  # fmt: skip
"""Every figure of a row; a test compares them with the row itself."""

FACT_WORDS: Mapping[str, Both] = {
    "platform_name": _both("平台", "the platform"),
    "platform": _both("平台", "the platform"),
    "shop": _both("店铺", "the shop"),
    "stage": _both("订单阶段", "its stage"),
    "payment": _both("付款状态", "its payment"),
    "platform_status": _both("平台状态", "the platform's status"),
    "platform_word": _both("平台原文状态", "the platform's own word"),
    "sale": _both("销售方式", "how it was sold"),
    "province": _both("省份", "the province"),
    "courier": _both("快递", "the courier"),
    "couriers_mode": _both("平台对该单的快递要求", "what the platform demands of the courier"),
    "couriers_names": _both("平台对该单所列快递", "the couriers it names"),
    "total_fen": _both("订单金额", "the total"),
    "refunded_fen": _both("已退金额", "what was paid back"),
    "lines": _both("商品行数", "lines"),
    "pieces": _both("件数", "pieces"),
    "address_changes": _both("已改地址次数", "changes of the address"),
    "waybill_changes": _both("已改运单次数", "changes of the waybill"),
    "has_remark": _both("有留言", "has a remark"),
    "first_buyer": _both("首次购买", "a first order"),
    "has_receiver": _both("有收件信息", "has a receiver"),
    "platform_risk": _both("平台风控", "under the platform's risk control"),
    "refund_open": _both("退款中", "a refund is open"),
    "has_waybill": _both("已有运单号", "has a waybill"),
    "lock_lifted": _both("已解锁", "was unlocked"),
    "since_paid_s": _both("付款至今", "time since the payment"),
    "since_created_s": _both("下单至今", "time since the order"),
    "has_ship_by": _both("有发货截止", "has a ship-by time"),
    "to_ship_by_s": _both("距发货截止", "time to the ship-by moment"),
    "until_ship_from_s": _both("距可发货日", "time to the first day of shipping"),
}  # fmt: skip
"""What rules ask of an order; a test compares them with what may be asked."""

_CHOICES: Mapping[str, Both] = {
    "every_day": _both("每天", "every day"),
    "workdays": _both("仅工作日", "Chinese workdays only"),
    "strictest_for_spot": _both("现货取较早者；预售、协商以平台为准", "spot: the earlier; presale, negotiated: the platform's"),
    "strictest": _both("取较早者", "the earlier"),
    "platform_only": _both("以平台为准", "the platform's"),
    "free": _both("不限", "free"),
    "only": _both("仅限所列", "only those named"),
    "except": _both("所列不可用", "all but those named"),
    "advisory": _both("建议用所列", "those named are advised"),
    "approval": _both("须商家同意", "with our approval"),
    "forbidden": _both("禁止", "forbidden"),
    "before_release": _both("下发仓库前", "before the warehouse has it"),
    "before_waybill": _both("分配运单号前", "before it has a waybill"),
    "before_ship": _both("发货前", "before it ships"),
    "before_first_scan": _both("揽收前", "before the first scan"),
    "before_sign": _both("签收前", "before it is signed for"),
    "before_complete": _both("订单完成前", "before it is complete"),
    "reevaluate": _both("按新规则重新评估", "judged anew under the new table"),
    "keep": _both("保留原版本规则", "keep the version they were judged by"),
    "waybill_uploaded": _both("上传运单号", "the waybill is uploaded"),
    "first_scan": _both("首次揽收扫描", "the first scan"),
}  # fmt: skip
_ANSWERS: Mapping[bool, Both] = {True: _both("是", "yes"), False: _both("否", "no")}
_NOTHING = _both("无", "none")


def figure_label(path: str, lang: Lang) -> str:
    """Name a figure; one without a name is shown by its path."""
    words = FIGURE_WORDS.get(path)
    return words[lang] if words else path


def block_label(path: str, lang: Lang) -> str:
    """Name the block of a figure."""
    block = path.partition(".")[0]
    words = BLOCK_WORDS.get(block)
    return words[lang] if words else block


def said(path: str, value: object, lang: Lang) -> str:
    """Say a figure's value in words, with its unit."""
    match value:
        case None | ():
            words = _NOTHING[lang]
        case bool():
            words = _ANSWERS[value][lang]
        case timedelta():
            words = by_lang(duration_words(int(value.total_seconds())), lang)
        case int() if path in FIGURES and FIGURES[path].unit == "_fen":
            words = f"¥{fen_to_yuan(value)}"
        case tuple():
            words = ("、" if lang == "zh" else ", ").join(value)
        case str() if value in _CHOICES:
            words = _CHOICES[value][lang]
        case _:
            words = str(value)
    return words


def by_lang(words: Words, lang: Lang) -> str:
    """Choose the language."""
    return words.zh if lang == "zh" else words.en

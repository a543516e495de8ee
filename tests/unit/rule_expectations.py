"""What the rules must do, written by hand from the requirements and the facts: a second account beside the table.

Nothing here is read from the table. Durations are hours unless a name says otherwise; amounts are fen.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.deadlines import Assessment
from oms.domain.rulings import OrderFacts, Phase
from oms.rules.assessment import ShopWays, assess
from oms.rules.judging import judge
from oms.rules.table import RuleTable
from tests.unit.domain_orders import HOUR, KEY, NOON, a_snapshot

PLATFORMS = {
    "tmall", "taobao", "jd_pop", "jd_self", "pdd", "douyin", "kuaishou", "wechat_shop", "wechat_mini",
    "xiaohongshu", "own_shop",
}  # fmt: skip
SECOND_H = 1 / 3600

Rung = tuple[str, str, float, str, str]
USUAL_LADDER: list[Rung] = [
    ("ship-remind", "remind", 44, "operations", "ship.remind_before"),
    ("ship-warn", "warn", 47, "operations", "ship.warn_before"),
    ("ship-escalate", "escalate", 24 + SECOND_H, "supervisor", "ship.escalate_after"),
    ("ship-late", "late", 48 + SECOND_H, "supervisor", "ship.within"),
    ("ship-escalate-further", "escalate_further", 26 + SECOND_H, "manager", "ship.further_after"),
]
DOUYIN_LADDER: list[Rung] = [
    ("ship-remind", "remind", 20, "operations", "ship.remind_before"),
    ("ship-warn", "warn", 23, "operations", "ship.warn_before"),
    ("ship-escalate", "escalate", 12 + SECOND_H, "supervisor", "ship.escalate_after"),
    ("no-waybill-lock", "lock", 12, "supervisor", "ship.waybill_within"),
    ("ship-late", "late", 24 + SECOND_H, "supervisor", "ship.within"),
    ("ship-escalate-further", "escalate_further", 14 + SECOND_H, "manager", "ship.further_after"),
]

PROMISES: list[tuple[str, str, float | None, float | None, float, str]] = [
    ("tmall", "spot", None, None, 48, "rule"), ("tmall", "spot", None, 20, 20, "platform"),
    ("tmall", "spot", None, 90, 48, "rule"), ("tmall", "presale", None, 90, 90, "platform"),
    ("tmall", "presale", 10, 90, 90, "platform"), ("tmall", "presale", 10, None, 58, "estimate"),
    ("tmall", "negotiated", None, 90, 90, "platform"), ("tmall", "negotiated", None, None, 48, "estimate"),
    ("douyin", "spot", None, 30, 24, "rule"), ("douyin", "presale", None, 30, 30, "platform"),
]  # fmt: skip
"""Platform, kind of sale, its first day, the platform's own time; the promise, and who says so."""

REVIEWS: list[tuple[str, int, bool, bool, tuple[str, ...], tuple[str, ...]]] = [
    ("tmall", 50_000, False, False, (), ()), ("tmall", 50_001, False, False, (), ("重点跟踪",)),
    ("tmall", 99_999, False, False, (), ("重点跟踪",)), ("tmall", 100_000, False, False, ("high_value",), ("重点跟踪",)),
    ("tmall", 1, True, False, ("first_buyer",), ()), ("own_shop", 1, True, False, (), ()),
    ("douyin", 1, False, True, (), ()), ("jd_self", 1, True, True, ("first_buyer",), ()),
]  # fmt: skip
"""Platform, total, first purchase, remark; reviews and tags (R6, R8)."""
ADDRESS: Mapping[str, tuple[str, str, int | None]] = {
    "tmall": ("approval", "before_ship", None), "taobao": ("approval", "before_ship", None),
    "jd_pop": ("approval", "before_waybill", None), "jd_self": ("forbidden", "before_waybill", None),
    "pdd": ("approval", "before_waybill", None), "douyin": ("approval", "before_waybill", None),
    "kuaishou": ("approval", "before_waybill", None), "wechat_shop": ("approval", "before_ship", 5),
    "wechat_mini": ("free", "before_waybill", None), "xiaohongshu": ("approval", "before_waybill", None),
    "own_shop": ("free", "before_ship", None),
}  # fmt: skip
WAYBILL: Mapping[str, tuple[bool, int | None, str, int | None]] = {
    "tmall": (True, 24, "before_first_scan", None), "taobao": (True, 24, "before_first_scan", None),
    "jd_self": (False, None, "before_first_scan", None), "pdd": (True, None, "before_sign", None),
    "wechat_shop": (True, None, "before_complete", 3), "wechat_mini": (True, None, "before_complete", 1),
}  # fmt: skip
USUAL_WAYBILL = (True, None, "before_first_scan", None)
COURIERS = {"jd_self": CourierTerms(mode=CourierMode.ONLY, names=("jd",))}
PENALTIES = {"pdd": (300, 2000)}
IN_PLACE: Mapping[str, set[str]] = {
    "tmall": {"ship.within", "address_change.policy", "address_change.until"},
    "jd_self": {"couriers.mode", "couriers.names", "address_change.policy"},
    "pdd": {"ship.within"}, "douyin": {"ship.within", "ship.escalate_after", "ship.waybill_within"},
    "kuaishou": {"ship.within"}, "wechat_shop": {"ship.within", "address_change.policy"},
    "wechat_mini": {"ship.within"}, "xiaohongshu": {"ship.within"}, "own_shop": {"couriers.mode"},
}  # fmt: skip
"""What the row says itself, so that another default does not change it."""

RULES: Mapping[str, tuple[str, str, str]] = {
    "high-value": ("review", "high_value", "yellow"), "first-buyer": ("review", "first_buyer", "yellow"),
    "remark": ("review", "remark", "info"), "key-order": ("tag", "{p_tag_key_order}", "info"),
    "courier-not-designated": ("block", "", "red"), "courier-excluded": ("block", "", "red"),
    "order-courier-not-designated": ("block", "", "red"), "order-courier-excluded": ("block", "", "red"),
    "address-change-forbidden": ("block", "", "red"), "address-changed-too-often": ("block", "", "red"),
    "presale-too-early": ("block", "", "yellow"), "refund-open": ("block", "", "red"),
    "refunded-whole": ("block", "", "red"), "platform-risk": ("block", "", "red"),
    "platform-status-unknown": ("block", "", "red"), "not-paid": ("block", "", "red"),
    "no-receiver": ("block", "", "red"), "no-destination": ("block", "", "red"), "nothing-to-ship": ("block", "", "red"),
}  # fmt: skip
ONLY_SF = CourierTerms(mode=CourierMode.ONLY, names=("sf",))
NOT_SF = CourierTerms(mode=CourierMode.EXCEPT, names=("sf",))
GATE: list[tuple[str, dict[str, Any], set[str]]] = [
    ("tmall", {}, set()), ("jd_self", {"courier": "jd"}, set()), ("jd_self", {"courier": ""}, set()),
    ("jd_self", {"courier": "sf"}, {"courier-not-designated"}), ("own_shop", {"courier": "sf"}, set()),
    ("tmall", {"courier": "sf", "couriers": ONLY_SF}, set()),
    ("tmall", {"courier": "yto", "couriers": ONLY_SF}, {"order-courier-not-designated"}),
    ("tmall", {"courier": "", "couriers": ONLY_SF}, set()),
    ("tmall", {"courier": "sf", "couriers": NOT_SF}, {"order-courier-excluded"}),
    ("tmall", {"courier": "yto", "couriers": NOT_SF}, set()),
    ("jd_self", {"address_changes": 1}, {"address-change-forbidden"}), ("jd_self", {"address_changes": 0}, set()),
    ("wechat_shop", {"address_changes": 5}, set()), ("wechat_shop", {"address_changes": 6}, {"address-changed-too-often"}),
    ("own_shop", {"address_changes": 99}, set()),
    ("pdd", {"sale": "presale", "ship_from": NOON + HOUR}, {"presale-too-early"}),
    ("pdd", {"sale": "presale", "ship_from": NOON}, set()),
    ("pdd", {"refund_open": True}, {"refund-open"}), ("pdd", {"refunded_fen": 100}, {"refunded-whole"}),
    ("pdd", {"refunded_fen": 99}, set()), ("pdd", {"total_fen": 0, "refunded_fen": 0}, set()),
    ("pdd", {"platform_risk": True}, {"platform-risk"}),
    ("pdd", {"platform_status": "unknown"}, {"platform-status-unknown"}), ("pdd", {"platform_status": "paid"}, set()),
    ("pdd", {"payment": "unpaid"}, {"not-paid"}), ("pdd", {"payment": "partly_refunded"}, set()),
    ("pdd", {"payment": "refunded"}, {"not-paid"}),
    ("pdd", {"has_receiver": False}, {"no-receiver"}), ("pdd", {"has_receiver": False, "province": ""}, {"no-receiver"}),
    ("own_shop", {"province": ""}, set()), ("pdd", {"province": ""}, {"no-destination"}), ("pdd", {"lines": 0}, {"nothing-to-ship"}),
    ("pdd", {"pieces": 0}, {"nothing-to-ship"}),
]  # fmt: skip
"""What the gate refuses, at the release and at the push alike."""
PROBE = "woocommerce:probe"
PROBE_ROW = {
    "couriers": {"mode": "except", "names": ["sf"]}, "review": {"remark": True},
    "evidence": {"couriers.mode": "D", "couriers.names": "D", "review.remark": "D"},
}  # fmt: skip
"""A shop that excludes SF and has remarks read: no platform's row does, and the rules must know how."""
AT_THE_PROBE: list[tuple[str, set[str]]] = [("sf", {"courier-excluded"}), ("yto", set()), ("", set())]


def some_facts(platform: str, **changes: Any) -> OrderFacts:
    """An order that the gate has nothing against."""
    known: dict[str, Any] = {
        "key": "c:s:1", "platform": platform, "shop": "c:s", "at": NOON, "created_at": NOON, "paid_at": NOON,
        "total_fen": 100, "province": "浙江省",
    }  # fmt: skip
    return OrderFacts.model_validate(known | changes)


def _assessed(table: RuleTable, platform: str, *, first_buyer: bool = False, **changes: Any) -> Assessment:
    return assess(table, platform, a_snapshot(**changes), NOON, first_buyer=first_buyer, pace=1)


def ladders(table: RuleTable) -> object:
    """The clock of every platform."""
    return {
        platform: [
            (
                d.rung,
                d.step.value,
                round((d.due - NOON) / HOUR, 6),
                d.to,
                d.rule.removeprefix(f"{platform}."),
            )
            for d in _assessed(table, platform).deadlines
        ]
        for platform in sorted(PLATFORMS)
    }


def expected_ladders() -> object:
    """The same, by hand."""
    ladder = {platform: DOUYIN_LADDER if platform == "douyin" else USUAL_LADDER for platform in PLATFORMS}
    return {
        platform: [
            (rung, step, round(hours, 6), to, rule) for rung, step, hours, to, rule in ladder[platform]
        ]
        for platform in sorted(PLATFORMS)
    }


def short_promise(table: RuleTable) -> object:
    """The supervisor is never told after the ship-by time, and nobody is reminded of what was due before the payment."""
    return [
        (platform, d.rung, (d.due - NOON) / HOUR)
        for platform in ("tmall", "douyin")
        for d in _assessed(table, platform, ship_by=NOON + 3 * HOUR).deadlines
        if d.rung != "ship-late"
    ]


def promises(table: RuleTable) -> object:
    """Who says by when."""
    found = []
    for platform, sale, first, own, _, _ in PROMISES:
        begin, given = (None if hours is None else NOON + hours * HOUR for hours in (first, own))
        assessed = _assessed(table, platform, sale=sale, ship_from=begin, ship_by=given)
        late = next(d for d in assessed.deadlines if d.step == "late")
        due = assessed.ship_by
        assert due is not None
        found.append((platform, sale, first, own, (due - NOON) / HOUR, late.source))
    return found


def reviews(table: RuleTable) -> object:
    """Who waits for customer service, and who is marked."""
    found = []
    for platform, total, first, remark, _, _ in REVIEWS:
        assessed = _assessed(table, platform, first_buyer=first, total_fen=total, has_remark=remark)
        found.append((platform, total, first, remark, assessed.reviews, assessed.tags))
    return found


def gate(table: RuleTable) -> object:
    """What the gate finds at both askings."""
    return [
        {each.rule for each in ruling.findings} | set(ruling.faults)
        for platform, changes, _ in GATE
        for phase in (Phase.RELEASE, Phase.PUSH)
        for ruling in [judge(table, phase, some_facts(platform, **changes))]
    ]


def probe(table: RuleTable) -> object:
    """What the rules find at the shop that excludes SF and has remarks read."""
    key = KEY.model_copy(update={"shop": "probe"})
    found = [
        {each.rule for each in judge(table, phase, some_facts("tmall", shop=PROBE, courier=courier)).findings}
        for courier, _ in AT_THE_PROBE
        for phase in (Phase.RELEASE, Phase.PUSH)
    ]
    said = [_assessed(table, "tmall", key=key, has_remark=remark).reviews for remark in (True, False)]
    return found, said


def terms(table: RuleTable) -> object:
    """Address, waybill, couriers."""
    found = {}
    for platform in PLATFORMS:
        policy = table.policy(platform)
        address, waybill = policy.address, policy.waybill
        within = None if waybill.within is None else waybill.within / HOUR
        asked = assess(
            table, platform, a_snapshot(), NOON, first_buyer=False, pace=1, ways=ShopWays(couriers=("sf",))
        ).couriers
        found[platform] = (
            (address.policy, address.until, address.max_changes),
            (waybill.allowed, within, waybill.until, waybill.max_changes),
            asked,
        )
    return found


def parcels_and_cases(table: RuleTable) -> object:
    """The figures that parcels, payments and after-sales live by, alike on every platform."""
    return {
        platform: (
            table.policy(platform).complete_after, row.payment.confirm_within, *row.parcel.model_dump().values(),
            *table.case_policy(platform).model_dump(exclude={"platform", "version"}).values(), row.in_flight,
            row.penalty.late_ship, row.penalty.false_ship,
        )
        for platform in PLATFORMS
        for row in [table.row(platform)]
    }  # fmt: skip


def _expected_cases() -> object:
    day, minute = 24 * HOUR, timedelta(minutes=1)
    usual = (
        72 * HOUR, 5 * minute, 24 * HOUR, 24 * HOUR, 6 * HOUR,
        48 * HOUR, 12 * HOUR, True, 0, 7 * day, 7 * day, "reevaluate",
    )  # fmt: skip
    return {platform: (*usual, *PENALTIES.get(platform, (None, None))) for platform in PLATFORMS}


def the_rest(table: RuleTable) -> object:
    """Which platforms there are, what stands in each row itself, and what the rules ask for."""
    return (
        set(table.platforms),
        {
            (platform, figure): table.row(platform).sources[figure]
            for platform, figures in IN_PLACE.items()
            for figure in figures
        },
        {rule.id: (rule.action.value, rule.value, rule.severity) for rule in table.rules},
        {row.id: row.severity for row in table.clock},
        table.row("taobao").sources["waybill_change.within"],
        table.policy("elsewhere").ship_within,
        table.row("elsewhere").guide.no_reason_days,
    )


def _expected_rest() -> object:
    severities = {
        "ship-remind": "yellow", "ship-warn": "orange", "ship-escalate": "orange", "ship-escalate-further": "red",
        "no-waybill-lock": "red", "ship-late": "red",
    }  # fmt: skip
    in_place = {
        (each, figure): f"platforms.{each}" for each, figures in IN_PLACE.items() for figure in figures
    }
    return (PLATFORMS, in_place, dict(RULES), severities, "platforms.tmall", 48 * HOUR, 7)


EXPECTATIONS: Mapping[str, tuple[Callable[[RuleTable], object], object]] = {
    "ladders": (ladders, expected_ladders()),
    "short promise": (
        short_promise,
        [
            ("tmall", "ship-warn", 2),
            ("tmall", "ship-escalate", 3),
            ("tmall", "ship-escalate-further", 5),
            ("douyin", "ship-warn", 2),
            ("douyin", "ship-escalate", 3),
            ("douyin", "no-waybill-lock", 12),
            ("douyin", "ship-escalate-further", 5),
        ],
    ),
    "promises": (promises, PROMISES),
    "reviews": (reviews, REVIEWS),
    "gate": (gate, [found for _, _, found in GATE for _ in range(2)]),
    "probe": (probe, ([found for _, found in AT_THE_PROBE for _ in range(2)], [("remark",), ()])),
    "terms": (
        terms,
        {
            platform: (
                ADDRESS[platform],
                WAYBILL.get(platform, USUAL_WAYBILL),
                (COURIERS[platform],) if platform in COURIERS else (),
            )
            for platform in PLATFORMS
        },
    ),
    "parcels and cases": (parcels_and_cases, _expected_cases()),
    "the rest": (the_rest, _expected_rest()),
}
"""By name: what a table does, and what it must do."""


def unmet(table: RuleTable) -> list[str]:
    """Name the expectations that a table does not meet; it must have the probe among its shops."""
    return [name for name, (does, must) in EXPECTATIONS.items() if does(table) != must]

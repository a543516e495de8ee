"""Orders of every kind, drawn by a seed: for the gate, and as past orders for trials."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.past import PastOrder
from oms.domain.rulings import OrderFacts

COURIERS = ("sf", "yto", "zto", "jd", "ems", "")
PLATFORMS = (
    "tmall", "taobao", "jd_pop", "jd_self", "pdd", "douyin", "kuaishou", "wechat_shop", "wechat_mini",
    "xiaohongshu", "own_shop",
)  # fmt: skip
START = datetime(2026, 9, 1, tzinfo=UTC)
PROVINCES = (*["浙江省", "广东省", "新疆维吾尔自治区"] * 4, "")
SALES: tuple[Literal["spot", "presale", "negotiated"], ...] = ("spot", "spot", "presale", "negotiated")
ROUND_FEN = (0, 1, 50_000, 50_001, 99_999, 100_000, 100_001, 300_000)
MINUTE = timedelta(minutes=1)


def a_day(random: Random) -> datetime:
    """A moment within half a year, on a whole minute or a second beside it."""
    return START + random.randrange(180 * 24 * 60) * MINUTE + timedelta(seconds=random.choice((0, 0, 1, -1)))


def an_amount(random: Random) -> int:
    """An amount on or beside a limit as often as anywhere else."""
    return random.choice((random.choice(ROUND_FEN), random.randrange(300_000)))


def a_demand(random: Random) -> CourierTerms:
    """What the platform demands of this very order; mostly nothing."""
    mode = random.choice((CourierMode.FREE, CourierMode.FREE, *CourierMode))
    if mode is CourierMode.FREE:
        return CourierTerms()
    names = random.sample([name for name in COURIERS if name], random.randrange(4))
    return CourierTerms(mode=mode, names=tuple(names))


def some_facts(random: Random) -> OrderFacts:
    """An order before the gate, anything about it possible."""
    paid_at = a_day(random)
    at = paid_at + random.choice((0, 11 * 60 + 59, 12 * 60, 24 * 60, random.randrange(6000))) * MINUTE
    return OrderFacts(
        key=f"woo:main:{random.randrange(10**6)}", platform=random.choice(PLATFORMS), shop="woo:main", at=at,
        pace=random.choice((1, 1, 60, 3600)), created_at=paid_at - random.randrange(100) * MINUTE, paid_at=paid_at,
        stage=random.choice(("accepted", "allocated", "cleared")),
        payment=random.choice((*["paid"] * 16, "partly_refunded", "refunding", "refunded", "unpaid")),
        platform_status=random.choice((*["paid"] * 16, "unknown", "cancelled", "awaiting_payment", "shipped")),
        ship_by=random.choice((None, at, at + random.randrange(-600, 6000) * MINUTE)),
        ship_from=random.choice((None, None, at, at + timedelta(seconds=1), at + random.randrange(-600, 600) * MINUTE)),
        sale=random.choice(SALES), total_fen=an_amount(random), refunded_fen=random.choice((0, 0, 100)),
        lines=random.choice((0, *[1] * 16, 3)), pieces=random.choice((0, *[1] * 16, 7)), has_remark=random.random() < 0.3,
        first_buyer=random.random() < 0.3, has_receiver=random.random() < 0.9, province=random.choice(PROVINCES),
        platform_risk=random.random() < 0.1, refund_open=random.random() < 0.1, has_waybill=random.random() < 0.5,
        courier=random.choice(COURIERS), couriers=a_demand(random), address_changes=random.randrange(8),
        waybill_changes=random.randrange(5), lock_lifted=random.random() < 0.2,
    )  # fmt: skip


def a_past_order(random: Random, number: int) -> PastOrder:
    """An order that was; times run backwards now and then, as in real ones."""
    created = a_day(random)
    paid = created + random.randrange(-5, 600) * MINUTE if random.random() < 0.95 else None
    base = paid or created
    released = base + random.randrange(1500) * MINUTE if random.random() < 0.8 else None
    left = (
        base + random.choice((24 * 60, 48 * 60, random.randrange(-30, 9000))) * MINUTE
        if random.random() < 0.85
        else None
    )
    until = left or (base + random.randrange(9000) * MINUTE if random.random() < 0.7 else None)
    return PastOrder(
        key=f"woo:main:{number}", platform=random.choice((*PLATFORMS, "elsewhere")), shop="woo:main", created=created,
        paid=paid, until=until, left=left, released=released,
        waybill=random.choice((None, left, base + random.randrange(2000) * MINUTE)),
        ship_by=random.choice((None, base + random.choice((24 * 60, random.randrange(-60, 9000))) * MINUTE)),
        ship_from=random.choice((None, None, None, base + random.randrange(-600, 6000) * MINUTE)),
        total_fen=an_amount(random), sale=random.choice(SALES), first_buyer=random.random() < 0.3,
        has_remark=random.random() < 0.2, has_receiver=random.random() < 0.95, province=random.choice(PROVINCES),
        lines=random.choice((0, 1, 2)), pieces=random.choice((0, 1, 5)), platform_risk=random.random() < 0.05,
        refund_open=random.random() < 0.1, courier=random.choice(COURIERS), couriers=a_demand(random),
        address_changes=random.randrange(8), waybill_changes=random.randrange(4), refunded_fen=random.choice((0, 0, 5)),
    )  # fmt: skip

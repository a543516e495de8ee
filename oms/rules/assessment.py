"""What the table says of one paid order: its deadlines, its reviews, its tags. Pure."""

from datetime import datetime

from oms.domain.deadlines import Assessment, Step, shipping_deadlines
from oms.domain.holds import HoldReason
from oms.domain.model import Fact
from oms.domain.order import Snapshot
from oms.rules.table import RuleTable


class ShopWays(Fact):
    """How a shop works, as its configuration says; it enters an order's history with the rules."""

    gateways: tuple[str, ...] = ()
    draws_waybills: bool = False
    tells_when_drawn: bool = False


USUAL = ShopWays()


def assess(
    table: RuleTable, platform: str, snapshot: Snapshot, paid_at: datetime, *, first_buyer: bool, pace: int,
    ways: ShopWays = USUAL,
) -> Assessment:  # fmt: skip
    """Apply a platform's row to an order that was paid at `paid_at`."""
    policy, row = table.policy(platform), table.row(platform)
    deadlines = shipping_deadlines(policy, paid_at, snapshot.ship_by, pace)
    by_rule = paid_at + policy.ship_within / pace
    reviews = [
        (snapshot.total_fen >= row.review.high_value, HoldReason.HIGH_VALUE),
        (row.review.first_buyer and first_buyer, HoldReason.FIRST_BUYER),
        (row.review.remark and snapshot.has_remark, HoldReason.REMARK),
    ]
    return Assessment(
        policy=policy,
        deadlines=tuple(
            deadline for deadline in deadlines if _sensible(deadline.step, deadline.due, paid_at)
        ),
        ship_by=min(snapshot.ship_by, by_rule) if snapshot.ship_by else by_rule,
        reviews=tuple(reason for applies, reason in reviews if applies),
        tags=(row.tag.key_order,) if snapshot.total_fen > row.tag.key_order_over else (),
        confirm_within=row.payment.confirm_within,
        **ways.model_dump(),
    )


def _sensible(step: Step, due: datetime, paid_at: datetime) -> bool:
    """A reminder that would have been due before the payment reminds of nothing."""
    return step is not Step.REMIND or due > paid_at

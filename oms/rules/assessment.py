"""What the table says of one paid order: its deadlines, its reviews, its tags, its courier. Pure."""

from datetime import datetime

from oms.domain.couriers import CourierMode, choose
from oms.domain.deadlines import Assessment
from oms.domain.model import Fact
from oms.domain.order import Snapshot
from oms.domain.rulings import Action, OrderFacts, Phase, Ruling
from oms.rules.judging import judge_by
from oms.rules.ladder import promise, rungs
from oms.rules.table import RuleTable


class ShopWays(Fact):
    """How a shop works, as its configuration says; it enters an order's history with the rules."""

    gateways: tuple[str, ...] = ()
    draws_waybills: bool = False
    tells_when_drawn: bool = False
    couriers: tuple[str, ...] = ()
    """Whom it prefers, in our words, the first one first."""
    same_buyer_everywhere: bool = False
    """Its buyers are known by the same ids in all shops on the channel."""


USUAL = ShopWays()


def assess(  # noqa: PLR0913 - what the rules are asked, and of what
    table: RuleTable, platform: str, snapshot: Snapshot, paid_at: datetime, *, first_buyer: bool, pace: int,
    ways: ShopWays = USUAL, at: datetime | None = None,
) -> Assessment:  # fmt: skip
    """Apply the row in force at the payment to an order; `at` is now, for rules that ask how long ago something was."""
    live = table.resolved(platform, str(snapshot.key.shop_key), paid_at)
    promised = promise(live.rules.ship, snapshot, paid_at, pace)
    demands = (live.rules.couriers.terms, snapshot.couriers)
    asked = tuple(terms for terms in demands if terms.mode is not CourierMode.FREE)
    courier = choose(ways.couriers, asked)
    facts = OrderFacts.of(
        snapshot, platform=platform, at=at or paid_at, pace=pace, paid_at=paid_at, ship_by=promised.due,
        first_buyer=first_buyer, courier=courier,
    )  # fmt: skip
    ruling = judge_by(table, Phase.PAID, live, facts)
    return Assessment(
        policy=live.policy, deadlines=rungs(live, promised, paid_at, pace), ship_by=promised.due,
        reviews=_values(ruling, Action.REVIEW), tags=_values(ruling, Action.TAG),
        gateways=ways.gateways, confirm_within=live.rules.payment.confirm_within,
        draws_waybills=ways.draws_waybills, tells_when_drawn=ways.tells_when_drawn,
        courier=courier, couriers=asked, findings=ruling.findings, faults=ruling.faults,
    )  # fmt: skip


def _values(ruling: Ruling, action: Action) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.value for each in ruling.findings if each.action is action))

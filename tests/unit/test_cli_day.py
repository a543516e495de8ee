"""A day agrees only if every shop's own count is ours and what was offered, and a last sweep finds nothing."""

from itertools import pairwise
from typing import Any

import pytest

from oms.cli.completeness import Day, Held, ShopsDay, outages_seen, shops_days
from oms.cli.ordeal import LONGEST_OUTAGE_S, ordeal, outages
from oms.cli.verdict import ByChannel, Verdict
from oms.domain.errands import SweepDone
from oms.domain.ids import ShopKey
from oms.stack.world import ALL
from oms.store import Completeness
from tests.unit.store_builders import NOON

PDD = "pdd"


def a_verdict(**changes: Any) -> Verdict:
    figures = {name: 0 for name, field in Verdict.model_fields.items() if field.annotation in {int, float}}
    shop = ByChannel(offered=6, finished=6, missed=0, duplicated=0)
    whole = {"offered": 6, "started": 6, "finished": 6, "by_channel": {PDD: shop}, "mismatches": ()}
    return Verdict.model_validate({**figures, **whole, **changes})


def a_proof(platform: int = 6, ours: int = 6, **changes: Any) -> Completeness:
    shop = ShopKey(channel=PDD, shop="main")
    row = Completeness(shop=shop, day=NOON.date(), platform_count=platform, our_count=ours, checked_at=NOON)
    return row.model_copy(update=changes)


def swept(recovered: int = 0) -> dict[str, SweepDone]:
    return {PDD: SweepDone(platform=6, ours=6 - recovered, recovered=recovered)}


def a_shop(proof: Completeness, recovering: int = 0, proving: int = 0) -> ShopsDay:
    return shops_days(Held({PDD: 6}, {PDD: proof}), a_verdict(), swept(recovering), swept(proving))[PDD]


def a_day(shop: ShopsDay, **changes: Any) -> Day:
    return Day(verdict=a_verdict(**changes), shops={PDD: shop}, pushes_lost=3, moving_rows=4, outages=())


def test_a_day_agrees_when_both_count_what_was_offered() -> None:
    """What the first sweep recovered is no flaw: that is what it is for."""
    assert a_day(a_shop(a_proof(), recovering=2)).agrees


@pytest.mark.parametrize(
    ("proof", "proving"),
    [
        (a_proof(platform=6, ours=5), 0),
        (a_proof(platform=5, ours=5), 0),
        (a_proof(platform=7, ours=7), 0),
        (a_proof(delivered=1), 0),
        (a_proof(parked=1), 0),
        (a_proof(), 1),
    ],
)
def test_a_day_does_not_agree_when_the_counts_differ(proof: Completeness, proving: int) -> None:
    """Not with ours, not with what was offered, or something had still to be recovered."""
    assert not a_day(a_shop(proof, proving=proving)).agrees


def test_a_day_does_not_agree_when_the_oracle_does_not() -> None:
    """Equal counts do not make up for an order that was shipped twice."""
    assert not a_day(a_shop(a_proof()), double_shipped=1).agrees


def test_the_figures_for_programs_have_the_names_of_a_demonstration() -> None:
    """The whole stands at the top, each shop under `by_channel`."""
    figures = a_day(a_shop(a_proof(), recovering=2)).figures()

    assert (figures["offered"], figures["agrees"], figures["pushes_lost"], figures["moving_rows"]) == (
        6,
        True,
        3,
        4,
    )
    assert figures["by_channel"][PDD] == {
        "offered": 6, "finished": 6, "missed": 0, "duplicated": 0, "ours": 6, "recovered": 2,
        "platform_count": 6, "our_count": 6, "equal": True,
    }  # fmt: skip


@pytest.mark.parametrize("offering_s", [9.0, 60.0, 2000.0])
def test_three_outages_of_different_kinds_follow_each_other(offering_s: float) -> None:
    """They begin while orders are offered, do not overlap, and the last one is of all platforms."""
    laid_out = outages(ALL, offering_s=offering_s, pace=100)

    spans = [(o["starts_business_s"], o["starts_business_s"] + o["lasts_business_s"]) for o in laid_out]
    assert [o["kind"] for o in laid_out] == ["error", "hang", "html"]
    assert (laid_out[-1]["system"], laid_out[0]["system"] != laid_out[1]["system"]) == ("platforms", True)
    assert all(start < offering_s * 100 for start, _ in spans)
    assert all(end - start <= LONGEST_OUTAGE_S * 100 for start, end in spans)
    assert offering_s < 10 or all(one[1] < other[0] for one, other in pairwise(spans))


def test_every_shop_takes_as_many_orders_as_asked() -> None:
    """Buyers go to the shops in turn."""
    assert ordeal(("pdd", "jd"), 7, pace=100, rate=1.0, seed=1).orders == 14


def test_an_outage_counts_what_it_spoilt_at_all_its_systems() -> None:
    """One of all platforms is the sum over those that sell."""
    ordered = [{"system": "jd", "kind": "error"}, {"system": "platforms", "kind": "html"}]
    struck = {"jd.error": 3, "jd.html": 2, "shop.html": 5, "jd.moving": 9}

    one, all_of_them = outages_seen(ordered, ("shop", "jd"), struck)

    assert (one.systems, one.struck) == (("jd",), 3)
    assert (all_of_them.systems, all_of_them.struck) == (("shop", "jd"), 7)

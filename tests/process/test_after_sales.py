"""After-sales, kind by kind, on the real server: answered, brought back, paid back, sent again."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from oms.domain.aftersales.messages import ApproveCase, RefuseCase, SetReturnWaybill
from oms.domain.messages import WarehouseSays
from oms.ports import Accepted, AnswerRefused, InterceptRefused, Refunded, RefundRefused, Rejected
from tests.process.after_sales import Case, at_the_warehouse, marketplace, on_its_way, own_shop
from tests.process.conftest import World
from tests.process.orders import SKU, a_snapshot, unpaid

YES = ApproveCase(by="lin", why="the buyer is right")
BACK = SetReturnWaybill(by="lin", why="the buyer wrote", waybill="YT900001", carrier="yto")


async def test_a_refund_before_shipping_needs_nobody(world: World) -> None:
    """Nothing is at the warehouse yet: the rule agrees, the shop pays back, and the order hears of it."""
    shop = own_shop(world)
    order = world.order(a_snapshot(total_fen=500_000))
    await order.arrives()
    await order.becomes("allocated")

    case = await Case(world, order.key, "refund_only").opens()
    state = await case.ends()

    assert (state.status, state.decision.by if state.decision else "") == ("refunded", "rule")
    assert list(shop.refunds.values()) == [18800]
    await order.until(lambda told: [seen.status for seen in told.cases] == ["refunded"])


async def test_a_refund_on_a_platform_is_over_when_the_platform_says_so(world: World) -> None:
    """Our yes is not the money: only the platform's word is."""
    platform = marketplace(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "refund_only").opens()
    await case.until(lambda state: state.grounds)

    await case.asks("approve", YES)
    agreed = await case.becomes("approved")
    await case.says("refunded")
    state = await case.ends()

    assert (agreed.ended_at, state.status) == (None, "refunded")
    assert platform.answers == [("requested", True)]


async def test_a_return_is_paid_when_the_warehouse_has_looked_at_it(world: World) -> None:
    """Agreed, sent back, announced and followed, inspected, confirmed to the platform, paid, back in stock."""
    platform = marketplace(world)
    order = await on_its_way(world)
    before = world.store.stock.levels([SKU])
    case = await Case(world, order.key, "return").opens()
    await case.until(lambda state: state.grounds)

    await case.asks("approve", YES)
    await case.becomes("approved")
    await case.says("returning", waybill="YT900001", carrier="yto")
    await case.until(lambda state: state.expected)
    await case.comes_back(good=1)
    await case.until(lambda state: state.confirmed)
    await case.says("refunded")
    state = await case.ends()

    assert platform.answers == [("requested", True), ("returning", True)]
    assert [(told.waybill, told.warehouse) for told in world.warehouse.expected] == [("YT900001", "HZ01")]
    assert "YT900001" in world.tracking.followed
    assert state.status == "refunded"
    assert sum(level.on_hand for level in world.store.stock.levels([SKU])) == 1 + sum(
        level.on_hand for level in before
    )


async def test_damaged_goods_are_paid_and_lie_apart(world: World) -> None:
    """The buyer gets the money; the piece is not for sale, and service hears of it."""
    shop = own_shop(world)
    order = await on_its_way(world)
    saleable = world.store.stock.levels([SKU])
    case = await Case(world, order.key, "return").opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    await case.becomes("approved")

    await case.asks("set_return_waybill", BACK)
    await case.becomes("returning")
    await case.comes_back(good=0, damaged=1)
    state = await case.ends()

    assert (state.status, list(shop.refunds.values())) == ("refunded", [18800])
    assert world.store.after_sales.damaged() == {("HZ01", SKU): 1}
    assert world.store.stock.levels([SKU]) == saleable
    assert any("damaged" in told.body for told in world.people.told)


async def test_fewer_pieces_back_than_agreed_wait_for_a_person(world: World) -> None:
    """An empty parcel pays nothing until somebody has looked at it."""
    shop = own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "return").opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    await case.becomes("approved")
    await case.asks("set_return_waybill", BACK)
    await case.becomes("returning")

    await case.comes_back(good=0)
    held = await case.held()
    paid_before = dict(shop.refunds)
    await case.asks("approve", YES)
    state = await case.ends()

    assert held.hold is not None
    assert held.hold.note == f"1 of {SKU} were to come back, 0 came"
    assert (paid_before, state.status) == ({}, "refunded")


async def test_an_exchange_sends_new_goods_instead_of_money(world: World) -> None:
    """When the old piece is back a new one goes out under a code of its own; the platform may be done before us."""
    marketplace(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "exchange", refund_fen=0).opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    await case.becomes("approved")
    await case.says("returning", waybill="YT900001", carrier="yto")
    await case.until(lambda state: state.expected)

    await case.comes_back(good=1)
    sent = await case.until(lambda state: state.sent == "accepted")
    await case.says("closed")
    await case.warehouse_says(WarehouseSays.SHIPPED, sent.delivery_code, "SF7777")
    state = await case.ends()

    delivery = world.warehouse.asked[-1]
    assert (delivery.code, [piece.quantity for piece in delivery.pieces]) == (sent.delivery_code, [1])
    assert world.warehouse.expected[0].exchange
    assert (state.status, state.new_waybill) == ("closed", "SF7777")


async def test_a_resending_asks_the_warehouse_at_once(world: World) -> None:
    """Nothing comes back: a new delivery, which leaves our count of what is there."""
    own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "resend", refund_fen=0).opens()
    await case.until(lambda state: state.grounds)

    await case.asks("approve", YES)
    sent = await case.until(lambda state: state.sent == "accepted")
    await case.warehouse_says(WarehouseSays.SHIPPED, sent.delivery_code, "SF7777")
    state = await case.ends()

    assert sent.delivery_code.startswith(world.warehouse.asked[0].code.rpartition("-")[0] + "-x")
    assert state.status == "closed"


async def test_a_parcel_turned_round_is_paid_when_it_is_back(world: World) -> None:
    """The carrier brings it back, the warehouse expects it under its own waybill."""
    shop = own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "intercept").opens()
    await case.until(lambda state: state.grounds)

    await case.asks("approve", YES)
    await case.becomes("returning")
    await case.comes_back(good=1)
    state = await case.ends()

    assert world.tracking.intercepted == ["SF0001"]
    assert world.warehouse.expected[0].waybill == "SF0001"
    assert (state.status, list(shop.refunds.values())) == ("refunded", [18800])


async def test_what_the_carrier_cannot_stop_becomes_a_return(world: World) -> None:
    """The buyer has to send it back."""
    world.tracking.on_intercept = lambda waybill: InterceptRefused(reason="out for delivery")
    own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "intercept").opens()
    await case.until(lambda state: state.grounds)

    await case.asks("approve", YES)
    state = await case.until(lambda state: state.turned)
    await case.asks("set_return_waybill", BACK)
    await case.becomes("returning")

    assert (state.turned, state.kind, state.status) == ("refused", "return", "approved")
    assert world.warehouse.expected[0].waybill == "YT900001"


async def test_a_warehouse_that_will_not_take_it_back_is_asked_again(world: World) -> None:
    """Operations hears why; once settled, it is announced again."""
    world.warehouse.on_expect = lambda order: Rejected(reason="no such warehouse code")
    own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "return").opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    await case.becomes("approved")
    await case.asks("set_return_waybill", BACK)

    held = await case.held()
    world.warehouse.on_expect = lambda order: Accepted()
    await case.asks("approve", YES)
    await case.becomes("returning")

    assert held.hold is not None
    assert held.hold.trouble == "return"
    assert "no such warehouse code" in held.hold.note
    assert any(notice.to == "operations" for notice in world.people.told)


async def test_a_person_refuses_and_the_buyer_may_ask_again(world: World) -> None:
    """The platform is told no; a newer wish under the same number opens it again; else it closes by itself."""
    platform = marketplace(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "refund_only").opens()
    await case.until(lambda state: state.grounds)

    await case.asks("refuse", RefuseCase(by="lin", why="it was worn"))
    await case.becomes("rejected")
    await case.says("requested", refund_fen=5000)
    again = await case.until(lambda state: state.status == "requested" and not state.look_again)
    await case.asks("refuse", RefuseCase(by="lin", why="it was worn"))
    await case.becomes("rejected")
    state = await case.ends()

    assert (again.decision, again.refund_fen) == (None, 5000)
    assert [accept for _, accept in platform.answers] == [False, False]
    assert state.status == "closed"


async def test_the_ladder_reminds_then_tells_the_supervisor_each_once(world: World) -> None:
    """A durable timer: service at 36 h, the supervisor at 42 h, late after 48 h."""
    marketplace(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "return").opens()
    await case.until(lambda state: state.deadlines)

    await case.waits(timedelta(hours=37))
    await case.until(lambda state: state.sla == "reminded")
    await case.waits(timedelta(hours=6))
    await case.until(lambda state: state.sla == "escalated")
    await case.waits(timedelta(hours=6))
    await case.until(lambda state: state.sla == "late")

    told = [notice.to for notice in world.people.told if "after-sale" in notice.body.lower()]
    assert told == ["service", "supervisor", "supervisor"]


async def test_the_platforms_own_moment_wins_when_it_is_earlier(world: World) -> None:
    """Two hours to answer: the reminder comes at once."""
    marketplace(world)
    order = await on_its_way(world)
    word = Case(world, order.key, "return")
    word.word = word.word.model_copy(update={"answer_by": word.word.modified_at + timedelta(hours=2)})

    case = await word.opens()
    state = await case.until(lambda state: state.sla != "ok")

    assert {deadline.source for deadline in state.deadlines} == {"platform"}


@pytest.mark.parametrize(
    ("changes", "both"),
    [
        ({"refund_fen": 18900}, ("189.00", "188.00")),
        ({"quantity": 3}, ("3 pieces", "1 were sent")),
        ({"line": "77"}, ("no line 77", "its lines: 1")),
    ],
)
async def test_what_was_never_paid_or_sent_is_held_and_never_reaches_the_platform(
    world: World, changes: dict[str, Any], both: tuple[str, str]
) -> None:
    """Both figures are named, a yes is refused, a no is told."""
    platform = marketplace(world)
    order = await on_its_way(world)

    case = await Case(world, order.key, "return", **changes).opens()
    held = await case.held()
    with pytest.raises(WorkflowUpdateFailedError):
        await case.asks("approve", YES)
    before = list(platform.answers)
    await case.asks("refuse", RefuseCase(by="lin", why="it does not fit"))
    await case.becomes("rejected")

    assert held.hold is not None
    assert all(figure in held.hold.note for figure in both)
    assert (before, platform.answers) == ([], [("requested", False)])


async def test_two_refunds_that_exceed_the_payment_together_are_noticed(world: World) -> None:
    """The second sees what the first was promised."""
    own_shop(world)
    order = await on_its_way(world)
    first = await Case(world, order.key, "refund_only", refund_fen=10_000).opens()
    await first.until(lambda state: state.grounds)
    await first.asks("approve", YES)
    await first.ends()

    second = await Case(world, order.key, "refund_only", refund_fen=10_000).opens()
    held = await second.held()

    assert held.hold is not None
    assert "100.00 are to go back, but 188.00 were paid and 100.00 of it" in held.hold.note


async def test_a_case_of_an_order_that_nobody_knows_waits_for_a_person(world: World) -> None:
    """It is not lost, and not answered."""
    platform = marketplace(world)

    case = await Case(world, a_snapshot().key, "refund_only").opens()
    held = await case.held()

    assert held.hold is not None
    assert "nothing is known here" in held.hold.note
    assert platform.answers == []


async def test_a_platform_that_takes_no_answer_is_answered_on_its_own_pages(world: World) -> None:
    """A person says so, and the case goes on."""
    platform = marketplace(world)
    platform.on_answer = lambda case: AnswerRefused(reason="only in the merchant's backend")
    order = await on_its_way(world)
    case = await Case(world, order.key, "resend", refund_fen=0).opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    await case.held()

    await case.asks("approve", ApproveCase(by="lin", why="agreed there", elsewhere=True))
    state = await case.until(lambda state: state.sent == "accepted")

    assert state.status == "approved"


async def test_a_shop_that_does_not_pay_back_is_asked_for_another_sum(world: World) -> None:
    """A person names the sum; each sum is paid once."""
    shop = own_shop(world)
    shop.on_refund = lambda fen: RefundRefused(reason="too much") if fen > 9000 else Refunded()
    order = await on_its_way(world)
    case = await Case(world, order.key, "refund_only", refund_fen=18800).opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    await case.held()

    await case.asks("approve", ApproveCase(by="lin", why="agreed with the buyer", amount_fen=9000))
    state = await case.ends()

    assert (state.status, state.refund_fen, list(shop.refunds.values())) == ("refunded", 9000, [9000])


async def test_an_order_at_the_warehouse_is_looked_at_again(world: World) -> None:
    """The warehouse gives it back meanwhile: then the rule agrees by itself."""
    shop = own_shop(world)
    order = await at_the_warehouse(world)

    case = await Case(world, order.key, "refund_only", line="").opens()
    await case.until(lambda state: state.grounds)
    await order.until(lambda told: told.stage != "released")
    await case.waits(timedelta(minutes=16))
    state = await case.ends()

    assert (state.status, world.warehouse.recalled != []) == ("refunded", True)
    assert list(shop.refunds.values()) == [18800]


async def test_the_same_word_a_thousand_times_opens_one_case_and_decides_once(world: World) -> None:
    """Duplicates and old words change nothing; a case that has ended takes none."""
    platform = marketplace(world)
    order = world.order(unpaid())
    await order.arrives()
    await order.becomes("awaiting_payment")
    case = Case(world, order.key, "refund_only", refund_fen=0)
    for _ in range(20):
        await case.opens()
    await case.becomes("approved")
    first = case.word

    await case.says("refunded")
    await case.ends()

    assert platform.answers == [("requested", True)]
    assert not await case.hears_again(first)

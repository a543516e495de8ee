"""After-sales: listed with what an answer needs, agreed to, refused, and answered twice without harm."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.taobao.aftersales import to_after_sale
from oms.domain.errors import Unmappable
from oms.ports import AfterSale, Answered, AnswerRefused
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.channels.taobao_trades import SHOP, without_nothing


async def the_case(place: PlatformWorld) -> AfterSale:
    """The only after-sale there is, as listed."""
    now = datetime.now(UTC)
    channel: Any = place.channel
    listed = [
        channel.read_after_sale(row)
        async for page in channel.after_sales(now - timedelta(minutes=5), now + timedelta(seconds=1))
        for row in page.payloads
    ]
    assert len(listed) == 1
    found: AfterSale = listed[0]
    return found


async def wished(place: PlatformWorld, kind: str) -> tuple[Any, Any]:
    """A buyer's wish about the first line of an order."""
    order, market = place.order(), place.market
    asking: Any = market
    return order, asking.wish(order, kind, 100, "不想要了", order.lines[0].id)


async def test_a_wish_for_money_is_listed_and_agreed_to_once() -> None:
    """Amount, version and phase go back as they were seen; agreed twice, the money goes back once."""
    async with a_platform("taobao") as place:
        channel: Any = place.channel
        order, case = await wished(place, "refund_only")
        seen = await the_case(place)

        answers = [await channel.answer_after_sale(seen, accept=True, why="同意") for _ in range(2)]

        assert (seen.kind, seen.status, seen.refund_fen) == ("refund_only", "requested", 100)
        assert seen.order.number == order.number
        assert answers == [Answered(), Answered()]
        assert (case.status, order.refunded_fen) == ("refunded", 100)


async def test_a_refusal_is_told_once_and_in_words() -> None:
    """Too short a reason gets a longer one; refused twice, it is refused once."""
    async with a_platform("taobao") as place:
        channel: Any = place.channel
        _, case = await wished(place, "refund_only")
        seen = await the_case(place)

        answers = [await channel.answer_after_sale(seen, accept=False, why="") for _ in range(2)]

        assert answers == [Answered(), Answered()]
        assert case.status == "refused"
        assert (await the_case(place)).status == "rejected"


async def test_what_changed_since_we_saw_it_is_not_answered() -> None:
    """The buyer asks for more than we agreed to: the platform refuses, and so do we."""
    async with a_platform("taobao") as place:
        channel: Any = place.channel
        _, case = await wished(place, "refund_only")
        seen = await the_case(place)
        case.amount_fen = 200

        answer = await channel.answer_after_sale(seen, accept=True, why="")

        assert isinstance(answer, AnswerRefused)
        assert answer.reason
        assert case.status == "requested"


async def test_a_return_is_agreed_to_before_the_money() -> None:
    """First the buyer may send it back; the money goes when it came."""
    async with a_platform("taobao") as place:
        channel: Any = place.channel
        market: Any = place.market
        _, case = await wished(place, "return")

        first = await channel.answer_after_sale(await the_case(place), accept=True, why="")
        agreed = case.status
        market.settle(case, "returning")
        second = await channel.answer_after_sale(await the_case(place), accept=True, why="")

        assert (first, agreed) == (Answered(), "agreed")
        assert (second, case.status) == (Answered(), "refunded")


async def test_an_exchange_is_left_to_people() -> None:
    """The protocol has other calls for it, which we do not speak."""
    async with a_platform("taobao") as place:
        channel: Any = place.channel
        await wished(place, "exchange")

        answer = await channel.answer_after_sale(await the_case(place), accept=True, why="")

        assert isinstance(answer, AnswerRefused)


def a_refund(**changes: Any) -> dict[str, Any]:
    """A refund as the gateway shows it."""
    refund: dict[str, Any] = {
        "refund_id": "260000000000000001", "tid": 4263900000000000001, "oid": 4263900000000000002,
        "status": "WAIT_SELLER_AGREE", "dispute_type": "REFUND", "has_good_return": False,
        "refund_fee": "188.00", "num": 2, "refund_phase": "onsale", "refund_version": 1763776800000,
        "modified": "2026-11-22 10:00:00",
    }  # fmt: skip
    return without_nothing(refund | changes)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("WAIT_SELLER_AGREE", "requested"), ("WAIT_BUYER_RETURN_GOODS", "approved"),
        ("WAIT_SELLER_CONFIRM_GOODS", "returning"), ("WAIT_SELLER_CONSIGN_GOODS", "received"),
        ("SELLER_REFUSE_BUYER", "rejected"), ("CLOSED", "closed"), ("SUCCESS", "refunded"),
        ("SOMETHING_NEW", "unknown"),
    ],
)  # fmt: skip
def test_each_state_of_a_refund_has_its_word(word: str, status: str) -> None:
    """An unknown one keeps its own."""
    case = to_after_sale(a_refund(status=word), SHOP)

    assert (case.status, case.raw_status, case.version) == (status, word, "1763776800000|onsale")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "refund_only"), ({"has_good_return": True}, "return"),
        ({"dispute_type": "REFUND_AND_RETURN"}, "return"), ({"dispute_type": "TMALL_EXCHANGE"}, "exchange"),
        ({"dispute_type": "RESHIPPING"}, "resend"), ({"dispute_type": "REPAIR"}, "other"),
    ],
)  # fmt: skip
def test_each_kind_of_refund_has_its_word(changes: dict[str, Any], kind: str) -> None:
    """What comes back, what is exchanged, what is sent again."""
    assert to_after_sale(a_refund(**changes), SHOP).kind == kind


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"refund_id": None}, "refund_id"), ({"tid": "../张三丰"}, "tid"), ({"refund_fee": 1.5}, "refund_fee"),
        ({"modified": "yesterday"}, "modified"), ({"status": "张三丰 asks"}, "status"),
    ],
)  # fmt: skip
def test_a_refund_that_means_nothing_names_its_field(changes: dict[str, Any], field: str) -> None:
    """And quotes nobody."""
    with pytest.raises(Unmappable) as raised:
        to_after_sale(a_refund(**changes), SHOP)

    assert raised.value.field == field
    assert "张三丰" not in str(raised.value)

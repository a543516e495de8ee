"""After-sales are listed in our words and answered where Pinduoduo lets a program answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.pdd.aftersales import to_after_sale
from oms.domain.errors import Unmappable
from oms.ports import AfterSale, Answered, AnswerRefused, HasAfterSales
from tests.channels.pdd_world import SHOP
from tests.channels.platform_world import PlatformWorld, a_platform


def a_case(**changes: Any) -> dict[str, Any]:
    """A wish for the money of two pieces."""
    case = {
        "id": 50000000001, "order_sn": "261122-000000000000001", "after_sales_type": 2, "after_sales_status": 2,
        "refund_amount": "188.00", "sku_id": "800000000001", "goods_number": "2", "tracking_number": "",
        "updated_time": "2026-11-22 10:00:00",
    }  # fmt: skip
    return case | changes


async def listed(place: PlatformWorld) -> list[AfterSale]:
    """What changed lately."""
    assert isinstance(place.channel, HasAfterSales)
    now = datetime.now(UTC)
    pages = place.channel.after_sales(now - timedelta(minutes=5), now + timedelta(seconds=1))
    return [place.channel.read_after_sale(row) async for page in pages for row in page.payloads]


def test_a_case_is_read_whole() -> None:
    """Money in fen, the line by the SKU's number, the time in UTC."""
    case = to_after_sale(a_case(), SHOP)

    assert (case.id, case.kind, case.status, case.raw_status) == (
        "50000000001",
        "refund_only",
        "requested",
        "2",
    )
    assert (case.line, case.quantity, case.refund_fen) == ("800000000001", 2, 18800)
    assert case.modified_at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "waybill", "said"),
    [
        (3, "", "requested"), (3, "SF1", "returning"), (4, "", "approved"), (5, "", "approved"), (6, "", "rejected"),
        (7, "", "approved"), (8, "", "unknown"), (9, "", "rejected"), (10, "", "refunded"), (11, "", "closed"),
        (13, "", "closed"), (14, "", "requested"), (99, "", "unknown"),
    ],
)  # fmt: skip
def test_every_status_has_our_word(status: int, waybill: str, said: str) -> None:
    """What we do not know stays unknown and keeps their figure."""
    case = to_after_sale(a_case(after_sales_status=status, after_sales_type=3, tracking_number=waybill), SHOP)

    assert (case.status, case.raw_status) == (said, str(status))


@pytest.mark.parametrize("field", ["id", "order_sn", "after_sales_status", "refund_amount", "updated_time"])
def test_a_broken_case_is_named_by_its_field(field: str) -> None:
    """And not by its content."""
    with pytest.raises(Unmappable) as raised:
        to_after_sale(a_case(**{field: ["张三丰"]}), SHOP)

    assert raised.value.field == field
    assert "张三丰" not in str(raised.value)


async def test_a_refund_is_listed_agreed_to_and_listed_again() -> None:
    """Agreed to twice, the money goes back once."""
    async with a_platform("pdd") as place:
        order = place.order()
        place.world.platforms["pdd"].market.wish(order, "refund_only", 100, "少件")
        assert isinstance(place.channel, HasAfterSales)
        (case,) = await listed(place)

        answers = [await place.channel.answer_after_sale(case, accept=True, why="同意") for _ in range(2)]

        (after,) = await listed(place)
        assert answers == [Answered(), Answered()]
        assert (case.status, case.refund_fen, after.status) == ("requested", 100, "refunded")
        assert order.refunded_fen == 100


async def test_a_return_needs_an_address_and_two_words() -> None:
    """The first lets the goods come back, the second the money."""
    options = {"settle_seconds": "0", "return_address_id": "77"}
    async with a_platform("pdd", options=options) as place:
        order, market = place.order(), place.world.platforms["pdd"].market
        wish = market.wish(order, "return", 100, "尺码不合", order.lines[0].id)
        assert isinstance(place.channel, HasAfterSales)
        (asked,) = await listed(place)

        first = await place.channel.answer_after_sale(asked, accept=True, why="")
        agreed = wish.status
        wish.waybill = "YT1"
        market.settle(wish, "returning")
        (coming,) = await listed(place)
        second = await place.channel.answer_after_sale(coming, accept=True, why="")

        assert (first, agreed, coming.status, coming.waybill) == (Answered(), "agreed", "returning", "YT1")
        assert (second, wish.status) == (Answered(), "refunded")


@pytest.mark.parametrize(
    ("kind", "accept", "word"),
    [("refund_only", False, "backend"), ("exchange", True, "backend"), ("return", True, "return_address_id")],
)
async def test_what_a_program_may_not_answer_says_so(kind: Any, accept: bool, word: str) -> None:
    """A person does, in the merchant backend."""
    async with a_platform("pdd") as place:
        case = place.world.platforms["pdd"].market.wish(place.order(), kind, 100, "不想要了")
        assert isinstance(place.channel, HasAfterSales)
        (asked,) = await listed(place)

        answer = await place.channel.answer_after_sale(asked, accept=accept, why="")

        assert isinstance(answer, AnswerRefused)
        assert word in answer.reason
        assert case.status == "requested"


async def test_a_case_that_is_over_takes_no_answer() -> None:
    """The buyer took it back meanwhile."""
    async with a_platform("pdd") as place:
        market = place.world.platforms["pdd"].market
        wish = market.wish(place.order(), "refund_only", 100, "不想要了")
        assert isinstance(place.channel, HasAfterSales)
        (asked,) = await listed(place)
        market.settle(wish, "closed")

        answer = await place.channel.answer_after_sale(asked, accept=True, why="")

        assert isinstance(answer, AnswerRefused)

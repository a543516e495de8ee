"""What every channel with after-sales must do: list them so that none is lost, fetch one, and take both of our answers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels import CHANNELS
from oms.domain.aftersale import AfterSale
from oms.domain.errors import Unmappable
from oms.ports import Answered, AnswerRefused, FetchesAfterSales, HasAfterSales
from simulator.market.market import Market
from simulator.market.order import MarketCase, MarketOrder
from simulator.wechat.words import product_of
from tests.channels.platform_world import PlatformWorld, a_platform, two_lines

EVERY = sorted(set(CHANNELS) - {"woocommerce"})
RETURNS = sorted(set(EVERY) - {"jd"})
"""JD's list holds wishes to cancel before shipping only."""
NONSENSE: tuple[Any, ...] = ({"secret": "王小明"}, ["王小明"], "王小明")
FEWEST_NEEDED = 4
"""Fields without which an after-sale means nothing: its number, its order, its status, its time."""
WITH_ADDRESS = {"pdd": {"settle_seconds": "0", "return_address_id": "7"}}


def market_of(place: PlatformWorld) -> Market:
    return place.world.platforms[place.name].market


def channel_of(place: PlatformWorld) -> FetchesAfterSales:
    assert isinstance(place.channel, FetchesAfterSales)
    return place.channel


def asked(place: PlatformWorld, kind: Any = "refund_only", pieces: int = 0) -> tuple[MarketOrder, MarketCase]:
    """A wish about the first of two lines, which has two pieces; at JD about the whole order."""
    order: MarketOrder = place.order(draft=None if place.name == "jd" else two_lines(place))
    line = order.lines[0]
    if place.name == "jd":
        return order, market_of(place).wish(order, kind, order.draft.total_fen, "不想要了")
    fen = (pieces or line.draft.quantity) * line.draft.price_fen
    return order, market_of(place).wish(order, kind, fen, "不想要了", line.id, pieces)


async def rows(place: PlatformWorld, minutes: float = 5) -> list[Any]:
    """Every after-sale of the last minutes, as received."""
    now = datetime.now(UTC)
    pages = channel_of(place).after_sales(now - timedelta(minutes=minutes), now + timedelta(seconds=1))
    return [row async for page in pages for row in page.payloads]


async def seen(place: PlatformWorld) -> AfterSale:
    """The one after-sale there is, in our words."""
    (row,) = await rows(place)
    return channel_of(place).read_after_sale(row)


def test_every_marketplace_has_after_sales() -> None:
    """The own shop's are opened at our desk."""
    assert len(EVERY) == 5
    assert "woocommerce" in CHANNELS


@pytest.mark.parametrize("name", EVERY)
async def test_a_wish_is_listed_with_order_line_pieces_and_money(name: str) -> None:
    """In fen, and waiting for us."""
    async with a_platform(name) as place:
        order, case = asked(place, pieces=0 if name == "jd" else 1)

        found = await seen(place)

        assert (found.id, found.order.number) == (case.id, order.number)
        assert (found.kind, found.status, found.refund_fen) == ("refund_only", "requested", case.amount_fen)
        assert (found.line, found.quantity) == (("", None) if name == "jd" else (ours(place, order), 1))
        assert abs(found.modified_at - case.modified) < timedelta(seconds=1)


def ours(place: PlatformWorld, order: MarketOrder) -> str:
    """The first line's id as the order itself shows it to us."""
    line: str = _LINES[place.name](order)
    return line


_LINES: dict[str, Any] = {
    "taobao": lambda order: order.lines[0].id,
    "pdd": lambda order: order.lines[0].id,
    "douyin": lambda order: order.lines[0].id,
    "wechat": lambda order: "-".join(product_of(order.lines[0])),
}


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"jd"}))
async def test_the_line_of_a_wish_is_a_line_of_its_order(name: str) -> None:
    """Or nobody could tell which goods it is about."""
    async with a_platform(name) as place:
        order, _ = asked(place)

        found, snapshot = await seen(place), (await place.seen(order.number)).snapshot

        (line,) = [line for line in snapshot.lines if line.id == found.line]
        assert (line.quantity, found.quantity) == (2, 2)


@pytest.mark.parametrize("name", EVERY)
async def test_one_fetched_says_what_the_list_says(name: str) -> None:
    """The same content by whichever way is one; one that nobody knows is none."""
    async with a_platform(name) as place:
        order, case = asked(place)
        listed = await seen(place)

        fetched = await channel_of(place).fetch_after_sale(case.id, order.number)
        unknown = await channel_of(place).fetch_after_sale("9999999999", order.number)

        assert fetched is not None
        assert channel_of(place).read_after_sale(fetched) == listed
        assert unknown is None


@pytest.mark.parametrize("name", EVERY)
async def test_agreeing_to_money_gives_it_back_once(name: str) -> None:
    """Said twice, it is said once; the platform then shows it as over or as agreed."""
    async with a_platform(name) as place:
        order, case = asked(place)
        found = await seen(place)

        first = await channel_of(place).answer_after_sale(found, accept=True, why="同意")
        await channel_of(place).answer_after_sale(found, accept=True, why="同意")

        after = await seen(place)
        assert (first, case.status, order.refunded_fen) == (Answered(), "refunded", case.amount_fen)
        assert after.status in ({"approved"} if name == "jd" else {"refunded"})
        refunds = place.world.ledger.read(order=order.number, kind="buyer.refund")
        assert len(list(refunds)) == 1


@pytest.mark.parametrize("name", RETURNS)
async def test_a_return_is_agreed_to_twice_first_the_goods_then_the_money(name: str) -> None:
    """In between, the buyer names waybill and carrier; nothing is paid before they came."""
    async with a_platform(name, options=WITH_ADDRESS.get(name)) as place:
        order, case = asked(place, "return", 1)
        shop, wish = channel_of(place), await seen(place)
        agreed = await shop.answer_after_sale(wish, accept=True, why="同意")
        given_first = order.refunded_fen
        case.waybill, case.company = "YT8800001", "YTO"
        market_of(place).settle(case, "returning")
        back = await seen(place)

        paid = await shop.answer_after_sale(back, accept=True, why="已收货")

        assert (wish.kind, wish.status, agreed, given_first) == ("return", "requested", Answered(), 0)
        assert (back.status, back.waybill, back.carrier) == ("returning", "YT8800001", "yto")
        assert (paid, case.status, order.refunded_fen) == (Answered(), "refunded", case.amount_fen)


@pytest.mark.parametrize("name", EVERY)
async def test_a_refusal_is_an_answer_where_the_platform_takes_one(name: str) -> None:
    """Nothing is paid; Pinduoduo wants a person in its own pages."""
    async with a_platform(name) as place:
        order, case = asked(place)

        answer = await channel_of(place).answer_after_sale(await seen(place), accept=False, why="已经发货")

        assert isinstance(answer, AnswerRefused if name == "pdd" else Answered)
        assert case.status == ("requested" if name == "pdd" else "refused")
        assert order.refunded_fen == 0


@pytest.mark.parametrize("name", EVERY)
async def test_every_after_sale_of_many_pages_is_listed(name: str) -> None:
    """Also when the first of them move while the list is read: none that stays is lost."""
    async with a_platform(name) as place:
        order: Any = place.order()
        market = market_of(place)
        cases = [market.wish(order, "refund_only", 1, "x") for _ in range(130)]
        start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=4)
        for place_in, case in enumerate(cases):
            case.created = case.modified = start + timedelta(seconds=place_in)
        now = datetime.now(UTC)
        pages = channel_of(place).after_sales(start - timedelta(seconds=5), now - timedelta(seconds=30))
        moved, found = iter(cases[:40]), set[str]()

        async for page in pages:
            found |= {channel_of(place).read_after_sale(row).id for row in page.payloads}
            goes = next(moved, None)
            if goes is not None:
                market.settle(goes, "closed")

        stayed = {case.id for case in cases if case.status == "requested"}
        assert stayed <= found


@pytest.mark.parametrize("name", EVERY)
async def test_a_field_that_is_broken_is_named_and_its_content_is_not(name: str) -> None:
    """Every field that we need, one after the other, as three kinds of nonsense."""
    async with a_platform(name) as place:
        asked(place)
        (row,) = await rows(place)
        shop = channel_of(place)

        tried = [(path, _with(row, path, nonsense)) for path in _leaves(row) for nonsense in NONSENSE]
        refused = [(path, error) for path, broken in tried if (error := _why_not(shop, broken)) is not None]

        assert len({path for path, _ in refused}) >= FEWEST_NEEDED
        for path, error in refused:
            assert set(path) & set(error.field.split(".")), (path, error)
            assert "王小明" not in str(error)
        with pytest.raises(Unmappable):
            shop.read_after_sale({})


def _why_not(shop: HasAfterSales, row: Any) -> Unmappable | None:
    try:
        shop.read_after_sale(row)
    except Unmappable as error:
        return error
    return None


def _leaves(row: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(row, dict) or not row:
        return [above]
    return [leaf for key, value in row.items() for leaf in _leaves(value, (*above, key))]


def _with(row: Any, path: tuple[str, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(row))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copy


def test_the_protocol_is_fulfilled_by_class() -> None:
    """What the core asks for at run time."""
    assert issubclass(FetchesAfterSales, HasAfterSales)

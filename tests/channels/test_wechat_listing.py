"""WeChat's lists of ids: a cursor into a list that moves, and why we lose nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.wechat import WeChat
from oms.channels.wechat.gateway import Gateway
from oms.channels.wechat.listing import Ids, TooMany, page_of, walk
from oms.channels.wechat.verdict import Reply
from oms.domain.errors import Misused, Unavailable
from oms.paging import SECOND, Window
from simulator.wechat import WeChatShop
from tests.channels.platform_world import PlatformWorld, a_platform

T = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = Window(T, T + timedelta(hours=1))


class MovingList:
    """Rows by the second they were last modified in; the cursor counts rows of a list that moves."""

    def __init__(self, rows: dict[str, int], page_size: int = 3) -> None:
        self.rows = rows
        self.page_size = page_size
        self.asked = 0
        self.after: Callable[[list[str]], None] = lambda _shown: None

    async def ask(self, window: Window, next_key: str) -> Ids:
        self.asked += 1
        inside = [
            name
            for name, second in sorted(self.rows.items(), key=lambda row: (row[1], row[0]))
            if window.since <= T + second * SECOND <= window.until
        ]
        start = int(next_key or 0)
        end = start + self.page_size
        shown = inside[start:end]
        self.after(shown)
        return Ids(tuple(shown), str(end) if end < len(inside) else "")

    async def walked(self, window: Window = HOUR) -> list[str]:
        return [row async for ids in walk(self.ask, window, self.page_size) for row in ids]


def rows(count: int, apart: int = 1) -> dict[str, int]:
    return {f"{number:04d}": number * apart for number in range(count)}


@pytest.mark.parametrize("count", [0, 1, 3, 4, 50])
@pytest.mark.parametrize("apart", [0, 1, 60])
async def test_every_row_is_walked(count: int, apart: int) -> None:
    """Whether they lie far apart or all in one second."""
    listed = MovingList(rows(count, apart))

    found = await listed.walked()

    assert set(found) == set(listed.rows)


async def test_a_short_list_costs_two_questions() -> None:
    """One to read it, one to see that nothing was held back."""
    listed = MovingList(rows(3))

    await listed.walked()

    assert listed.asked == 2


async def test_the_cursor_alone_loses_what_moves_and_we_do_not() -> None:
    """After each page the first order shown is modified: it leaves the window, and all behind it move up."""

    def move(listed: MovingList) -> Callable[[list[str]], None]:
        def first_of(shown: list[str]) -> None:
            for name in shown[:1]:
                listed.rows[name] = 10_000

        return first_of

    naive, ours = MovingList(rows(30, 7)), MovingList(rows(30, 7))
    naive.after, ours.after = move(naive), move(ours)
    page = await naive.ask(HOUR, "")
    by_cursor = set(page.ids)
    while page.next_key:
        page = await naive.ask(HOUR, page.next_key)
        by_cursor |= set(page.ids)

    found = set(await ours.walked())

    left_behind = {name for name, second in naive.rows.items() if second < 3600}
    assert left_behind - by_cursor
    assert {name for name, second in ours.rows.items() if second < 3600} <= found


async def test_one_full_second_is_read_until_it_brings_nothing_new() -> None:
    """It cannot be cut: there the cursor is followed, and what slipped through is found the next time."""
    listed = MovingList(rows(20, 0))
    left = iter(["0000", "0007", "0010"])

    def leave(_shown: list[str]) -> None:
        listed.rows.pop(next(left, ""), None)

    listed.after = leave

    found = set(await listed.walked())

    assert set(listed.rows) <= found


async def test_a_page_that_once_shows_too_little_is_not_believed() -> None:
    """There is no count to hold it against, so it is asked for again."""
    listed = MovingList(rows(3))
    pages = iter([("0000",), ("0000", "0001", "0002")])

    async def ask(window: Window, next_key: str) -> Ids:
        shown = next(pages, None)
        return await listed.ask(window, next_key) if shown is None else Ids(shown, "")

    found = [row async for ids in walk(ask, HOUR, 3) for row in ids]

    assert sorted(found) == ["0000", "0001", "0002"]


async def test_a_window_that_is_too_full_is_halved() -> None:
    """31042 is no failure, except for one second."""
    listed = MovingList(rows(40, 60))

    async def ask(window: Window, next_key: str) -> Ids:
        if window.until - window.since > timedelta(minutes=10):
            raise TooMany
        return await listed.ask(window, next_key)

    async def always(_window: Window, _next_key: str) -> Ids:
        raise TooMany

    found = {row async for ids in walk(ask, HOUR, 3) for row in ids}

    assert found == set(listed.rows)
    with pytest.raises(Unavailable):
        [row async for row in walk(always, HOUR, 3)]


async def test_a_second_that_never_comes_to_rest_is_said_to_be_so() -> None:
    """Not an endless round."""
    listed = MovingList({"a": 0})

    def grow(_shown: list[str]) -> None:
        listed.rows[f"b{len(listed.rows)}"] = 0

    listed.after = grow

    with pytest.raises(Unavailable, match="rest"):
        await listed.walked(Window(T, T))

    assert listed.asked < 1000


@pytest.mark.parametrize(
    "content",
    [
        {"order_id_list": "1", "has_more": False},
        {"order_id_list": [{}], "has_more": False},
        {"order_id_list": ["1"], "has_more": True},
        {"order_id_list": ["1"], "has_more": True, "next_key": ""},
        {"order_id_list": ["1"], "has_more": True, "next_key": 7},
    ],
    ids=["no list", "no id", "no key", "empty key", "odd key"],
)
def test_an_answer_that_is_no_page_is_not_an_empty_one(content: dict[str, Any]) -> None:
    """The poll fails and is tried again."""
    with pytest.raises(Unavailable):
        page_of(Reply(content), "order_id_list")

    assert content


def test_an_empty_list_may_be_absent() -> None:
    """The page says for itself that it is the last."""
    empty = page_of(Reply({"has_more": False, "next_key": ""}), "order_id_list")
    numbers = page_of(
        Reply({"order_id_list": [37, "38"], "has_more": True, "next_key": "k"}), "order_id_list"
    )

    assert (empty, numbers) == (Ids((), ""), Ids(("37", "38"), "k"))
    with pytest.raises(TooMany):
        page_of(Reply(refusal=31042), "order_id_list")


def gateway_of(place: PlatformWorld) -> Gateway:
    assert isinstance(place.channel, WeChat)
    return place.channel._gateway


async def ids_by_cursor(place: PlatformWorld, window: tuple[datetime, datetime]) -> set[str]:
    """Walk as one would without thinking, while the first order of each page is modified."""
    market = place.world.platforms["wechat"].market
    stretch = {"start_time": int(window[0].timestamp()), "end_time": int(window[1].timestamp())}
    question: dict[str, Any] = {"update_time_range": stretch, "page_size": 100}
    found = set[str]()
    while True:
        reply = await gateway_of(place).ask("order/list/get", question)
        found |= set(reply.content["order_id_list"])
        shown = market.find(reply.content["order_id_list"][0])
        assert shown is not None
        market.note(shown, "看过")
        if not reply.content["has_more"]:
            return found
        question["next_key"] = reply.content["next_key"]


async def test_orders_of_the_simulated_shop_that_move_are_not_lost() -> None:
    """By the cursor alone some are; each of ours is seen, or modified after the window's end."""
    async with a_platform("wechat") as place:
        numbers, window = place.aged(307)
        place.arm("moving", rate=1.0)

        ours = set(await place.listed(*window))
        moved_away = {order.number for order in place.market if order.modified > window[1]}

        assert moved_away
        assert numbers <= ours | moved_away

        place.world.faults.clear()
        _, (since, until) = place.aged(307)
        by_cursor = await ids_by_cursor(place, (since, until))
        still_there = {order.number for order in place.market if since <= order.modified <= until}

        assert still_there - by_cursor


async def test_more_orders_of_one_second_than_a_page_holds_are_all_found() -> None:
    """A sale that begins at eight o'clock sharp."""
    async with a_platform("wechat") as place:
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
        orders = [place.order() for _ in range(130)]
        for order in orders:
            place.put_at(order, at)
        place.arm("moving", count=3)

        found = await place.listed(at - timedelta(hours=1), at + timedelta(minutes=1))
        moved_away = {order.number for order in orders if order.modified > at}

        assert len(moved_away) == 3
        assert {order.number for order in orders} <= set(found) | moved_away


async def test_a_shop_too_full_for_one_question_is_read_in_pieces() -> None:
    """The simulated shop refuses with 31042 as well."""
    async with a_platform("wechat") as place:
        numbers, window = place.aged(60)
        shop = place.world.platforms["wechat"]
        assert isinstance(shop, WeChatShop)
        shop.lists.most_rows = 20

        found = await place.listed(*window)

        assert set(found) == numbers


async def test_an_order_that_is_refused_by_itself_delays_no_other() -> None:
    """It comes along as what cannot be read, to be parked; the list is as long as it should be."""
    async with a_platform("wechat") as place:
        broken, whole = place.order(raw={"order_detail": "张三丰"}), place.order()
        now = datetime.now(UTC)

        payloads = await place.payloads(now - timedelta(minutes=1), now + timedelta(seconds=1))

        assert {payload["order_id"] for payload in payloads} == {broken.number, whole.number}


@pytest.mark.parametrize(
    ("path", "question", "errcode"),
    [
        ("order/list/get", {}, 40097),
        ("order/list/get", {"update_time_range": {"start_time": 0, "end_time": 7 * 86_400 + 1}}, 40097),
        ("order/list/get", {"update_time_range": {"start_time": 5, "end_time": 4}}, 40097),
        ("order/list/get", {"update_time_range": {"start_time": 0, "end_time": 1}, "page_size": 101}, 40097),
        ("order/list/get", {"update_time_range": {"start_time": 0, "end_time": 1}, "next_key": "x"}, 606006),
        ("aftersale/getaftersalelist", {"begin_update_time": 0, "end_update_time": 86_401}, 40097),
        ("order/nothing", {}, 40066),
    ],
)
async def test_the_simulated_shop_has_the_platform_s_limits(
    path: str, question: dict[str, Any], errcode: int
) -> None:
    """What WeChat does not answer, it does not answer either."""
    async with a_platform("wechat") as place:
        with pytest.raises(Exception, match=str(errcode)) as raised:
            await gateway_of(place).ask(path, question)

    assert isinstance(raised.value, Misused) or errcode == 40066


async def test_a_cursor_is_only_good_for_the_question_it_came_from() -> None:
    """606006: every other parameter must stay as it was."""
    async with a_platform("wechat") as place:
        place.aged(30)
        now = int(datetime.now(UTC).timestamp())
        question: dict[str, Any] = {"update_time_range": {"start_time": now - 3600, "end_time": now}}
        first = await gateway_of(place).ask("order/list/get", {**question, "page_size": 10})
        key = first.content["next_key"]

        second = await gateway_of(place).ask("order/list/get", {**question, "page_size": 10, "next_key": key})

        assert len({*first.content["order_id_list"], *second.content["order_id_list"]}) == 20
        with pytest.raises(Misused, match="606006"):
            await gateway_of(place).ask("order/list/get", {**question, "page_size": 9, "next_key": key})

"""What Douyin tells by itself: verified over the raw body, read message by message."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from oms.channels.douyin.push import heard
from oms.domain.errors import Forged, Unmappable
from oms.ports import Call, Hears
from tests.channels.douyin_words import a_config, a_push
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.fake_http import Asked, Says, fake_http

CONFIG = a_config("http://127.0.0.1:1")
ORDER = 6900000000000000001


def a_message(tag: Any = "101", told: Any = None, **changes: Any) -> dict[str, Any]:
    """One message; its content as text, unless said otherwise."""
    content = json.dumps({"p_id": ORDER, "shop_id": 1}) if told is None else told
    return {"tag": tag, "msg_id": "7000000000000000001:1", "data": content} | changes


@pytest.mark.parametrize(
    "message",
    [
        a_message(),
        a_message(tag=101),
        a_message(told={"p_id": ORDER}),
        a_message(told={"p_id": str(ORDER)}),
        a_message(tag=101, told=json.dumps({"p_id": str(ORDER)})),
    ],
)
def test_a_message_names_its_order_however_it_is_written(message: dict[str, Any]) -> None:
    """Tags come as text and as numbers, contents as text and as objects."""
    (word,) = heard(a_push([message]), CONFIG).words

    assert (word.number, word.topic, word.event_id) == (str(ORDER), "101", "7000000000000000001:1")
    assert word.payload is None


def test_a_message_told_again_has_the_same_id() -> None:
    """By which intake knows the repetition."""
    call = a_push([a_message()])

    first, again = (heard(call, CONFIG).words[0] for _ in range(2))

    assert first == again
    assert first.event_id


@pytest.mark.parametrize(("tag", "wanted"), [("111", True), ("101", False), ("113", False)])
def test_a_wish_for_another_address_is_heard_as_one(tag: Any, wanted: bool) -> None:
    """The platform waits for our answer to it."""
    (word,) = heard(a_push([a_message(tag=tag)]), CONFIG).words

    assert word.wants_address is wanted


@pytest.mark.parametrize("tag", ["0", 0], ids=["text", "number"])
def test_the_check_of_our_address_is_answered_and_moves_nothing(tag: Any) -> None:
    """The platform wants to hear `success`."""
    found = heard(a_push([a_message(tag=tag, told="2026-11-22")]), CONFIG)

    assert found.words == ()
    assert json.loads(found.reply.body) == {"code": 0, "msg": "success"}


def test_a_call_may_hold_several_messages() -> None:
    """Those about goods and shops are none of ours; one that names no order costs the others nothing."""
    messages = [a_message(), a_message(tag="400"), a_message(tag="206", msg_id="m2"), a_message(told="{}")]

    words = heard(a_push(messages), CONFIG).words

    assert [(word.topic, word.event_id) for word in words] == [
        ("101", "7000000000000000001:1"),
        ("206", "m2"),
    ]


@pytest.mark.parametrize(
    "call",
    [
        a_push([a_message()], sign=""),
        a_push([a_message()], sign="0" * 32),
        a_push([a_message()], sign="签名"),
        a_push([a_message()], secret="another"),
        a_push([a_message()], key="7000000000000000002"),
        Call(method="POST", query={}, headers={}, body=b"[]"),
        a_push([a_message()]).model_copy(update={"body": b"[]"}),
    ],
)
def test_what_is_not_signed_by_the_platform_is_forged(call: Call) -> None:
    """None, a wrong one, another shop's, or another body's signature."""
    with pytest.raises(Forged):
        heard(call, CONFIG)

    assert call.method == "POST"


@pytest.mark.parametrize(
    "messages",
    [
        b"not json",
        b'"text"',
        [1, 2],
        [a_message(told="not json")],
        [a_message(told={"p_id": "张三 13800000000"})],
    ],
)
def test_what_means_nothing_says_so_and_shows_nothing(messages: object) -> None:
    """Signed, but no messages about orders."""
    with pytest.raises(Unmappable) as raised:
        heard(a_push(messages), CONFIG)

    assert not any(word in str(raised.value) for word in ("张三", "13800000000"))


async def told(change: Callable[[PlatformWorld, Any], Awaitable[None]]) -> list[tuple[str, str]]:
    """What our connector hears of everything that happens to one order: number and topic."""
    calls: list[Call] = []

    def take(asked: Asked) -> Says:
        calls.append(Call(method=asked.method, query=asked.query, headers=asked.headers, body=asked.body))
        return Says({"code": 0, "msg": "success"})

    async with fake_http(take) as fake, a_platform("douyin", push_url=fake.url) as place:
        order = place.order(paid=False)
        await change(place, order)
        while place.world.postman.pending:  # noqa: ASYNC110 - the postman has no event for "all delivered"
            await asyncio.sleep(0.01)
        channel = place.channel
        assert isinstance(channel, Hears)
        now = datetime.now(UTC)
        return [(word.number, word.topic) for call in calls for word in channel.hear(call, now).words]


async def test_an_order_s_life_is_told_message_by_message() -> None:
    """Created, paid, a new address wished for, a case opened and refunded."""

    async def live(place: PlatformWorld, order: Any) -> None:
        market: Any = place.market
        place.world.buyers.pay(order)
        market.wish_to_move(order, {"street": "天童北路1号"})
        market.settle(market.wish(order, "refund_only", 100, "少件"), "refunded")

    words = await told(live)

    assert sorted(topic for _, topic in words) == ["100", "101", "111", "200", "206"]
    assert len({number for number, _ in words}) == 1

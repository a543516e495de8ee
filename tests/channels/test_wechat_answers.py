"""What WeChat's answers mean to us, and how the stable token is kept alive."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels.wechat import KIND, WeChat
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Http
from oms.ports import Token
from oms.settings import ShopConfig, WrongSetting
from simulator.wechat import WeChatShop
from simulator.wechat.answers import Refused
from simulator.wechat.tokens import AccessTokens
from tests.channels.platform_world import MemoryTokens, a_platform
from tests.channels.wechat_orders import SHOP, a_config
from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http

GOOD = Says({"access_token": "t1", "expires_in": 7200})
NUMBER = "3700000000000000001"


@asynccontextmanager
async def a_shop(
    answer: Callable[[Asked], Says] | Says,
) -> AsyncIterator[tuple[WeChat, FakeHttp, MemoryTokens]]:
    """Our channel before a server that gives tokens, and answers everything else as told."""

    def respond(asked: Asked) -> Says:
        return GOOD if "token" in asked.path and isinstance(answer, Says) else _said(answer, asked)

    async with fake_http(respond) as server, Http(patience_s=2) as http:
        tokens = MemoryTokens()
        yield WeChat(a_config(server.url), http, tokens), server, tokens


def _said(answer: Callable[[Asked], Says] | Says, asked: Asked) -> Says:
    return answer if isinstance(answer, Says) else answer(asked)


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (-1, Unavailable),
        (40001, CredentialsExpired),
        (40014, CredentialsExpired),
        (42001, CredentialsExpired),
        (40066, InterfaceRetired),
        (48001, InterfaceRetired),
        (48004, InterfaceRetired),
        (45009, RateLimited),
        (45011, RateLimited),
        (40013, Misused),
        (40097, Misused),
        (41001, Misused),
        (43002, Misused),
        (47001, Misused),
        (61004, Misused),
        (45035, Misused),
        (606006, Misused),
        (10020101, Misused),
    ],
)
async def test_every_errcode_says_what_to_do(errcode: int, error: type[OmsError]) -> None:
    """With HTTP 200 all of them, and none is "no such order"."""
    says = Says({"errcode": errcode, "errmsg": "some text with 张三丰 rid: 0"})

    async with a_shop(says) as (channel, _server, _tokens):
        with pytest.raises(OmsError) as raised:
            await channel.fetch(NUMBER)

    assert type(raised.value) is error
    assert str(abs(errcode)) in str(raised.value)
    assert "张三丰" not in str(raised.value)


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Says("<!DOCTYPE html><h1>维护中</h1>"), Unavailable),
        (Says(b""), Unavailable),
        (Says("[]"), Unavailable),
        (Says("{}"), Unavailable),
        (Says({"errcode": 0}), Unavailable),
        (Says({"errcode": 0, "order": []}), Unavailable),
        (Says({"errcode": "many"}), Unavailable),
        (Says({"errcode": 0, "order": {}}, status=502), Unavailable),
        (Says("busy", status=503), Unavailable),
        (Says("gone", status=404), InterfaceRetired),
        (Says("not from here", status=403), Misused),
        (Says(hangs_up=True), Unavailable),
    ],
)
async def test_what_is_no_answer_of_wechat_s_is_an_error(says: Says, error: type[OmsError]) -> None:
    """A login page, half an answer, a gateway's word: never an order, never none."""
    async with a_shop(says) as (channel, _server, _tokens):
        with pytest.raises(OmsError) as raised:
            await channel.fetch(NUMBER)

    assert type(raised.value) is error


async def test_an_address_that_is_not_on_the_allowlist_says_so() -> None:
    """WeChat answers HTTP 403 without an errcode; a new token would not help."""
    async with a_shop(Says("", status=403)) as (channel, server, _tokens):
        with pytest.raises(Misused, match="allowlist"):
            await channel.fetch(NUMBER)

    assert [asked.path for asked in server.asked] == ["/cgi-bin/stable_token", "/channels/ec/order/get"]


@pytest.mark.parametrize("number", ["x", "", "٣", "../order", "37 0"])
async def test_a_number_that_wechat_cannot_have_given_is_not_asked_for(number: str) -> None:
    """It is nobody's order."""
    async with a_shop(Says({"errcode": 0})) as (channel, server, _tokens):
        found = await channel.fetch(number)

    assert (found, server.asked) == (None, [])


def by_token(*tokens: str, good: str) -> Callable[[Asked], Says]:
    """Give these tokens one after the other (the last for ever); only the good one opens."""
    left = list(tokens)

    def respond(asked: Asked) -> Says:
        if "token" in asked.path:
            return Says({"access_token": left.pop(0) if len(left) > 1 else left[0], "expires_in": 7200})
        if asked.query["access_token"] != good:
            return Says({"errcode": 40001, "errmsg": "invalid credential"})
        return Says({"errcode": 100002, "errmsg": "not exist"})

    return respond


def forced(server: FakeHttp) -> list[bool]:
    return [asked.json["force_refresh"] for asked in server.asked if "token" in asked.path]


async def test_a_token_is_forced_only_when_asking_brings_the_refused_one() -> None:
    """Forcing ends it for everybody else, and may be done twenty times a day."""
    async with a_shop(by_token("old", "old", "new", good="new")) as (channel, server, tokens):
        found = await channel.fetch(NUMBER)

    assert (found, forced(server)) == (None, [False, False, True])
    assert tokens.kept[SHOP].access == "new"


async def test_a_token_that_somebody_renewed_already_is_not_forced() -> None:
    """Another program of the merchant may have done it."""
    async with a_shop(by_token("old", "new", good="new")) as (channel, server, _tokens):
        await channel.fetch(NUMBER)

    assert forced(server) == [False, False]


async def test_a_token_that_ends_soon_is_renewed_without_force() -> None:
    """And one that WeChat itself keeps to the very end is used until then."""
    async with a_shop(by_token("old", good="old")) as (channel, server, tokens):
        tokens.kept[SHOP] = Token(access="old", expires_at=datetime.now(UTC) + timedelta(minutes=1))
        await channel.fetch(NUMBER)
        await channel.fetch(NUMBER)

    assert forced(server) == [False]


async def test_a_token_refused_for_ever_needs_a_person() -> None:
    """One refresh, not an endless round."""
    async with a_shop(by_token("a", "b", "c", good="z")) as (channel, server, _tokens):
        with pytest.raises(CredentialsExpired):
            await channel.fetch(NUMBER)

    assert len(server.asked) == 4


@pytest.mark.parametrize("errcode", [40013, 40125, 40001])
async def test_a_wrong_secret_needs_a_person_and_is_not_shown(errcode: int) -> None:
    """The check says it in words."""
    refusal = Says({"errcode": errcode, "errmsg": "invalid appsecret"})

    async with a_shop(lambda _asked: refusal) as (channel, _server, _tokens):
        checkup = await channel.check()

    assert (checkup.active, str(errcode) in checkup.problem) == (False, True)
    assert "wx0000000000000000" not in checkup.problem


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": "t"}, {"access_token": 7}])
async def test_an_answer_without_a_token_is_asked_again(answer: dict[str, Any]) -> None:
    """Not used as one."""
    async with a_shop(lambda _asked: Says(answer)) as (channel, _server, _tokens):
        with pytest.raises(Unavailable):
            await channel.fetch(NUMBER)

    assert answer is not None


async def test_a_clock_that_is_eleven_minutes_off_is_told() -> None:
    """WeChat's time is the Date of its answers."""
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=11), usegmt=True)
    page = Says({"errcode": 0, "order_id_list": [], "has_more": False}, headers={"Date": date})

    async with a_shop(page) as (channel, _server, _tokens):
        checkup = await channel.check()

    assert checkup.clock_skew_seconds is not None
    assert abs(checkup.clock_skew_seconds - 660) <= 2
    assert (checkup.authorised, checkup.active, checkup.problem) == (True, True, "")


async def test_a_token_that_somebody_else_overruled_is_replaced_on_the_simulated_platform() -> None:
    """40001 there, and a new one for all of us."""
    async with a_platform("wechat") as place:
        shop = place.world.platforms["wechat"]
        assert isinstance(shop, WeChatShop)
        await place.channel.fetch(NUMBER)
        first = place.tokens.kept[place.shop.key].access
        await place.channel.fetch(NUMBER)
        same = place.tokens.kept[place.shop.key].access
        shop.tokens.overrule()

        await place.channel.fetch(NUMBER)

        assert first == same
        assert place.tokens.kept[place.shop.key].access not in {first, ""}


def test_the_simulated_platform_gives_one_token_and_lets_it_be_forced_seldom() -> None:
    """Half a minute apart, twenty times a day; five minutes before its end it gives the next one by itself."""
    clock = [datetime(2026, 11, 22, 10, 0, tzinfo=UTC)]
    given = AccessTokens({"app_id": "a", "app_secret": "s"}, lambda: clock[0], seed=7)
    question = {"grant_type": "client_credential", "appid": "a", "secret": "s"}

    first = given.stable(question)["access_token"]
    clock[0] += timedelta(minutes=110)
    left = given.stable(question)
    clock[0] += timedelta(minutes=6)
    renewed = given.stable(question)["access_token"]
    given.check(first)
    refusals = []
    for seconds in (0, 29, *[30] * 20):
        clock[0] += timedelta(seconds=seconds)
        refusals.append(refusal_of(lambda: given.stable({**question, "force_refresh": True})))

    assert (left["access_token"], left["expires_in"]) == (first, 600)
    assert renewed != first
    assert refusals == [0, 45011, *[0] * 19, 45009]
    assert refusal_of(lambda: given.check(renewed)) == 40001
    assert refusal_of(lambda: given.stable({**question, "secret": "x"})) == 40125


def refusal_of(ask: Callable[[], object]) -> int:
    """The errcode of a question, 0 when it is answered."""
    try:
        ask()
    except Refused as no:
        return no.errcode
    return 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"aes_key": SecretStr("short")}, "aes_key"),
        ({"token": None}, "token"),
        ({"app_secret": None}, "app_secret"),
    ],
    ids=["short key", "no token", "no secret"],
)
async def test_a_shop_that_lacks_something_does_not_open(changes: dict[str, Any], named: str) -> None:
    """The setting is named at the start, not at the first push."""
    secrets = {name: SecretStr("x" * 43) for name in KIND.secrets} | changes
    shop = ShopConfig(
        channel="wechat", shop="main", url="http://127.0.0.1:1",
        secrets={name: value for name, value in secrets.items() if value is not None},
    )  # fmt: skip

    async with Http() as http:
        with pytest.raises(WrongSetting, match=named):
            KIND.open(shop, http, MemoryTokens())

    assert "short" not in named


async def test_a_shop_of_another_currency_or_version_does_not_open() -> None:
    """WeChat's amounts carry no currency: they are fen."""
    secrets = {name: SecretStr("x" * 43) for name in KIND.secrets}
    shop = ShopConfig(channel="wechat", shop="main", url="http://127.0.0.1:1", secrets=secrets)

    async with Http() as http:
        for changes in ({"currency": "USD"}, {"api_version": "v9"}):
            with pytest.raises(WrongSetting):
                KIND.open(shop.model_copy(update=changes), http, MemoryTokens())

    assert KIND.properties.versions == ("channels-ec",)

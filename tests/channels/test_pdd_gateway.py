"""Every answer of Pinduoduo's gateway becomes the one error that says what to do next."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels import open_channel
from oms.channels.pdd.answers import ERRORS
from oms.channels.pdd.gateway import Gateway
from oms.channels.pdd.interfaces import ORDER, TRACE
from oms.channels.pdd.signature import sign
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Http, read_json
from oms.settings import ShopConfig, WrongSetting
from tests.channels.pdd_world import a_shop, an_order
from tests.channels.platform_world import MemoryTokens, a_platform
from tests.unit.fake_http import Asked, Says, fake_http


def an_error(code: object, message: str = "错误 张三丰") -> Says:
    """A complaint as the gateway words it, whose text may hold anything."""
    return Says({"error_response": {"error_code": code, "error_msg": message, "sub_msg": message}})


TABLE = [
    (10019, CredentialsExpired), (20004, Misused), (20005, Misused), (20031, Misused), (50000, Unavailable),
    (50001, Unavailable), (50002, Unavailable), (52001, Unavailable), (52002, Unavailable),
    (52101, RateLimited), (52102, InterfaceRetired), (52103, InterfaceRetired), (70031, RateLimited),
    (70032, Misused), (70033, InterfaceRetired), (70034, Misused), (70035, Misused),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), TABLE)
async def test_every_code_of_the_table_is_its_error(code: int, kind: type[OmsError]) -> None:
    """With HTTP 200, as the platform answers everything; the platform's own text is not repeated."""
    async with fake_http(an_error(code)) as fake, Http() as http:
        shop = a_shop(fake.url, http)

        with pytest.raises(OmsError) as raised:
            await shop.fetch("261122-000000000000001")

    assert type(raised.value) is kind
    assert "张三丰" not in str(raised.value)


def test_the_table_of_this_test_is_the_whole_table() -> None:
    """A code somebody adds gets its line here."""
    assert {code for code, _ in TABLE} == set(ERRORS)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (Says("<html>维护中</html>"), Unavailable),
        (Says("[]"), Unavailable),
        (Says({"something_else": {}}), Unavailable),
        (Says({"error_response": {"error_msg": "?"}}), Unavailable),
        (Says('{"order_info_get_response": {"order_info": {"pay_amount": NaN}}}'), Unavailable),
        (Says("gone", status=404), InterfaceRetired),
        (Says("slow down", status=429, headers={"Retry-After": "7"}), RateLimited),
        (Says(hangs_up=True), Unavailable),
        (an_error(10001, "公共参数错误:type"), InterfaceRetired),
        (an_error(10001, "公共参数错误:timestamp"), Misused),
        (an_error("99999"), Misused),
    ],
)
async def test_what_is_no_answer_is_never_no_orders(says: Says, kind: type[OmsError]) -> None:
    """HTML with status 200, nothing, something else, an interface that is gone."""
    async with fake_http(says) as fake, Http() as http:
        shop = a_shop(fake.url, http)

        with pytest.raises(OmsError) as raised:
            await shop.fetch("261122-000000000000001")

    assert type(raised.value) is kind


def test_no_amount_becomes_a_float() -> None:
    """188.0 and 1.0E7 stay the text that stood there."""
    read = read_json('{"pay_amount": 188.0, "goods_amount": 1.0E7, "goods_count": 2}', amounts_as_text=True)

    assert read == {"pay_amount": "188.0", "goods_amount": "1.0E7", "goods_count": 2}


@pytest.mark.parametrize("key", [TRACE.answer, "logistics_ordertrace_get_response"])
async def test_the_misspelt_answer_is_read_as_the_platform_spells_it(key: str) -> None:
    """And should they ever correct it, still."""
    async with fake_http(Says({key: {"trace_list": []}})) as fake, Http() as http:
        gateway: Gateway = a_shop(fake.url, http)._gateway

        reply = await gateway.ask(TRACE, {"mail_no": "SF1"})

    assert TRACE.answer.endswith("resposne")
    assert reply.content == {"trace_list": []}


async def test_the_simulator_misspells_it_too() -> None:
    """Ask it for a trace."""
    async with a_platform("pdd") as place:
        channel: Any = place.channel

        reply = await channel._gateway.ask(TRACE, {"mail_no": "SF1"})

        assert reply.content["trace_list"] == []


async def test_an_expired_token_is_refreshed_and_kept_with_its_end() -> None:
    """The new token opens, and everybody uses it from then on."""
    end = int((datetime.now(UTC) + timedelta(hours=20)).timestamp())

    def respond(asked: Asked) -> Says:
        if asked.query["type"] == "pdd.pop.auth.token.refresh":
            fresh = {"access_token": "second", "refresh_token": "third", "expires_at": end}
            return Says({"pop_auth_token_refresh_response": fresh})
        if asked.form["access_token"] == "first":
            return an_error(10019)
        return Says({ORDER.answer: {"order_info": an_order()}})

    tokens = MemoryTokens()
    async with fake_http(respond) as fake, Http() as http:
        shop = a_shop(fake.url, http, tokens)

        order = await shop.fetch("261122-000000000000001")
        await shop.fetch("261122-000000000000001")

    kept = tokens.kept[shop.shop]
    assert order is not None
    assert (kept.access, kept.refresh, kept.expires_at) == (
        "second",
        "third",
        datetime.fromtimestamp(end, UTC),
    )
    assert len(fake.asked) == 4


@pytest.mark.parametrize(
    "says", [an_error(10019), an_error(99999), Says({"pop_auth_token_refresh_response": {}})]
)
async def test_a_refused_refresh_needs_a_person(says: Says) -> None:
    """Not an endless round."""

    def respond(asked: Asked) -> Says:
        return says if "refresh" in asked.query["type"] else an_error(10019)

    async with fake_http(respond) as fake, Http() as http:
        shop = a_shop(fake.url, http)

        with pytest.raises(CredentialsExpired):
            await shop.fetch("261122-000000000000001")

    assert len(fake.asked) == 2


async def test_a_clock_that_is_off_is_told_by_the_check() -> None:
    """Eleven minutes: every question is refused, and the check says what to compare."""
    async with a_platform("pdd") as place:
        channel: Any = place.channel
        ahead = lambda: datetime.now(UTC) + timedelta(minutes=11)  # noqa: E731
        channel._gateway._now = ahead

        found = await place.channel.check()

        assert (found.authorised, found.active) == (True, False)
        assert "clock" in found.problem


@pytest.mark.parametrize(
    "option", [{"settle_seconds": "soon"}, {"settle_seconds": "3600"}, {"pmc_url": "http://x"}]
)
async def test_a_wrong_option_stops_the_start(option: dict[str, str]) -> None:
    """Named, and with what was expected."""
    async with a_platform("pdd") as place:
        given = place.shop.model_dump() | {"options": option, "secrets": place.shop.secrets}

        with pytest.raises(WrongSetting, match=next(iter(option))):
            open_channel(ShopConfig.model_validate(given), place.http, place.tokens)


async def test_the_simulator_takes_json_as_well() -> None:
    """Nested parameters are signed as their compact text, numbers as their digits."""
    async with a_platform("pdd") as place:
        order = place.order()
        body = {
            "type": ORDER.type, "client_id": place.secrets["app_key"], "access_token": place.secrets["access_token"],
            "timestamp": int(datetime.now(UTC).timestamp()), "order_sn": order.number, "extra": [{"备注": 1}],
        }  # fmt: skip
        signed = {name: str(value) for name, value in body.items()} | {"extra": '[{"备注":1}]'}
        body["sign"] = sign(place.secrets["app_secret"], signed)
        url, headers = f"{place.shop.url}/api/router", {"Content-Type": "application/json"}

        answer = await place.http.ask("POST", url, headers=headers, content=json.dumps(body).encode())

        assert answer.json()[ORDER.answer]["order_info"]["order_sn"] == order.number


async def test_no_secret_is_in_the_address() -> None:
    """Addresses end up in logs: only the name of the question stands there."""
    async with fake_http(Says({ORDER.answer: {"order_info": None}})) as fake, Http() as http:
        await a_shop(fake.url, http).fetch("261122-000000000000001")

    (asked,) = fake.asked
    assert asked.query == {"type": "pdd.order.information.get"}
    assert json.dumps(asked.form).count("first") == 1

"""Every error of the platform becomes the one class that says what to do; all of them come with HTTP 200."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels.taobao import Taobao, TaobaoConfig
from oms.channels.taobao.verdict import Refusal, judge
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Http
from oms.paging import Window
from tests.channels.platform_world import MemoryTokens, PlatformWorld, a_platform
from tests.channels.taobao_trades import SHOP
from tests.unit.fake_http import Says, fake_http

NOW = datetime.now(UTC)
TABLE: list[tuple[int, str, type[OmsError]]] = [
    (4, "", RateLimited), (5, "", RateLimited), (6, "", RateLimited),
    (7, "accesscontrol.limited-by-app-access-count", RateLimited),
    (7, "accesscontrol.limited-by-api-access-count", RateLimited),
    (8, "isp.item-update-service-error", Unavailable), (10, "", Unavailable),
    (15, "isp.top-remote-service-unavailable", Unavailable), (15, "", Unavailable),
    (15, "isv.logistics-offline-service-error:B150", Unavailable),
    (21, "", InterfaceRetired), (22, "", InterfaceRetired),
    (11, "isv.permission-api-package-limit", Misused), (12, "", Misused), (53, "", Misused),
    (24, "", Misused), (25, "", Misused),
    (26, "", CredentialsExpired), (27, "session-expired", CredentialsExpired),
    (27, "invalid-sessionkey", CredentialsExpired), (27, "session-not-exist", CredentialsExpired),
    (28, "", Misused), (29, "", Misused), (30, "", Misused), (31, "", Misused), (32, "", Misused),
    (33, "", Misused), (34, "", Misused), (40, "isv.missing-parameter", Misused),
    (41, "isv.invalid-parameter", Misused), (999, "", Unavailable),
]  # fmt: skip


def error(code: int, sub: str = "", sub_msg: str = "张三丰") -> dict[str, Any]:
    """An error as the platform words it; what it says in words may hold anything."""
    return {"code": code, "msg": "whatever", "sub_code": sub, "sub_msg": sub_msg, "request_id": "r"}


@pytest.mark.parametrize(("code", "sub", "kind"), TABLE)
def test_each_code_has_its_class(code: int, sub: str, kind: type[OmsError]) -> None:
    """And no error repeats the platform's own words, which go into logs."""
    verdict = judge(error(code, sub), "taobao:main: taobao.trade.fullinfo.get")

    assert type(verdict) is kind
    assert "张三丰" not in str(verdict)
    assert str(code) in str(verdict)


def test_a_ban_is_obeyed_to_the_second() -> None:
    """The platform says for how long, in words."""
    told = "This ban will last for 86 more seconds"

    verdict = judge(error(7, "accesscontrol.limited-by-api-access-count", told), "q")

    assert isinstance(verdict, RateLimited)
    assert verdict.retry_after == 86


def test_a_business_refusal_is_a_value_with_its_reason() -> None:
    """Code 15 is both: `isp.` is theirs, `isv.` is an answer."""
    told = "运单号不符合规则或已经被使用"

    verdict = judge(error(15, "isv.logistics-offline-service-error:B60", told), "q")

    assert isinstance(verdict, Refusal)
    assert verdict.reason == f"isv.logistics-offline-service-error:B60: {told}"


WINDOW = Window(NOW - timedelta(minutes=5), NOW)
LIST = "trades_sold_increment_get_response"


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (Says("<html>系统维护中</html>"), Unavailable),
        (Says("<html>网关错误</html>", status=502), Unavailable),
        (Says("", status=404), InterfaceRetired),
        (Says('{"trades_sold_increment'), Unavailable),
        (Says("[]"), Unavailable),
        (Says('{"something_else_response": {}}'), Unavailable),
        (Says({LIST: {"total_results": 1, "trades": {"trade": "none"}}}), Unavailable),
        (Says({LIST: {"total_results": "many"}}), Unavailable),
        (Says({LIST: {"total_results": float("nan")}}), Unavailable),
        (Says({"error_response": error(22)}), InterfaceRetired),
        (Says({"error_response": error(15, "isv.invalid-permission")}), Misused),
        (Says(hangs_up=True), Unavailable),
    ],
)
async def test_what_is_no_list_is_never_no_orders(says: Says, kind: type[OmsError]) -> None:
    """HTML with status 200 above all."""
    async with fake_http(says) as server, Http() as http:
        with pytest.raises(OmsError) as raised:
            await a_channel(server.url, http).ask_page(WINDOW, 1)

    assert type(raised.value) is kind


async def test_an_empty_page_comes_without_its_key() -> None:
    """That, and only that, is "no orders"."""
    async with fake_http(Says({LIST: {"total_results": 0, "request_id": "r"}})) as server, Http() as http:
        page = await a_channel(server.url, http).ask_page(WINDOW, 1)

    assert (page.rows, page.total) == ((), 0)


async def test_secrets_stay_out_of_the_address() -> None:
    """An address ends up in logs of others; only the method stands in it."""
    async with fake_http(Says({LIST: {"total_results": 0}})) as server, Http() as http:
        await a_channel(server.url, http).ask_page(WINDOW, 1)

    (asked,) = server.asked
    assert asked.query == {"method": "taobao.trades.sold.increment.get"}
    assert {"session", "sign", "app_key", "timestamp"} <= set(asked.form)


async def test_a_wrong_secret_is_our_fault() -> None:
    """Not worth a second question, and the person who reads it knows which setting to correct."""
    async with a_platform("taobao") as place:
        channel = like(place, app_secret=SecretStr("guessed"))

        with pytest.raises(Misused, match="app_secret"):
            await channel.fetch("4000000000000000001")


async def test_a_clock_eleven_minutes_off_is_named() -> None:
    """The platform takes ten; the check says by how much even though nothing else works."""
    async with a_platform("taobao") as place:
        channel = like(place, late=timedelta(minutes=11))

        with pytest.raises(Misused, match="clock"):
            await channel.fetch("4000000000000000001")
        found = await channel.check()

        assert not found.active
        assert "clock" in found.problem
        assert abs((found.clock_skew_seconds or 0) - 660) <= 3


async def test_a_clock_nine_minutes_off_works_and_is_told() -> None:
    """Worth knowing before it becomes eleven."""
    async with a_platform("taobao") as place:
        found = await like(place, late=timedelta(minutes=9)).check()

        assert found.active
        assert abs((found.clock_skew_seconds or 0) - 540) <= 3


def like(place: PlatformWorld, *, late: timedelta = timedelta(0), **changes: Any) -> Taobao:
    """Our connector on the same shop, with a clock that is late or a setting that is wrong."""
    config = a_config(place.shop.url, **{name: SecretStr(value) for name, value in place.secrets.items()})
    return Taobao(
        config.model_copy(update=changes), place.http, place.tokens, lambda: datetime.now(UTC) - late
    )


def a_config(url: str, **secrets: SecretStr) -> TaobaoConfig:
    """Settings of a shop."""
    usual = {name: SecretStr("x") for name in ("app_secret", "access_token", "refresh_token")}
    app_key = secrets.pop("app_key", SecretStr("123")).get_secret_value()
    return TaobaoConfig.model_validate(
        {"shop": SHOP, "base_url": url, "app_key": app_key, **usual, **secrets}
    )


def a_channel(url: str, http: Http) -> Taobao:
    """A shop at any address."""
    return Taobao(a_config(url), http, MemoryTokens())

"""Douyin's answers, each as the one error that says what to do about it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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
from tests.channels.douyin_words import NOW, a_shop, a_shop_of, an_order
from tests.channels.platform_world import a_platform
from tests.unit.fake_http import Says, fake_http

MINUTE = Window(NOW - timedelta(minutes=1), NOW)


def refused(code: int, sub_code: str = "", sub_msg: str = "") -> dict[str, Any]:
    """A refusal in the new envelope."""
    return {"code": code, "msg": "", "sub_code": sub_code, "sub_msg": sub_msg, "log_id": "1", "data": None}


@pytest.mark.parametrize(
    ("code", "sub_code", "error"),
    [
        (20000, "isp.service-error:10005", Unavailable),
        (20000, "dop.service-error", Unavailable),
        (20001, "", Unavailable),
        (30001, "isv.app-permissions-insufficient", Misused),
        (30001, "dop.authorization-no-existed", CredentialsExpired),
        (30001, "dop.authorization-closed", CredentialsExpired),
        (30001, "dop.app-forbidden", Misused),
        (30002, "", Misused),
        (40001, "isv.app-id-missing", Misused),
        (40001, "isv.access-token-missing", CredentialsExpired),
        (40003, "isv.access-token-expired", CredentialsExpired),
        (40003, "isv.access-token-no-existed", CredentialsExpired),
        (40003, "isv.access-token-invalid", CredentialsExpired),
        (40003, "isv.signature-invalid", Misused),
        (40003, "isv.timestamp-invalid", Unavailable),
        (40003, "isv.parameter-format-invalid", Misused),
        (40004, "isv.parameter-invalid:20013", Misused),
        (50001, "dop.token-generate-failed:token-expired", CredentialsExpired),
        (50002, "isv.business-failed:20004", Misused),
        (60000, "isv.traffic-limited", RateLimited),
        (70000, "isp.api-service-off", InterfaceRetired),
        (70000, "", InterfaceRetired),
        (80000, "isv.security", Misused),
        (90000, "isp.unknown-error", Unavailable),
        (12345, "", Misused),
    ],
)
async def test_every_code_has_its_error(code: int, sub_code: str, error: type[OmsError]) -> None:
    """All of them come with HTTP 200, and none of them is "no orders"."""
    async with fake_http(Says(refused(code, sub_code))) as fake, Http() as http:
        with pytest.raises(OmsError) as raised:
            await a_shop(http, fake.url).ask_page(MINUTE, 0)

    assert type(raised.value) is error
    assert "access-1" not in str(raised.value)


async def test_a_business_refusal_that_says_it_will_pass_is_tried_again() -> None:
    """Doudian words some of its own troubles as refusals."""
    answer = refused(50002, "isv.business-failed:20004", "系统繁忙，请稍后重试")
    async with fake_http(Says(answer)) as fake, Http() as http:
        with pytest.raises(Unavailable):
            await a_shop(http, fake.url).fetch("6900000000000000001")

    assert fake.asked


@pytest.mark.parametrize(
    "envelope",
    [
        {"err_no": 0, "message": "success"},
        {"code": 10000, "msg": "success", "sub_code": ""},
        {"code": 10000, "msg": "success", "err_no": 0, "message": "success"},
    ],
)
async def test_both_envelopes_are_read(envelope: dict[str, Any]) -> None:
    """The old one, the new one, and both at once as during the change."""
    page = {"page": 0, "size": 100, "total": 1, "shop_order_list": [an_order()]}
    async with fake_http(Says({**envelope, "data": page})) as fake, Http() as http:
        numbered = await a_shop(http, fake.url).ask_page(MINUTE, 0)

    assert (numbered.total, numbered.rows[0]["order_id"]) == (1, "6900000000000000001")


async def test_an_error_of_before_is_an_error() -> None:
    """`err_no` alone, without the new words."""
    async with (
        fake_http(Says({"err_no": 70000, "message": "接口下线", "data": None})) as fake,
        Http() as http,
    ):
        with pytest.raises(InterfaceRetired):
            await a_shop(http, fake.url).ask_page(MINUTE, 0)

    assert fake.asked[0].path == "/order/searchList"


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Says("<html>维护中</html>"), Unavailable),
        (Says({}), Unavailable),
        (Says([]), Unavailable),
        (Says({"code": 10000, "data": None}), Unavailable),
        (Says({"code": 10000, "data": {"shop_order_list": []}}), Unavailable),
        (Says({"code": 10000, "data": {"total": 1, "shop_order_list": "none"}}), Unavailable),
        (Says("gone", status=404), InterfaceRetired),
        (Says("slow down", status=429, headers={"Retry-After": "17"}), RateLimited),
        (Says("oops", status=502), Unavailable),
    ],
)
async def test_what_is_no_answer_is_never_no_orders(says: Says, error: type[OmsError]) -> None:
    """HTML, nothing, the wrong thing, and statuses other than 200."""
    async with fake_http(says) as fake, Http() as http:
        with pytest.raises(OmsError) as raised:
            await a_shop(http, fake.url).ask_page(MINUTE, 0)

    assert type(raised.value) is error
    assert getattr(raised.value, "retry_after", None) in {None, 17.0}


async def test_an_empty_list_may_be_absent() -> None:
    """No key, or null, with a count of 0."""
    async with fake_http(Says({"code": 10000, "data": {"total": 0}})) as fake, Http() as http:
        numbered = await a_shop(http, fake.url).ask_page(MINUTE, 0)

    assert numbered == ((), 0)


async def test_a_clock_that_is_eleven_minutes_off_is_refused_and_named() -> None:
    """The platform takes ten; the connection check says by how much."""
    async with a_platform("douyin") as place:
        late = a_shop_of(place, lambda: datetime.now(UTC) - timedelta(minutes=11))

        with pytest.raises(Unavailable, match="timestamp"):
            await late.ask_page(MINUTE, 0)
        found = await late.check()

        assert not found.active
        assert found.clock_skew_seconds is not None
        assert abs(found.clock_skew_seconds - 660) <= 2
        assert "clock" in found.problem


async def test_a_wrong_secret_is_our_fault() -> None:
    """Neither asked again for ever, nor taken for an expired token."""
    async with a_platform("douyin") as place:
        stranger = a_shop_of(place, app_secret="not the secret")

        with pytest.raises(Misused, match="signature"):
            await stranger.ask_page(MINUTE, 0)
        found = await stranger.check()

        assert (found.authorised, found.active) == (True, False)


async def test_a_token_lives_seven_days_and_is_traded_for_another() -> None:
    """The platform hands the same one out until its last hour; then both tokens are new."""
    async with a_platform("douyin") as place:
        place.arm("token_expired", count=1)

        await place.channel.fetch("6900000000000000001")

        token = place.tokens.kept[place.shop.key]
        assert token.access != place.secrets["access_token"]
        assert token.refresh not in {"", place.secrets["refresh_token"]}
        assert token.expires_at is not None
        assert timedelta(days=6.9) < token.expires_at - datetime.now(UTC) <= timedelta(days=7)


async def test_a_refresh_that_is_refused_needs_a_person() -> None:
    """The refresh token has its own life of fourteen days."""
    async with a_platform("douyin") as place:
        stranger = a_shop_of(place, access_token="nobody's", refresh_token="nobody's")

        with pytest.raises(CredentialsExpired, match="authorise"):
            await stranger.fetch("6900000000000000001")
        found = await stranger.check()

        assert (found.authorised, found.active) == (False, False)


async def test_a_retired_method_is_retired_and_not_unknown() -> None:
    """A path that the platform does not have any more answers as documented."""
    async with a_platform("douyin") as place:
        place.arm("retired", count=1)

        with pytest.raises(InterfaceRetired, match=r"isp\.api-service-off"):
            await place.channel.fetch("6900000000000000001")

        assert await place.channel.fetch("6900000000000000001") is None

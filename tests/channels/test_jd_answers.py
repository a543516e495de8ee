"""JD's answers, told apart by their body: each becomes the one error that says what to do next."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels import CHANNELS
from oms.channels.jd.client import PROPERTIES, Jd
from oms.channels.jd.config import JdConfig
from oms.channels.jd.signature import sign
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Http
from oms.settings import ShopConfig, WrongSetting
from tests.channels.platform_world import MemoryTokens
from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http

SEARCH = "jingdong_pop_order_search_responce"
NOW = datetime.now(UTC)
WINDOW = (NOW - timedelta(minutes=5), NOW)
SECRETS = ("app_key", "app_secret", "access_token", "refresh_token")


def a_shop(url: str, **changes: Any) -> ShopConfig:
    """A shop of the shops file, on a server of the test."""
    secrets = {name: SecretStr(f"the-{name}") for name in SECRETS}
    return ShopConfig.model_validate(
        {"channel": "jd", "shop": "main", "url": url, "secrets": secrets} | changes
    )


def a_list(**result: Any) -> bytes:
    """A list as JD answers it."""
    return json.dumps({SEARCH: {"code": "0", "searchorderinfo_result": result}}).encode()


async def asked_of(says: Says | Mapping[str, Any] | str, http: Http) -> OmsError | list[Any]:
    """What a poll makes of an answer; the token interface never gives a new token."""
    answer = says if isinstance(says, Says) else Says(says)
    refused = Says({"code": 400, "msg": "no", "requestId": "r"})

    def respond(asked: Asked) -> Says:
        return refused if asked.path.startswith("/oauth2/") else answer

    async with fake_http(respond) as server:
        channel = CHANNELS["jd"].open(a_shop(server.url), http, MemoryTokens())
        try:
            return [page async for page in channel.changed(*WINDOW)]
        except OmsError as error:
            return error


@pytest.fixture
async def http() -> Any:
    """A client of the test."""
    async with Http(patience_s=5) as client:
        yield client


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("2", RateLimited),
        pytest.param(2, RateLimited, id="a number"),
        ("4", Misused),
        ("5", InterfaceRetired),
        ("7", Misused),
        ("8", Misused),
        ("11", Misused),
        ("12", Misused),
        ("14", InterfaceRetired),
        ("15", InterfaceRetired),
        ("19", CredentialsExpired),
        ("1", Unavailable),
        ("67", Unavailable),
        ("10100040", Unavailable),
        ("", Unavailable),
    ],
)
async def test_every_code_becomes_the_error_that_says_what_to_do(
    http: Http, code: str | int, error: type[OmsError]
) -> None:
    """With HTTP 200, and in JD's misspelt envelope too; a list that is refused is never an empty one."""
    body = {"code": code, "zh_desc": "某事", "en_desc": "something"}

    outside = await asked_of({"error_response": body}, http)
    inside = await asked_of({SEARCH: body | {"code": code or "?"}}, http)

    assert type(outside) is error
    assert type(inside) is error


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><h1>\xe7\xbb\xb4\xe6\x8a\xa4</h1>",
        b'{"jingdong_pop_order_search_responce": {"code": "0", "searchorder',
        b"",
        b"[]",
        b"NaN",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"jingdong_pop_order_get_responce": {"code": "0"}}',
        b'{"jingdong_pop_order_search_responce": {"code": "0"}}',
        a_list(),
        a_list(apiResult={"success": False, "chineseErrCode": "?"}, orderTotal=0, orderInfoList=[]),
        a_list(apiResult={"success": True}, orderTotal=7, orderInfoList=[]),
        a_list(apiResult={"success": True}, orderTotal=0, orderInfoList="none"),
        a_list(apiResult={"success": True}, orderTotal="many", orderInfoList=[]),
    ],
)
async def test_what_is_not_the_list_is_never_an_empty_one(http: Http, body: bytes) -> None:
    """HTML with status 200, half a page, an answer to another question: ask again, never "no orders"."""
    found = await asked_of(Says(body), http)

    assert type(found) is Unavailable


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, InterfaceRetired), (410, InterfaceRetired), (429, RateLimited), (502, Unavailable)],
)
async def test_a_status_speaks_where_the_body_says_nothing(
    http: Http, status: int, error: type[OmsError]
) -> None:
    """In front of JD stand proxies that know nothing of its errors."""
    found = await asked_of(Says("<h1>no</h1>", status=status), http)

    assert type(found) is error


async def test_an_empty_list_without_its_key_is_empty(http: Http) -> None:
    """The count says so; numbers may be text and the envelope spelt right."""
    result = {"apiResult": {"success": "true"}, "orderTotal": "0"}
    body = {"jingdong_pop_order_search_response": {"code": "0", "searchorderinfo_result": result}}

    pages = await asked_of(body, http)

    assert isinstance(pages, list)
    assert [page.payloads for page in pages] == [()]


async def test_a_window_with_more_pages_than_jd_shows_is_halved(http: Http) -> None:
    """Beyond page 100 JD's pages are empty although its count says more; the halves share their border."""
    windows: list[tuple[str, str]] = []

    def respond(asked: Asked) -> Says:
        business = json.loads(asked.form["360buy_param_json"])
        windows.append((business["start_date"], business["end_date"]))
        total = PROPERTIES.most_rows if len(windows) > 1 else (PROPERTIES.most_rows or 0) + 1
        return Says(a_list(apiResult={"success": True}, orderTotal=total, orderInfoList=[]))

    async with fake_http(respond) as server:
        channel = CHANNELS["jd"].open(a_shop(server.url), http, MemoryTokens())
        with pytest.raises(Unavailable, match="only 0 were shown"):
            assert [page async for page in channel.changed(*WINDOW)]

        (whole, first) = list(dict.fromkeys(windows))
        assert whole[0] == first[0]
        assert first[1] < whole[1]


async def test_what_is_sent_is_what_is_signed(http: Http) -> None:
    """System parameters in the query, the business once as text in the form, in UTF-8."""
    with_total = {"apiResult": {"success": True}, "orderTotal": 0}
    async with fake_http(Says({SEARCH: {"code": "0", "searchorderinfo_result": with_total}})) as server:
        channel = CHANNELS["jd"].open(a_shop(server.url), http, MemoryTokens())

        assert [page async for page in channel.changed(*WINDOW)]

        (asked,) = server.asked
        sent = asked.query | asked.form
        given = sent.pop("sign")
        assert given == sign("the-app_secret", sent)
        assert (asked.path, sent["v"], sent["app_key"]) == ("/routerjson", "2.0", "the-app_key")
        assert sent["timestamp"].endswith("+0800")
        assert set(asked.form) == {"360buy_param_json"}


async def test_a_refused_refresh_names_what_a_person_must_do(http: Http) -> None:
    """And none of the secrets that were in the address."""
    error = await asked_of({"error_response": {"code": "19"}}, http)

    assert isinstance(error, CredentialsExpired)
    assert "authorise" in str(error)
    assert "the-" not in str(error)


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, CredentialsExpired), (401, CredentialsExpired), (429, RateLimited), (503, Unavailable)],
)
async def test_a_token_interface_in_trouble_is_not_a_refusal(
    http: Http, status: int, error: type[OmsError]
) -> None:
    """A person is called only when JD says no."""

    def respond(asked: Asked) -> Says:
        if asked.path.startswith("/oauth2/"):
            return Says({"code": status, "msg": "?", "requestId": "r"}, status=status)
        return Says({"error_response": {"code": "19"}})

    async with fake_http(respond) as server:
        channel = CHANNELS["jd"].open(a_shop(server.url), http, MemoryTokens())

        with pytest.raises(error):
            await channel.fetch("300000000001")

        assert _paths(server) == ["/routerjson", "/oauth2/refresh_token"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"currency": "USD"}, "USD"),
        ({"api_version": "v3"}, "v3"),
        ({"secrets": {}}, "app_key"),
        ({"options": {"carrier_jt": "JT"}}, "carrier_jt"),
    ],
)
async def test_a_wrong_setting_stops_the_start(http: Http, changes: dict[str, Any], named: str) -> None:
    """Before anything is asked; JD's orders name no currency, so another one would never be noticed."""
    shop = a_shop("http://127.0.0.1:9", **changes)

    with pytest.raises(WrongSetting, match=named):
        CHANNELS["jd"].open(shop, http, MemoryTokens())


async def test_jd_s_own_address_stands_for_its_three_gateways(http: Http) -> None:
    """Anywhere else, all lie together."""
    live, simulated = JdConfig.of(a_shop("https://api.jd.com")), JdConfig.of(a_shop("http://127.0.0.1:9/jd"))

    assert (live.router, live.sp_api, live.oauth) == (
        "https://api.jd.com", "https://api-cn.jd.com", "https://open-oauth.jd.com",
    )  # fmt: skip
    assert {simulated.router, simulated.sp_api, simulated.oauth} == {"http://127.0.0.1:9/jd"}
    assert "the-" not in repr(Jd(live, http, MemoryTokens())) + repr(live)


def _paths(server: FakeHttp) -> list[str]:
    return [asked.path for asked in server.asked]

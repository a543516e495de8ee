"""Whatever happens on the wire ends as an answer or as an error that says what to do."""

from datetime import UTC, datetime

import pytest

from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Answer, Http, read_json
from tests.unit.fake_http import Asked, Says, fake_http


async def test_an_answer_of_any_status_is_an_answer() -> None:
    """What a status means is the adapter's business: most platforms say 200 to everything."""
    async with fake_http(Says("no tea", 418, {"X-Tea": "none"})) as server, Http() as http:
        answer = await http.ask("POST", f"{server.url}/pot?sign=1", headers={"X-A": "b"}, content=b"leaves")

    assert (answer.status, answer.headers["x-tea"], answer.body) == (418, "none", b"no tea")
    assert (server.asked[0].method, server.asked[0].query, server.asked[0].body) == (
        "POST",
        {"sign": "1"},
        b"leaves",
    )
    assert server.asked[0].headers["x-a"] == "b"


async def test_a_redirect_is_not_followed() -> None:
    """A body full of personal data must not go where somebody else points."""

    def respond(_asked: Asked) -> Says:
        return Says(status=302, headers={"Location": "/elsewhere"})

    async with fake_http(respond) as server, Http() as http:
        answer = await http.ask("GET", server.url)

    assert answer.status == 302
    assert len(server.asked) == 1
    with pytest.raises(Unavailable):
        answer.check("the shop")


@pytest.mark.parametrize("says", [Says(hangs_up=True), Says("late", pause_s=2.0)])
async def test_no_answer_is_unavailable(says: Says) -> None:
    """Broken off or too slow: asking again is right; the error names the place and not the signature."""
    async with fake_http(says) as server, Http(patience_s=0.2) as http:
        with pytest.raises(Unavailable, match=r"GET http://127\.0\.0\.1:\d+/orders: ") as caught:
            await http.ask("GET", f"{server.url}/orders?oauth_signature=secret")

    assert "secret" not in str(caught.value)


async def test_nobody_there_is_unavailable() -> None:
    """A refused connection is asked again."""
    async with fake_http(Says()) as server:
        url = server.url

    async with Http() as http:
        with pytest.raises(Unavailable, match="ConnectError"):
            await http.ask("GET", url)


async def test_an_answer_that_is_too_large_is_dropped() -> None:
    """Nobody fills our memory."""
    async with fake_http(Says("x" * 5000)) as server, Http(largest_answer=4096) as http:
        with pytest.raises(Unavailable, match="more than 4096 bytes"):
            await http.ask("GET", server.url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:port/", "ftp://shop.example/", "no address"])
async def test_a_wrong_address_is_our_fault(url: str) -> None:
    """Asking again does not mend a misspelt setting."""
    async with Http() as http:
        with pytest.raises(Misused, match="correct the configured URL"):
            await http.ask("GET", url)


async def test_a_proxy_never_stands_between_us_and_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulator is reached although the environment names a proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    async with fake_http(Says("here")) as server, Http() as http:
        answer = await http.ask("GET", server.url)

    assert answer.body == b"here"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Misused),
        (401, CredentialsExpired),
        (403, CredentialsExpired),
        (404, InterfaceRetired),
        (408, Unavailable),
        (410, InterfaceRetired),
        (422, Misused),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_status_without_a_body_says_what_to_do(status: int, error: type[OmsError]) -> None:
    """The same table for every adapter that finds no better word in the body."""
    with pytest.raises(error, match=f"the shop answered HTTP {status}") as caught:
        Answer(status, {}, b"").check("the shop")

    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17.0),
        ({"retry-after": "99999999999"}, 86_400.0),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:00 GMT", "date": "Sun, 22 Nov 2026 10:00:30 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_their_own_wait_is_kept(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, or a moment of their clock; anything else is no wish at all."""
    with pytest.raises(RateLimited) as caught:
        Answer(429, headers, b"").check("the shop")

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("text", [b"", b"<html>", b"NaN", b"[" * 100_000, b"\xff", b'{"a":1', b"9" * 5000])
def test_what_is_not_json_is_a_value_error(text: bytes) -> None:
    """Also where Python would be lenient, or run out of stack."""
    with pytest.raises(ValueError, match=r".*"):
        read_json(text)


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Sun, 22 Nov 2026 10:11:00 GMT", 660),
        ("Sun, 22 Nov 2026 09:59:30 -0000", -30),
        ("Sun, 22 Nov 2026 18:00:00 +0800", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_their_clock_is_read_from_the_date_header(date: str, seconds: int | None) -> None:
    """A Date is GMT, also where it does not say so; none, or nonsense, tells no time."""
    ours = datetime(2026, 11, 22, 10, tzinfo=UTC)

    skew = Answer(200, {"date": date} if date else {}, b"").skew_seconds(ours)

    assert skew == seconds


def test_amounts_can_be_read_as_the_text_they_are() -> None:
    """What never is a float loses no digit."""
    read = read_json(b'{"price": 188.10, "count": 2}', amounts_as_text=True)

    assert read == {"price": "188.10", "count": 2}

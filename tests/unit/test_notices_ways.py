"""People are told, every way there is, and a way that fails keeps nobody else from hearing."""

import json
import logging

import pytest
from pydantic import SecretStr

from oms.domain.errors import Misused, Unavailable
from oms.notices import AppriseNotices, Fanout, LogNotices
from oms.ports import Notice
from tests.unit.fake_http import Says, fake_http

pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # apprise asks for it

RED = Notice(
    id="o-1:no-waybill", to="supervisor", severity="red", title="No waybill after 12 h",
    body="Order woocommerce:main:727 is locked.", order="woocommerce:main:727",
)  # fmt: skip


class Ear:
    """Somebody who hears, unless deaf."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.deaf = deaf
        self.heard: list[str] = []

    async def send(self, notice: Notice) -> None:
        if self.deaf:
            raise Unavailable("nobody listens")
        self.heard.append(notice.id)


async def test_a_notice_is_one_event_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A dotted past-tense name, fields beside it, a level as serious as the notice."""
    with caplog.at_level(logging.INFO):
        await LogNotices().send(RED)
        await LogNotices().send(RED.model_copy(update={"severity": "info"}))

    first, second = caplog.records
    assert (first.getMessage(), first.levelno, second.levelno) == ("notice.sent", logging.ERROR, logging.INFO)
    assert {name: getattr(first, name) for name in ("notice_id", "to", "severity", "order")} == {
        "notice_id": "o-1:no-waybill", "to": "supervisor", "severity": "red", "order": "woocommerce:main:727",
    }  # fmt: skip


async def test_apprise_reaches_an_address() -> None:
    """Title, body and order arrive; red is a failure in its words."""
    async with fake_http(Says("{}")) as server:
        notices = AppriseNotices([SecretStr(server.url.replace("http://", "json://"))])
        await notices.send(RED)

    told = json.loads(server.asked[0].body)
    assert (told["title"], told["type"]) == ("No waybill after 12 h", "failure")
    assert "woocommerce:main:727" in told["message"]


async def test_an_address_that_is_not_reached_is_tried_again_by_whoever_asked() -> None:
    """The notice is named, the address, which holds a token, is not."""
    async with fake_http(Says("no", 500)) as server:
        notices = AppriseNotices([SecretStr(server.url.replace("http://", "json://") + "/token")])
        with pytest.raises(Unavailable, match="o-1:no-waybill") as caught:
            await notices.send(RED)

    assert "token" not in str(caught.value)


def test_an_address_that_is_none_stops_the_start() -> None:
    """By its place in the list."""
    with pytest.raises(Misused, match="notice address 2 of 2") as caught:
        AppriseNotices([SecretStr("json://127.0.0.1"), SecretStr("secret-nonsense")])

    assert "secret" not in str(caught.value)


async def test_no_address_is_no_failure() -> None:
    """The log is always there."""
    ear = Ear()

    await Fanout([AppriseNotices([]), ear]).send(RED)

    assert ear.heard == [RED.id]


async def test_a_deaf_way_is_tried_again_and_the_others_hear_once() -> None:
    """All are tried; after a failure only those who have not heard."""
    hearing, deaf = Ear(), Ear(deaf=True)
    fanout = Fanout([deaf, hearing])

    with pytest.raises(Unavailable, match=r"Ear \(Unavailable\)"):
        await fanout.send(RED)
    deaf.deaf = False
    await fanout.send(RED)
    await fanout.send(RED)

    assert (hearing.heard, deaf.heard) == ([RED.id], [RED.id])

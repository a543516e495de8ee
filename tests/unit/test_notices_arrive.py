"""Notices arrive at real servers on loopback: a mail server, and robots that look at the signature."""

import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from dingtalkchatbot.chatbot import DingtalkChatbot  # type: ignore[import-untyped]  # it has no types
from pydantic import SecretStr

from oms.domain.errors import Misused, OmsError, Unavailable
from oms.http import Http
from oms.notices.robots import LONGEST, robot_address
from oms.notices.ways import AllWays, Way, open_way
from tests.unit.fake_http import Asked, Says, fake_http

pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # apprise asks for it
SECRET = "SECd34db33f"
NOON = datetime(2026, 11, 23, 4, 0, 0, 250_000, tzinfo=UTC)
HOUR_MS = 3_600_000


class DingTalk:
    """A robot as DingTalk's: it checks the signature, and says in the body, under HTTP 200, what it does not take."""

    def __init__(self, at: datetime) -> None:
        self.at_ms, self.heard, self.signs = round(at.timestamp() * 1000), [], []  # type: tuple[int, list[str], list[str]]

    def __call__(self, asked: Asked) -> Says:
        told = asked.query
        text = f"{told.get('timestamp')}\n{SECRET}".encode()
        right = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
        if told.get("access_token") != "t0ken" or abs(int(told.get("timestamp", 0)) - self.at_ms) > HOUR_MS:
            return Says({"errcode": 300001, "errmsg": "token is not exist"})
        if told.get("sign") != right:
            return Says({"errcode": 310000, "errmsg": "sign not match"})
        self.signs.append(told["sign"])
        self.heard.append(asked.json["text"]["content"])
        return Says({"errcode": 0, "errmsg": "ok"})


def a_way(address: str, http: Http, at: datetime = NOON) -> Way:
    return open_way("OMS_WAY_X", SecretStr(address), http, lambda: at)


def robot_at(url: str, kind: str = "dingtalk", secret: str = SECRET) -> str:
    return f"{kind}+{url}/robot/send?access_token=t0ken&secret={secret}"


async def test_a_robot_that_checks_the_signature_hears_the_notice() -> None:
    """Title and text, in Chinese as well."""
    robot = DingTalk(NOON)

    async with fake_http(robot) as server, Http() as http:
        await a_way(robot_at(server.url), http).send("[紧急] 拉单连续失败", "店铺: taobao:main")

    assert robot.heard == ["[紧急] 拉单连续失败\n店铺: taobao:main"]


async def test_a_third_party_client_signs_the_same_and_is_heard_by_the_same_robot() -> None:
    """DingtalkChatbot, at the same moment, sends the same signature."""
    now = datetime.now(UTC)
    robot = DingTalk(now)

    async with fake_http(robot) as server, Http() as http:
        theirs = DingtalkChatbot(f"{server.url}/robot/send?access_token=t0ken", secret=SECRET)
        said: Any = await asyncio.to_thread(theirs.send_text, "theirs")
        at = datetime.fromtimestamp(round(theirs.start_time * 1000) / 1000, UTC)
        await a_way(robot_at(server.url), http, at).send("ours", "")

    assert said["errcode"] == 0
    assert robot.heard == ["theirs", "ours\n"]
    assert robot.signs[0] == robot.signs[1]


@pytest.mark.parametrize(
    ("secret", "later"), [("SECwrong", timedelta(0)), (SECRET, timedelta(hours=2)), ("", timedelta(0))]
)
async def test_what_a_robot_does_not_take_is_not_sent(secret: str, later: timedelta) -> None:
    """It answers HTTP 200 all the same; neither token nor secret is in the error."""
    async with fake_http(DingTalk(NOON)) as server, Http() as http:
        way = a_way(robot_at(server.url, secret=secret), http, NOON + later)
        with pytest.raises(Unavailable, match=r"3[01]000") as caught:
            await way.send("t", "x")

    assert "t0ken" not in str(caught.value)
    assert "SEC" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        ("wecombot", {"errcode": 0, "errmsg": "ok"}, {"errcode": 93000, "errmsg": "invalid webhook url"}),
        ("feishu", {"code": 0, "msg": "success"}, {"code": 19021, "msg": "sign match fail"}),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, {"code": 9499, "msg": "Bad Request"}),
    ],
)
async def test_the_other_robots_are_believed_by_their_body_too(
    kind: str, taken: dict[str, Any], refused: dict[str, Any]
) -> None:
    """Each in its own words."""
    async with fake_http(Says(taken)) as server, Http() as http:
        await a_way(robot_at(server.url, kind), http).send("标题", "正文" * LONGEST)
        server.respond = lambda _asked: Says(refused)
        with pytest.raises(Unavailable, match=kind):
            await a_way(robot_at(server.url, kind), http).send("t", "x")

    body = server.asked[0].json
    text = body["text"]["content"] if kind == "wecombot" else body["content"]["text"]
    assert text.startswith("标题\n正文")
    assert len(text.encode()) <= LONGEST
    assert ("sign" in body) is (kind == "feishu")


async def test_feishu_is_signed_as_feishu_wants_it() -> None:
    """HMAC-SHA256 of nothing, under the moment in seconds and the secret."""
    async with fake_http(Says({"code": 0})) as server, Http() as http:
        await a_way(robot_at(server.url, "feishu"), http).send("t", "x")

    body = server.asked[0].json
    key = f"{int(NOON.timestamp())}\n{SECRET}".encode()
    assert body["timestamp"] == str(int(NOON.timestamp()))
    assert base64.b64decode(body["sign"]) == hmac.new(key, b"", hashlib.sha256).digest()


@pytest.mark.parametrize(
    "answer", [Says("<html>", 200), Says({}, 200), Says([], 200), Says({"errcode": 0}, 502)]
)
async def test_an_answer_that_is_none_is_no_success(answer: Says) -> None:
    """A captive portal answers 200 as well."""
    async with fake_http(answer) as server, Http() as http:
        with pytest.raises(OmsError):
            await a_way(robot_at(server.url), http).send("t", "x")


def test_both_forms_of_an_address_are_understood() -> None:
    """Apprise's, which many have already, and the one that the platform shows."""
    ours = robot_address("dingtalk://SEC1@abc")
    theirs = robot_address("dingtalk+https://oapi.dingtalk.com/robot/send?access_token=abc&secret=SEC1")
    wecom = robot_address("wecombot://key-1")

    assert ours == theirs
    assert wecom is not None
    assert wecom.url.get_secret_value() == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=key-1"
    assert robot_address("mailto://a:b@example.com") is None


@pytest.mark.parametrize("address", ["dingtalk://", "wecombot+ftp://x/y", "secret-nonsense"])
async def test_an_address_that_is_none_names_its_variable_and_not_itself(address: str) -> None:
    """The start is refused."""
    async with Http() as http:
        with pytest.raises(Misused, match="OMS_WAY_X") as caught:
            a_way(address, http)

    assert "nonsense" not in str(caught.value)


class Mailbox:
    """What an SMTP server was handed."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(
            (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
        )
        return "250 OK"


@pytest.fixture
async def mail() -> AsyncIterator[tuple[str, Mailbox]]:
    """A mail server on loopback, and its address in apprise's form."""
    mailbox = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield (
        f"mailto://127.0.0.1:{port}?mode=insecure&from=oms@example.com&to=lin@example.com&format=text",
        mailbox,
    )
    server.close()


async def test_mail_arrives_at_a_real_server(mail: tuple[str, Mailbox]) -> None:
    """Subject and text, in Chinese as well."""
    address, mailbox = mail

    async with Http() as http:
        await a_way(address, http).send("[警告] 缺货", "店铺: jd:main")

    ((to, letter),) = mailbox.letters
    assert to == ["lin@example.com"]
    assert "缺货" in letter["subject"]
    assert "店铺: jd:main" in letter.get_body(("plain", "html")).get_content()


GONE = "mailto://127.0.0.1:1?mode=insecure&from=a@example.com&to=b@example.com"
"""Opened anew for each letter: apprise lets 5 s pass between two of one way."""


async def test_a_mail_server_that_is_gone_is_a_failure(mail: tuple[str, Mailbox]) -> None:
    """And of several addresses one that works is enough."""
    address, mailbox = mail

    async with Http() as http:
        with pytest.raises(Unavailable, match="OMS_WAY_X"):
            await a_way(GONE, http).send("t", "x")
        with pytest.raises(Unavailable):
            await AllWays([a_way(GONE, http)]).send("t", "x")
        await AllWays([a_way(GONE, http), a_way(address, http)]).send("t", "x")

    assert len(mailbox.letters) == 1

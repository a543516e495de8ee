"""What WeChat tells by itself: verified, opened, and read; seen by a third party as well."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from oms.channels.wechat.push import heard
from oms.channels.wechat.signature import sign, unseal
from oms.domain.errors import Forged, Unmappable
from oms.ports import Call, Heard, Hears, Reply
from simulator.post import Sheet
from simulator.wechat import WeChatShop
from simulator.wechat.signature import seal, signed
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.channels.wechat_orders import a_config
from tests.unit.fake_http import Asked, Says, fake_http

TOKEN, AES_KEY, APP_ID = "tok", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0000000000000000"
SENT = 1_763_776_800
AT = datetime.fromtimestamp(SENT, UTC)
PLAIN = (
    '{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1763776800,"MsgType":"event",'
    '"Event":"channels_ec_order_pay","order_info":{"order_id":3700000000000000001,"pay_time":1763776800}}'
)
SEALED = (
    "Q3stYC6hdFzMh9T8HCvyDBPUaHeebvfjqdVWf7/Jqb9L9IrZzwX3ZM06Ho2V29y6A6TNMp/PS1Rim7BYa13kQ0ZSWPbGZ07RNuDpVUzR"
    "WrK5Ri04ECueW7W4Pszp46Y/xIGqBcuup4tfs1w883C+u1qwcRucwHYPmjx9wDoFbC4NNvMY+gkCzJ1S/aOHWJBN7YZ1XDWA8rJ5fpjd"
    "YKsBNnhPr4oDMRQ/Y37hI6H8p7plbsI5qLHDYtV78kYszaDbuQAunuGlVIbuuv3Itd294V91fbMiPnTz3XbSfP+9joI="
)
MESSAGE_SIGNATURE = "7162b6794a8822fec102195ccb44fabbbf4d78fb"
URL_SIGNATURE = "767dde31cf225d95ff10b8ecbd66e65fb01c8cde"


def a_call(
    message: str | bytes = PLAIN, *, app_id: str = APP_ID, key: str = AES_KEY, xml: bool = False
) -> Call:
    """A push as it stood at `AT`, sealed and signed."""
    text = message if isinstance(message, str) else message.decode()
    sealed = seal(text, key, app_id, b"0123456789abcdef")
    body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>" if xml else json.dumps({"Encrypt": sealed})
    query = {"timestamp": str(SENT), "nonce": "n", "msg_signature": signed(TOKEN, str(SENT), "n", sealed)}
    return Call(method="POST", query=query, headers={}, body=body.encode())


def an_event(name: str = "channels_ec_order_pay", **changes: Any) -> str:
    event = {"FromUserName": "o1", "CreateTime": SENT, "Event": name, "order_info": {"order_id": "3701"}}
    return json.dumps(event | changes)


def hear(call: Call, now: datetime = AT) -> Heard:
    return heard(call, a_config(), now)


def test_the_published_vectors_hold_for_us_and_for_the_simulator() -> None:
    """Two codes that share nothing come to what was published."""
    query_parts = (TOKEN, "1763776800", "nonce1")

    assert sign(*query_parts) == signed(*query_parts) == URL_SIGNATURE
    assert sign(*query_parts, SEALED) == signed(*query_parts, SEALED) == MESSAGE_SIGNATURE
    assert seal(PLAIN, AES_KEY, APP_ID, b"0123456789abcdef") == SEALED
    assert unseal(SEALED, a_config().aes_key, a_config().app_id) == PLAIN.encode()


def test_a_third_party_seals_what_we_open_and_opens_what_the_simulator_seals() -> None:
    """Wechatpy stands for WeChat on the one side and for any other shop on the other."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    envelope = crypto.encrypt_message(PLAIN, "nonce1", str(SENT))
    signature = envelope.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    query = {"timestamp": str(SENT), "nonce": "nonce1", "msg_signature": signature}

    ours = hear(Call(method="POST", query=query, headers={}, body=envelope.encode()))
    theirs = crypto.decrypt_message({"Encrypt": SEALED}, MESSAGE_SIGNATURE, str(SENT), "nonce1")

    assert [word.number for word in ours.words] == ["3700000000000000001"]
    assert theirs == PLAIN
    assert check_signature(TOKEN, URL_SIGNATURE, str(SENT), "nonce1") is None


def test_the_console_s_question_is_answered_with_its_own_text() -> None:
    """So WeChat knows that the address is ours."""
    query = {"timestamp": "1763776800", "nonce": "nonce1", "signature": URL_SIGNATURE, "echostr": "4711"}

    answer = hear(Call(method="GET", query=query, headers={}, body=b""))

    assert answer == Heard(reply=Reply(body="4711", media="text/plain"))


@pytest.mark.parametrize("xml", [False, True])
@pytest.mark.parametrize("number", [3_700_000_000_000_000_001, "3700000000000000001"], ids=["number", "text"])
def test_an_order_s_number_is_a_number_or_a_text(xml: bool, number: object) -> None:
    """And the message JSON or XML, as the console was told."""
    message = an_event(order_info={"order_id": number})
    if xml:
        message = (
            "<xml><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1763776800</CreateTime>"
            "<Event><![CDATA[channels_ec_order_pay]]></Event>"
            f"<order_info><order_id>{number}</order_id></order_info></xml>"
        )

    (word,) = hear(a_call(message, xml=xml)).words

    assert (word.number, word.topic, word.payload) == ("3700000000000000001", "channels_ec_order_pay", None)


def test_the_same_message_has_the_same_id_and_another_one_another() -> None:
    """WeChat gives none, so it is made of what the message says."""
    messages = [
        an_event(),
        an_event(),
        an_event(CreateTime=SENT + 1),
        an_event("channels_ec_order_new"),
        an_event(FromUserName="o2"),
        an_event(order_info={"order_id": "3701", "type": 1}),
    ]

    ids = [hear(a_call(message)).words[0].event_id for message in messages]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 5
    assert not any("o1" in mark for mark in ids)


@pytest.mark.parametrize(("kind", "wanted"), [(4, True), (1, False), (2, False), (None, False)])
def test_a_wish_for_another_address_is_heard_as_one(kind: object, wanted: bool) -> None:
    """The platform waits for our answer to it."""
    message = an_event("channels_ec_order_ext_info_update", order_info={"order_id": "3701", "type": kind})

    (word,) = hear(a_call(message)).words

    assert word.wants_address is wanted


def test_an_after_sale_s_message_names_its_order() -> None:
    """The order shows what became of it."""
    message = an_event(
        "channels_ec_aftersale_update",
        order_info=None,
        finder_shop_aftersale_status_update={"order_id": "3702", "after_sale_order_id": "9"},
    )

    (word,) = hear(a_call(message)).words

    assert word.number == "3702"


@pytest.mark.parametrize("name", ["subscribe", "product_spu_audit", ""])
def test_a_message_about_something_else_is_taken_and_forgotten(name: str) -> None:
    """WeChat would say it ten times over."""
    answer = hear(a_call(an_event(name)))

    assert (answer.words, answer.reply.body, answer.reply.media) == ((), "success", "text/plain")


@pytest.mark.parametrize(
    "about", [{}, {"order_id": None}, {"order_id": "张三丰 "}, {"order_id": True}, "x", None]
)
def test_an_order_s_message_without_a_number_means_nothing(about: object) -> None:
    """The field is named, the content is not."""
    with pytest.raises(Unmappable) as raised:
        hear(a_call(an_event(order_info=about)))

    assert raised.value.field == "order_info.order_id"
    assert "张三丰" not in str(raised.value)


@pytest.mark.parametrize("seconds", [601, -601, 11 * 60, 86_400])
def test_a_recorded_message_is_not_heard_again(seconds: int) -> None:
    """More than ten minutes off, either way: a replay, or a clock that is wrong."""
    with pytest.raises(Forged):
        hear(a_call(), AT + timedelta(seconds=seconds))

    assert hear(a_call(), AT + timedelta(seconds=600)).words


FORGERIES = (
    "wrong signature", "no signature", "odd signature", "other time", "other nonce", "no query", "plain text", "html",
    "no text", "a number", "another body", "an entity", "another app", "wrong question",
)  # fmt: skip


def changed(call: Call, **query: str) -> Call:
    return call.model_copy(update={"query": {**call.query, **query}})


@pytest.mark.parametrize(
    "call",
    [
        changed(a_call(), msg_signature="0" * 40),
        changed(a_call(), msg_signature=""),
        changed(a_call(), msg_signature="汉"),
        changed(a_call(), timestamp=str(SENT + 1)),
        changed(a_call(), nonce="m"),
        a_call().model_copy(update={"query": {}}),
        a_call().model_copy(update={"body": PLAIN.encode()}),
        a_call().model_copy(update={"body": b"<html>"}),
        a_call().model_copy(update={"body": b"\xff\xfe"}),
        a_call().model_copy(update={"body": b'{"Encrypt": 7}'}),
        a_call().model_copy(update={"body": a_call(an_event()).body}),
        a_call().model_copy(update={"body": b'<!DOCTYPE x [<!ENTITY y "z">]><xml><Encrypt>&y;</Encrypt></xml>'}),
        a_call(app_id="wxffffffffffffffff"),
        Call(method="GET", query={"timestamp": str(SENT), "nonce": "n", "signature": "0"}, headers={}, body=b""),
    ],
    ids=FORGERIES,
)  # fmt: skip
def test_a_message_that_is_not_whole_and_ours_is_forged(call: Call) -> None:
    """Wrong signature, plain text, another body, an attack, another app: nothing of it is read."""
    with pytest.raises(Forged) as raised:
        hear(call)

    assert "张" not in str(raised.value)


def test_a_message_that_our_key_does_not_open_says_which_setting_is_wrong() -> None:
    """The signature fits, so it is WeChat's; then aes_key is not the console's."""
    other = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut"

    with pytest.raises((Unmappable, Forged)) as raised:
        hear(a_call(key=other))

    assert other not in str(raised.value)


async def test_the_simulator_s_pushes_are_heard_and_answered() -> None:
    """Every change of an order is told, in JSON and in XML, and each names the order that was meant."""
    calls: list[Asked] = []

    def respond(asked: Asked) -> Says:
        calls.append(asked)
        return Says("success")

    async with fake_http(respond) as ours, a_platform("wechat", push_url=f"{ours.url}/hooks/main") as place:
        order = place.order(paid=False)
        place.world.buyers.pay(order)
        shop = place.world.platforms["wechat"]
        assert isinstance(shop, WeChatShop)
        shop.pushes.as_xml = True
        place.world.buyers.refund(order, None, "不想要了")
        await until_quiet(place, calls, 5)

        words = [word for asked in calls for word in in_the_door(place, asked).words]

    assert {word.number for word in words} == {order.number}
    assert sorted(word.topic for word in words) == [
        "channels_ec_aftersale_update",
        "channels_ec_aftersale_update",
        "channels_ec_order_new",
        "channels_ec_order_pay",
    ]
    assert len({word.event_id for word in words}) == 4


async def test_a_push_that_is_not_taken_comes_again() -> None:
    """Only the word success counts, not the status."""
    answers = iter(["", '{"errcode":0}', "success"])

    async with (
        fake_http(lambda _asked: Says(next(answers))) as ours,
        a_platform("wechat", push_url=ours.url) as place,
    ):
        place.order(paid=False)
        await until_quiet(place, ours.asked, 3)

        ids = {in_the_door(place, asked).words[0].event_id for asked in ours.asked}

    assert len(ours.asked) == 3
    assert len(ids) == 1


async def test_a_third_party_opens_what_the_simulator_sends() -> None:
    """Wechatpy checks the signature and the app id for itself."""
    async with a_platform("wechat", push_url="http://127.0.0.1:9/hooks") as place:
        order = place.order()
        shop = place.world.platforms["wechat"]
        assert isinstance(shop, WeChatShop)
        crypto = WeChatCrypto(*(place.secrets[name] for name in ("token", "aes_key", "app_id")))

        sheet: Sheet = shop.pushes.sheet(shop.pushes.message("paid", order, None))
        query = dict(parse_qsl(urlsplit(sheet.url).query))
        opened = crypto.decrypt_message(
            json.loads(sheet.body), query["msg_signature"], query["timestamp"], query["nonce"]
        )

        assert json.loads(opened)["order_info"]["order_id"] == order.number


def in_the_door(place: PlatformWorld, asked: Asked) -> Heard:
    """Hear a call as our web door would."""
    assert isinstance(place.channel, Hears)
    call = Call(method=asked.method, query=asked.query, headers=asked.headers, body=asked.body)
    return place.channel.hear(call, datetime.now(UTC))


async def until_quiet(place: PlatformWorld, calls: list[Asked], expected: int) -> None:
    """Wait until the postman has nothing left, or as many calls came as expected."""
    for _ in range(400):
        if len(calls) >= expected or not place.world.postman.pending:
            return
        await asyncio.sleep(0.01)

"""A payment that a gateway tells of reaches its order once, whichever of shop and gateway is the first to speak."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from oms.cashier import HAS_ENDED, LONG_AGO, NO_PAYMENT, NOBODY_KNOWS, Cashier
from oms.domain.errors import CredentialsExpired, OmsError, Unavailable
from oms.domain.messages import PaymentSeen, Way
from oms.http import Http
from oms.intake import Receipt
from oms.ports import Call
from tests.unit.gateway_words import (
    NOON,
    TRADE,
    TRANSACTION,
    OrdersMailbox,
    a_gateway,
    a_transaction,
    alipay_call,
    wechat_body,
    wechat_call,
    wechat_headers,
)
from tests.unit.intake_world import SHOP, PlainShop, a_key, a_store, an_order
from tests.unit.web_world import WebWorld

WECHAT_TAKEN, ALIPAY_TAKEN = (204, b""), (200, b"success")
A_KEY = a_key("1001")


class PaidWorld(WebWorld):
    """The web application, whose own shop has both gateways."""

    async def hears(
        self, kind: str, call: Call, shop: str = "main", channel: str = "woocommerce"
    ) -> Response:
        """Let a gateway call."""
        path = f"/hooks/payments/{kind}/{channel}/{shop}"
        return await self.call("POST", path, content=call.body, headers=dict(call.headers))

    async def answer(self, kind: str, call: Call) -> tuple[int, bytes]:
        """What a gateway hears."""
        reply = await self.hears(kind, call)
        return reply.status_code, reply.content

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.store.inbox.count_by_status())

    @property
    def cashier(self) -> Cashier:
        return Cashier(self.store, self.mailbox, self.intake, self.gateways, self.clock)

    async def retried(self) -> Receipt:
        """Let a person try the one parked notification again."""
        (arrival,) = self.store.inbox.parked(10)
        return await self.cashier.retry(arrival)


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[Http]:
    async with Http() as opened:
        yield opened


@pytest.fixture
async def world(tmp_path: Path, sqlite_template: Path, http: Http) -> AsyncIterator[PaidWorld]:
    store = a_store(tmp_path, sqlite_template)
    gateways = {SHOP: {kind: a_gateway(kind, http) for kind in ("wechatpay", "alipay")}}
    world = PaidWorld(store, mailbox=OrdersMailbox(A_KEY), gateways=gateways)
    world.clock.now = NOON
    yield world
    store.close()


def seen(transaction: str, amount_fen: int = 18800) -> PaymentSeen:
    """What the order is told."""
    return PaymentSeen(event_id=transaction, way=Way.GATEWAY, paid_at=NOON, amount_fen=amount_fen)


async def test_a_payment_is_told_to_its_order(world: PaidWorld) -> None:
    """Of either gateway, under the gateway's own number; the notification is kept as received."""
    answers = [await world.answer("wechatpay", wechat_call()), await world.answer("alipay", alipay_call())]

    assert answers == [WECHAT_TAKEN, ALIPAY_TAKEN]
    assert world.mailbox.payments == [(A_KEY, seen(TRANSACTION)), (A_KEY, seen(TRADE))]
    assert world.counts == {"delivered": 2}


async def test_a_thousand_repetitions_have_one_effect(world: PaidWorld) -> None:
    """One word to the order, one row; each is answered as the first, also those that come at the same time."""
    gateway = world.gateways[SHOP]["wechatpay"]
    calls = [wechat_call(at=NOON + timedelta(seconds=number)) for number in range(10)] * 100

    first = await world.cashier.hear(gateway, SHOP, calls[0])
    heard = await asyncio.gather(*(world.cashier.hear(gateway, SHOP, call) for call in calls))

    assert {each.reply for each in heard} == {first.reply}
    assert world.mailbox.payments == [(A_KEY, seen(TRANSACTION))]
    assert world.counts == {"delivered": 1}


async def test_a_payment_that_comes_before_the_shops_own_word_fetches_the_order(world: PaidWorld) -> None:
    """The order begins with what the shop says now, then hears of the money."""
    world.mailbox = OrdersMailbox()
    world.shop.payloads = [an_order("1001", status="awaiting_payment")]

    answer = await world.answer("wechatpay", wechat_call())

    assert answer == WECHAT_TAKEN
    assert [message.way for message in world.mailbox.snapshots] == [Way.RESYNC]
    assert world.mailbox.payments == [(A_KEY, seen(TRANSACTION))]
    assert world.counts == {"delivered": 2}


async def test_a_payment_for_an_order_that_nobody_knows_is_parked(world: PaidWorld) -> None:
    """It is ours now: taken, visible, tried again by a person when the shop knows the order."""
    world.mailbox = OrdersMailbox()
    answer = await world.answer("alipay", alipay_call())
    parked = world.store.inbox.parked(10)
    still = await world.retried()

    world.shop.payloads = [an_order("1001")]
    receipt = await world.retried()

    assert answer == ALIPAY_TAKEN
    assert [(arrival.reason, arrival.order) for arrival in parked] == [(NOBODY_KNOWS, A_KEY)]
    assert (still.status, receipt.status) == ("parked", "delivered")
    assert world.mailbox.payments == [(A_KEY, seen(TRADE))]
    assert world.store.inbox.parked(10) == ()


async def test_a_payment_that_was_parked_is_parked_once(world: PaidWorld) -> None:
    """However often the gateway repeats it."""
    world.mailbox = OrdersMailbox()

    answers = [await world.answer("alipay", alipay_call()) for _ in range(3)]

    assert answers == [ALIPAY_TAKEN] * 3
    assert world.counts == {"parked": 1}


async def test_a_payment_for_an_order_that_has_ended_waits_for_a_person(world: PaidWorld) -> None:
    """Money for what is not sent any more."""
    world.the_order_stands_at("cancelled")
    world.mailbox.ended.add(A_KEY)
    world.shop.payloads = [an_order("1001", status="cancelled")]

    answer = await world.answer("wechatpay", wechat_call())

    assert answer == WECHAT_TAKEN
    assert [arrival.reason for arrival in world.store.inbox.parked(10)] == [HAS_ENDED]
    assert world.mailbox.snapshots == []


async def test_an_order_whose_end_the_read_model_missed_is_not_begun_again(world: PaidWorld) -> None:
    """Temporal says so when the order is fetched."""
    world.mailbox.ended.add(A_KEY)
    world.shop.payloads = [an_order("1001")]

    await world.answer("wechatpay", wechat_call())

    assert [arrival.reason for arrival in world.store.inbox.parked(10)] == [HAS_ENDED]


async def test_alipays_word_of_months_ago_bothers_nobody(world: PaidWorld) -> None:
    """It says "finished" of every payment once it can no longer be refunded."""
    world.the_order_stands_at("completed")
    world.mailbox.ended.add(A_KEY)
    world.clock.now = NOON + timedelta(days=90)

    answer = await world.answer("alipay", alipay_call(trade_status="TRADE_FINISHED"))

    assert answer == ALIPAY_TAKEN
    assert world.counts == {"repeated": 1}
    assert LONG_AGO.startswith("the order has ended")


async def test_a_forged_call_leaves_no_trace(world: PaidWorld) -> None:
    """401 in their words: a stranger's signature, an old one, another merchant's payment."""
    body = wechat_body(a_transaction())
    stranger = Call(method="POST", query={}, headers=wechat_headers(body, owner="stranger"), body=body)
    old = wechat_call(at=NOON - timedelta(minutes=6))
    others = wechat_call(mchid="1900000110")

    replies = [await world.hears("wechatpay", call) for call in (stranger, old, others)]
    alipay = await world.answer("alipay", alipay_call(owner="stranger"))

    assert [reply.status_code for reply in replies] == [401, 401, 401]
    assert {reply.json()["code"] for reply in replies} == {"FAIL"}
    assert alipay == (401, b"fail")
    assert world.counts == {}
    assert world.mailbox.payments == []


async def test_one_gateways_call_at_the_others_address_is_forged(world: PaidWorld) -> None:
    """Neither reads the other's."""
    answers = [await world.hears("alipay", wechat_call()), await world.hears("wechatpay", alipay_call())]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(
    ("kind", "channel", "shop"),
    [
        ("unionpay", "woocommerce", "main"),
        ("wechatpay", "woocommerce", "other"),
        ("wechatpay", "taobao", "main"),
        ("wechatpay", "wooco mmerce", "main"),
    ],
)
async def test_a_gateway_that_nobody_configured_is_not_there(
    world: PaidWorld, kind: str, channel: str, shop: str
) -> None:
    """404, and nothing is kept: another shop's notification, or a wrong address."""
    reply = await world.hears(kind, wechat_call(), shop, channel)

    assert reply.status_code == 404
    assert world.counts == {}


async def test_what_cannot_be_read_is_parked_once_and_read_again_when_mended(
    world: PaidWorld, http: Http
) -> None:
    """400 in their words; here the key was another than the console's."""
    sealed_otherwise = wechat_call(key="f" * 32)

    answers = [await world.hears("wechatpay", sealed_otherwise) for _ in range(3)]
    parked = await world.retried()
    world.gateways = {SHOP: {"wechatpay": a_gateway("wechatpay", http, secrets={"api_v3_key": "f" * 32})}}
    mended = await world.retried()

    assert [answer.status_code for answer in answers] == [400] * 3
    assert answers[0].json()["message"].startswith("resource.ciphertext")
    assert "resource.ciphertext" in parked.reason
    assert mended.status == "delivered"
    assert world.mailbox.payments == [(A_KEY, seen(TRANSACTION))]


async def test_a_notification_whose_gateway_is_gone_stays_parked(world: PaidWorld) -> None:
    """With the reason, not with an error."""
    world.mailbox = OrdersMailbox()
    await world.answer("wechatpay", wechat_call())
    world.gateways = {}

    receipt = await world.retried()

    assert (receipt.status, receipt.reason) == ("parked", "shop woocommerce:main has no gateway any more")


async def test_what_tells_of_no_payment_is_kept_for_the_record(world: PaidWorld) -> None:
    """A refund, of which the platform tells us itself."""
    body = wechat_body(a_transaction(), event="REFUND.SUCCESS")
    call = Call(method="POST", query={}, headers=wechat_headers(body), body=body)

    answer = await world.answer("wechatpay", call)

    assert answer == WECHAT_TAKEN
    assert world.counts == {"delivered": 1}
    assert world.mailbox.payments == []
    assert NO_PAYMENT.endswith("kept for the record")


async def test_a_number_that_cannot_be_an_orders_is_parked(world: PaidWorld) -> None:
    """Behind the prefix stands nothing that any shop calls an order."""
    answer = await world.answer("alipay", alipay_call(out_trade_no="WC10 01/;"))

    assert answer == ALIPAY_TAKEN
    assert "out_trade_no" in world.store.inbox.parked(1)[0].reason


async def test_the_gateway_is_asked_to_send_again_when_orders_cannot_be_reached(world: PaidWorld) -> None:
    """503 in their words; sent again, it is taken."""
    world.mailbox.fails = Unavailable("Temporal is away")
    refused = [await world.hears("wechatpay", wechat_call()), await world.hears("alipay", alipay_call())]

    world.mailbox.fails = None

    assert [(reply.status_code, reply.content[:4]) for reply in refused] == [(503, b'{"co'), (503, b"fail")]
    assert json.loads(refused[0].content)["code"] == "FAIL"
    assert await world.answer("wechatpay", wechat_call()) == WECHAT_TAKEN
    assert world.mailbox.payments == [(A_KEY, seen(TRANSACTION))]


class ShutShop(PlainShop):
    """A shop that cannot be asked."""

    def __init__(self, error: OmsError) -> None:
        super().__init__()
        self._error = error

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        assert number == A_KEY.number
        raise self._error


async def test_a_shop_that_cannot_be_asked_now_lets_the_gateway_come_again(world: PaidWorld) -> None:
    """Nothing is parked for a shop that is only away."""
    world.mailbox = OrdersMailbox()
    world.shop = ShutShop(Unavailable("the shop is away"))

    reply = await world.hears("wechatpay", wechat_call())

    assert reply.status_code == 503
    assert world.store.inbox.parked(10) == ()


async def test_a_shop_that_lets_us_in_no_more_parks_the_payment(world: PaidWorld) -> None:
    """With the reason: coming again would not help before a person did."""
    world.mailbox = OrdersMailbox()
    world.shop = ShutShop(CredentialsExpired("HTTP 401"))

    answer = await world.answer("wechatpay", wechat_call())

    assert answer == WECHAT_TAKEN
    assert "CredentialsExpired: HTTP 401" in world.store.inbox.parked(10)[0].reason


async def test_an_order_that_cannot_be_read_parks_its_payment(world: PaidWorld) -> None:
    """Both are visible, the order with its own reason."""
    world.mailbox = OrdersMailbox()
    world.shop.payloads = [{"number": "1001", "modified": 0}]

    await world.answer("wechatpay", wechat_call())

    reasons = {arrival.source: arrival.reason for arrival in world.store.inbox.parked(10)}
    assert set(reasons) == {"channel", "payment"}
    assert reasons["payment"].startswith("its order cannot be read")


async def test_a_notification_of_more_than_a_megabyte_is_refused(world: PaidWorld) -> None:
    """Before its signature is looked at."""
    reply = await world.call("POST", "/hooks/payments/alipay/woocommerce/main", content=b"x" * 1_100_000)

    assert reply.status_code == 413

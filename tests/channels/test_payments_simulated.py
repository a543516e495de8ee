"""The simulated gateways speak as the real ones do: to us, and to other people's clients."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from alipay import AliPay
from pydantic import SecretStr
from wechatpayv3 import WeChatPay, WeChatPayType

from oms.cashier import Cashier
from oms.domain.errors import CredentialsExpired, InterfaceRetired, OmsError, Unavailable
from oms.domain.messages import Way
from oms.gateways import GatewayConfig, gateways_of
from oms.intake import Intake
from oms.payments import ShopGateways, open_gateways
from oms.ports import GatewayPayment, NotPaid, PaymentGateway
from oms.pushes import Pushes
from oms.reports import ParcelReports, WarehouseReports
from oms.stack.gateways import (
    APP_ID,
    APPID,
    MCHID,
    PLATFORM_SERIAL,
    SERIAL,
    GatewaySecrets,
    our_variables,
    shops_entries,
    simulated_accounts,
)
from oms.stack.keys import key_pair
from oms.store import Store, Vault
from oms.web.app import create_app
from oms.web.collaborators import Collaborators
from oms.web.tokens import TrackingTokens
from simulator.faults import Fault
from simulator.payments.payment import Payment
from simulator.shop.orders import ShopOrder
from tests.channels.platform_world import LOOPBACK, PlatformWorld, a_platform
from tests.serving import serving
from tests.unit.gateway_words import OrdersMailbox
from tests.unit.intake_world import SHOP

PATIENCE_S = 10.0
KINDS = ("wechatpay", "alipay")


@dataclass
class Counter:
    """Our web process around the simulated own shop and its gateways."""

    place: PlatformWorld
    mailbox: OrdersMailbox
    gateways: ShopGateways
    secrets: GatewaySecrets

    def buy(self, kind: str) -> ShopOrder:
        """Let somebody pay through a gateway of this kind: orders are placed until the seed chooses it."""
        while True:
            order: ShopOrder = self.place.order()
            if order.body["payment_method"] == kind:
                return order

    def gateway(self, kind: str) -> PaymentGateway:
        return self.gateways[SHOP][kind]

    def payment(self, order: ShopOrder) -> Payment:
        """The gateway's own books."""
        (payment,) = (p for p in self.place.world.till._payments.values() if p.order is order)
        return payment

    def arm(self, system: str, kind: str, **more: Any) -> None:
        self.place.world.faults.arm(Fault.model_validate({"system": system, "kind": kind, **more}))

    def told(self, order: ShopOrder) -> list[str]:
        """The gateways' numbers of the payments that the order has heard of."""
        return [event.event_id for key, event in self.mailbox.payments if key.number == order.number]

    def ways(self, order: ShopOrder) -> list[Way]:
        """How each snapshot of the order came."""
        return [m.way for m in self.mailbox.snapshots if m.snapshot.key.number == order.number]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until it does."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110 - several senders, none of which can be waited for
                await asyncio.sleep(0.01)


@asynccontextmanager
async def a_till(secrets: GatewaySecrets | None = None, url: str = "") -> AsyncIterator[Counter]:
    """The simulated shop and its gateways, and ours opened on them; `secrets` are what the simulated ones know of us."""
    known = secrets or GatewaySecrets()
    ours = replace(known, merchant=key_pair("merchant"))
    accounts = simulated_accounts(known, url, SHOP)
    if not url:
        for kind in KINDS:
            accounts[kind]["notify_url"] = None
    hook = f"{url}/hooks/woocommerce/main" if url else None
    async with a_platform("woocommerce", push_url=hook, payments=accounts) as place:
        yield Counter(place, OrdersMailbox(), _opened(place, ours), known)


@asynccontextmanager
async def a_counter(folder: Path) -> AsyncIterator[Counter]:
    """The same, and our web application on a free port, where shop and gateways call it."""
    store = Store.open(f"sqlite:///{folder / 'oms.db'}", Vault.from_keys([("k1", bytes(32))], bytes(32)))
    store.migrate()
    with socket.create_server((LOOPBACK, 0)) as listening:
        async with a_till(url=f"http://{LOOPBACK}:{listening.getsockname()[1]}") as counter:
            carrying = asyncio.create_task(counter.place.world.postman.run())
            try:
                async with serving(create_app(_parts(counter, store)), listening, log_level="error"):
                    yield counter
            finally:
                carrying.cancel()
                await asyncio.gather(carrying, return_exceptions=True)
                store.close()


def entries_of(place: PlatformWorld, secrets: GatewaySecrets) -> tuple[GatewayConfig, ...]:
    """The `gateways:` of a shops file against the simulator."""
    return gateways_of("the test's shop", shops_entries(place.url, SHOP), our_variables(secrets, SHOP))


def _opened(place: PlatformWorld, secrets: GatewaySecrets) -> ShopGateways:
    shop = place.shop.model_copy(update={"gateways": entries_of(place, secrets)})
    return open_gateways([shop], place.http)


def _parts(counter: Counter, store: Store) -> Collaborators:
    def clock() -> datetime:
        return datetime.now(UTC)

    mailbox, channels = counter.mailbox, {SHOP: counter.place.channel}
    intake = Intake(store, mailbox, channels, clock)
    return Collaborators(
        store=store, intake=intake, pushes=Pushes(store, intake), channels=channels,
        cashier=Cashier(store, mailbox, intake, counter.gateways, clock),
        warehouse=WarehouseReports(store, mailbox, clock), parcels=ParcelReports(store, mailbox, clock),
        tracking=TrackingTokens(b"digest key"), qimen_secret=SecretStr("q"), kuaidi100_salt=SecretStr("s"),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
async def test_a_notification_that_comes_first_fetches_the_order(tmp_path: Path, kind: str) -> None:
    """The shop's webhook comes later and tells nothing new: begun once, paid once."""
    async with a_counter(tmp_path) as counter:
        counter.arm("webhook", "delay", rate=1.0, seconds=1.0)
        order = counter.buy(kind)
        await counter.until(lambda: counter.told(order))
        first = counter.ways(order)
        await counter.until(lambda: not counter.place.world.postman.pending)

        assert first == [Way.RESYNC]
        assert counter.ways(order) == [Way.RESYNC]
        assert counter.told(order) == [order.body["transaction_id"]]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_notification_that_comes_last_confirms_the_payment(tmp_path: Path, kind: str) -> None:
    """The shop's webhook has begun the order already, and nothing is fetched."""
    async with a_counter(tmp_path) as counter:
        counter.arm("payments", "delay", rate=1.0, seconds=1.0)
        order = counter.buy(kind)
        await counter.until(lambda: counter.told(order))

        amount = next(
            event.amount_fen for key, event in counter.mailbox.payments if key.number == order.number
        )
        assert counter.ways(order) == [Way.WEBHOOK]
        assert counter.told(order) == [order.body["transaction_id"]]
        assert amount == order.total_fen


async def test_a_notification_said_twice_is_told_once(tmp_path: Path) -> None:
    """Both are taken; whether they come together or not, the order counts one."""
    async with a_counter(tmp_path) as counter:
        counter.arm("payments", "duplicate", rate=1.0)
        order = counter.buy("wechatpay")
        await counter.until(lambda: not counter.place.world.postman.pending)

        received = [entry.outcome for entry in counter.place.world.ledger.read(kind="gateway.notify")]
        assert set(counter.told(order)) == {order.body["transaction_id"]}
        assert received.count("received") >= 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_notification_that_never_came_is_asked_for(kind: str) -> None:
    """The query tells the same payment, under the merchant's signature and the gateway's."""
    async with a_till() as counter:
        order = counter.buy(kind)

        answer = await counter.gateway(kind).query(order.number)

        assert isinstance(answer, GatewayPayment)
        assert (answer.number, answer.transaction) == (order.number, order.body["transaction_id"])
        assert answer.amount_fen == order.total_fen
        assert counter.told(order) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_not_paid_or_given_back_is_said_so(kind: str) -> None:
    """An order unpaid, one paid through the other gateway, one whose money went back."""
    async with a_till() as counter:
        unpaid = counter.place.order(paid=False)
        other = counter.buy(next(name for name in KINDS if name != kind))
        refunded = counter.buy(kind)
        counter.place.world.buyers.refund(refunded, None, "changed my mind")

        answers = [await counter.gateway(kind).query(o.number) for o in (unpaid, other, refunded)]

        assert all(isinstance(answer, NotPaid) for answer in answers)
        assert [answer.raw_status for answer in answers if isinstance(answer, NotPaid)][2] in {
            "REFUND",
            "TRADE_CLOSED",
        }


@pytest.mark.parametrize("kind", KINDS)
async def test_a_merchant_with_another_key_is_refused(kind: str) -> None:
    """The gateways check who asks."""
    strangers = GatewaySecrets(merchant=key_pair("stranger"))
    async with a_till(strangers) as counter:
        with pytest.raises(CredentialsExpired, match=r"SIGN_ERROR|isv.invalid-signature"):
            await counter.gateway(kind).query("1")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_broken_gateway_is_told_apart(kind: str) -> None:
    """A page, an error, half an answer, an interface that is gone: none of it is "not paid"."""
    async with a_till() as counter:
        order = counter.buy(kind)
        met = []
        for fault in ("html", "error", "malformed", "retired"):
            counter.arm("gateway", fault)
            with pytest.raises(OmsError) as refusal:
                await counter.gateway(kind).query(order.number)
            met.append(type(refusal.value))

        assert met == [Unavailable, Unavailable, Unavailable, InterfaceRetired]


def pem(kind: str, text: str) -> str:
    """Write a key as other people's clients read it."""
    lines = "\n".join(text[place : place + 64] for place in range(0, len(text), 64))
    return f"-----BEGIN {kind} KEY-----\n{lines}\n-----END {kind} KEY-----"


def a_wechat_client(counter: Counter) -> Any:
    """The client wechatpayv3, pointed at the simulator."""
    client = WeChatPay(
        wechatpay_type=WeChatPayType.JSAPI, mchid=MCHID, private_key=pem("PRIVATE", counter.secrets.merchant.private),
        cert_serial_no=SERIAL, apiv3_key=counter.secrets.api_v3_key, appid=APPID,
        public_key=pem("PUBLIC", counter.secrets.wechatpay.public), public_key_id=PLATFORM_SERIAL,
    )  # fmt: skip
    client._core._gate_way = counter.place.url
    return client


async def test_a_wechat_client_by_others_understands_the_simulator() -> None:
    """It asks and verifies the answer; it verifies and opens a notification."""
    async with a_till() as counter:
        order = counter.buy("wechatpay")
        payment = counter.payment(order)
        client = a_wechat_client(counter)

        status, answer = await asyncio.to_thread(client.query, out_trade_no=payment.number)
        sheet = counter.place.world.till._gateways["wechatpay"].notification(payment, 1)
        opened = client.callback(dict(sheet.headers), sheet.body)

    assert status == 200
    assert payment.transaction in answer
    assert opened["resource"]["amount"]["total"] == order.total_fen
    assert opened["event_type"] == "TRANSACTION.SUCCESS"


async def test_an_alipay_client_by_others_understands_the_simulator() -> None:
    """It asks and verifies the answer; it verifies a notification."""
    async with a_till() as counter:
        order = counter.buy("alipay")
        payment = counter.payment(order)
        client: Any = AliPay(
            appid=APP_ID, app_private_key_string=pem("PRIVATE", counter.secrets.merchant.private),
            alipay_public_key_string=pem("PUBLIC", counter.secrets.alipay.public),
        )  # fmt: skip
        client._gateway = f"{counter.place.url}/gateway.do"

        answer = await asyncio.to_thread(client.api_alipay_trade_query, payment.number)
        sheet = counter.place.world.till._gateways["alipay"].notification(payment, 1)
        form = dict(parse_qsl(sheet.body.decode()))
        genuine = client.verify(form, form.pop("sign"))

    assert genuine
    assert (answer["trade_no"], answer["trade_status"]) == (payment.transaction, "TRADE_SUCCESS")

"""The web application over a real SQLite store, a plain shop and a mailbox that remembers, called without a network."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from oms.cashier import Cashier, Gateways
from oms.domain.ids import ShopKey, Sku
from oms.domain.parcels import Parcel, ParcelState
from oms.domain.roles import Role
from oms.domain.stock import Piece
from oms.ports import KnowsOrders
from oms.ports.asking import Asks, Unconnected
from oms.pushes import Pushes
from oms.reports import ParcelReports, WarehouseReports
from oms.store.people import Account
from oms.temporal.codec import EncryptionCodec
from oms.web.app import create_app
from oms.web.collaborators import Collaborators, Probe
from oms.web.people.door import csrf_of
from oms.web.people.entrance import Entrance
from oms.web.people.oidc import IdentityProvider
from oms.web.tokens import TrackingTokens
from tests.unit.intake_world import NOON, SHOP, WEBHOOK_SECRET, IntakeWorld

QIMEN_SECRET, SALT = "qimen-secret", "salt"
WAYBILL = "SF1234567890"
UI = "http://127.0.0.1:8233/namespaces/default/workflows"


def a_parcel(state: ParcelState = ParcelState.CREATED) -> Parcel:
    pieces = (Piece(line="1", sku=Sku("MB-1"), quantity=1),)
    return Parcel(
        waybill=WAYBILL, carrier="sf", delivery_order="OL-1", pieces=pieces,
        shipped_at=NOON - timedelta(minutes=5), state=state,
    )  # fmt: skip


@dataclass
class WebWorld(IntakeWorld):
    """Intake, and the web application around it; the caller is signed in as an admin unless told otherwise.

    People have the name of their role and read English; `role=None` is nobody.
    """

    probes: dict[str, Probe] = field(default_factory=dict)
    gateways: Gateways = field(default_factory=dict)
    role: Role | None = Role.ADMIN
    asking: Asks = field(default_factory=Unconnected)
    remembers: KnowsOrders | None = None
    entrance: Entrance = field(default_factory=Entrance)
    identity: IdentityProvider | None = None
    codec: EncryptionCodec | None = None
    returns: dict[ShopKey, str] = field(default_factory=dict)
    tokens_of: dict[Role, str] = field(default_factory=dict)
    """The sessions begun so far."""

    @property
    def tokens(self) -> TrackingTokens:
        return TrackingTokens(b"digest key", self.clock)

    @property
    def parts(self) -> Collaborators:
        return Collaborators(
            store=self.store,
            intake=self.intake,
            warehouse=WarehouseReports(self.store, self.mailbox, self.clock),
            parcels=ParcelReports(self.store, self.mailbox, self.clock),
            tracking=self.tokens,
            channels={SHOP: self.shop},
            pushes=Pushes(self.store, self.intake),
            cashier=Cashier(self.store, self.mailbox, self.intake, self.gateways, self.clock),
            qimen_secret=SecretStr(QIMEN_SECRET),
            kuaidi100_salt=SecretStr(SALT),
            probes=self.probes,
            temporal_ui=UI,
            asking=self.asking,
            remembers=self.remembers,
            entrance=self.entrance,
            identity=self.identity,
            codec=self.codec,
            clock=self.clock,
            returns=self.returns,
        )

    def as_(self, role: Role | None) -> Self:
        """The same world, seen by somebody else."""
        return replace(self, role=role)

    def token(self) -> str:
        """The session of the caller, begun when first asked for; empty for nobody."""
        if self.role is None:
            return ""
        if self.role not in self.tokens_of:
            account = Account(
                name=self.role, role=self.role, language="en", created_at=self.clock(), created_by="a test"
            )
            self.store.people.add(account)
            self.tokens_of[self.role] = self.store.web_sessions.begin(account.key, self.clock())
        return self.tokens_of[self.role]

    async def call(self, method: str, path: str, **more: Any) -> Response:
        """Call the application; what it raises becomes an answer, as in a server."""
        app = _app(https=self.entrance.https)
        app.state.collaborators = self.parts
        transport = ASGITransport(app, raise_app_exceptions=False)
        token = "" if path.startswith("/hooks/") else self.token()
        cookies = {self.entrance.cookie: token} if token else {}
        async with AsyncClient(
            transport=transport, base_url="http://orderloom.test", cookies=cookies
        ) as client:
            return await client.request(method, path, **more)

    async def get(self, path: str, **more: Any) -> Response:
        """Look at a page."""
        return await self.call("GET", path, **more)

    async def post(
        self, path: str, form: Mapping[str, str | list[str]] | None = None, **more: Any
    ) -> Response:
        """Send a form of ours, as the page that it stands on would."""
        whole = {"csrf": csrf_of(self.token()), **(form or {})}
        return await self.call("POST", path, data=whole, **more)

    async def webhook(self, body: bytes | Mapping[str, Any], *, topic: str = "order.updated", secret: str = WEBHOOK_SECRET,
                shop: str = "main") -> Response:  # fmt: skip
        """Call as the shop does."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        signature = b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
        headers = {"X-WC-Webhook-Signature": signature, "X-WC-Webhook-Topic": topic}
        return await self.call("POST", f"/hooks/woocommerce/{shop}", content=raw, headers=headers)

    async def qimen(
        self, method: str, body: str | bytes, *, secret: str = QIMEN_SECRET
    ) -> tuple[int, str, str]:
        """Call as the warehouse does; returns HTTP status, flag and code."""
        raw = body.encode() if isinstance(body, str) else body
        query = {
            "method": method,
            "timestamp": "2026-11-22 12:00:00",
            "format": "xml",
            "app_key": "k",
            "v": "2.0",
        }
        signed = secret + "".join(name + query[name] for name in sorted(query))
        whole = signed.encode() + raw + secret.encode()
        query["sign"] = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper()
        reply = await self.call("POST", f"/hooks/qimen?{urlencode(query)}", content=raw)
        if not reply.headers["content-type"].startswith("text/xml"):
            return reply.status_code, "", ""
        root = ET.fromstring(reply.content)  # noqa: S314 - our own answer
        return reply.status_code, root.findtext("flag") or "", root.findtext("code") or ""

    async def kuaidi100(
        self, param: Mapping[str, Any] | str, *, salt: str = SALT, waybill: str = WAYBILL
    ) -> Response:
        """Call as Kuaidi100 does."""
        text = param if isinstance(param, str) else json.dumps(param, ensure_ascii=False)
        sign = hashlib.md5((text + salt).encode(), usedforsecurity=False).hexdigest().upper()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        content = urlencode({"param": text, "sign": sign})
        return await self.call("POST", f"/hooks/kuaidi100/{waybill}", content=content, headers=headers)


@cache
def _app(*, https: bool) -> FastAPI:
    """The application, put together once for all tests: most of a call's time would be that."""
    world: Any = SimpleNamespace(entrance=Entrance(address=f"http{'s' * https}://orderloom.test"))
    return create_app(world)


def a_trace(*scans: tuple[str, str], waybill: str = WAYBILL, state: str = "0") -> dict[str, Any]:
    """A callback of (time, text) scans, newest first as they send it; the state is the newest scan's."""
    rows = [{"time": f"2026-11-22 {at}", "ftime": f"2026-11-22 {at}", "context": text} for at, text in scans]
    last = {"message": "ok", "nu": waybill, "ischeck": "0", "com": "shunfeng", "status": "200", "data": rows}
    return {"status": "polling", "message": "", "lastResult": {**last, "state": state}}


def a_confirmation(code: str, *, status: str = "DELIVERED", number: str = "W-1-C1") -> str:
    """A deliveryorder.confirm of one package."""
    return (
        f"<request><deliveryOrder><deliveryOrderCode>{code}</deliveryOrderCode><warehouseCode>HZ01</warehouseCode>"
        f"<status>{status}</status><outBizCode>{number}</outBizCode><confirmType>0</confirmType>"
        "<orderConfirmTime>2026-11-22 12:10:00</orderConfirmTime></deliveryOrder><packages><package>"
        f"<logisticsCode>SF</logisticsCode><expressCode>{WAYBILL}</expressCode><items><item>"
        "<itemCode>MB-1</itemCode><quantity>1</quantity></item></items></package></packages></request>"
    )


def a_report(code: str, status: str, waybill: str = "") -> str:
    """An orderprocess.report."""
    drawn = f"<expressCode>{waybill}</expressCode>" if waybill else ""
    return (
        f"<request><order><orderCode>{code}</orderCode></order><process><processStatus>{status}</processStatus>"
        f"<operateTime>2026-11-22 12:00:00</operateTime>{drawn}</process></request>"
    )


def a_count(sku: str, quantity: str, number: str = "PD-1") -> str:
    """An inventory.report of one SKU."""
    return (
        f"<request><warehouseCode>HZ01</warehouseCode><outBizCode>{number}</outBizCode><items><item>"
        f"<itemCode>{sku}</itemCode><inventoryType>ZP</inventoryType><quantity>{quantity}</quantity>"
        "</item></items></request>"
    )

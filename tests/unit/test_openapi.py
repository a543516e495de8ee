"""The OpenAPI of the HTTP interface is the whole truth: whatever is sent, the answer is one it tells of, and none is our fault."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from oms.domain.stages import Stage
from oms.http import Http
from oms.web.app import create_app
from tests.unit.gateway_words import a_gateway, a_transaction, alipay_call, wechat_body, wechat_headers
from tests.unit.intake_world import SHOP, WEBHOOK_SECRET, a_key, a_store, an_order
from tests.unit.web_world import (
    QIMEN_SECRET,
    SALT,
    WAYBILL,
    WebWorld,
    a_confirmation,
    a_count,
    a_parcel,
    a_report,
    a_trace,
)

KEY = str(a_key("1001"))
OPERATIONS: dict[tuple[str, str], set[int]] = {
    ("POST", "/hooks/qimen"): {200},
    ("POST", "/hooks/kuaidi100/{waybill}"): {200, 400, 401},
    ("POST", "/hooks/payments/{kind}/{channel}/{shop}"): {200, 401, 404},
    ("GET", "/hooks/{channel}/{shop}"): {400, 404},
    ("POST", "/hooks/{channel}/{shop}"): {200, 400, 401, 404},
    ("GET", "/health"): {200},
    ("GET", "/api/orders"): {200, 401, 422},
    ("GET", "/api/orders/{key}"): {200, 401, 404},
}
"""Every operation, and what it must have answered at least once for the test to have got anywhere."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TRIES = settings(
    max_examples=30, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
KNOWN = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["wechatpay", "alipay"]),
        "channel": st.just(SHOP.channel),
        "shop": st.just(SHOP.shop),
        "waybill": st.just(WAYBILL),
        "key": st.just(KEY),
    }
)
_PAYLOADS: tuple[Any, ...] = (an_order("1001"), [], {})
HONEST: dict[str, list[bytes]] = {
    "/hooks/qimen": [
        part.encode() for part in (a_confirmation("OL-1"), a_report("OL-1", "PACKAGE"), a_count("MB-1", "5"))
    ],
    "/hooks/kuaidi100/{waybill}": [
        urlencode({"param": json.dumps(trace)}).encode() for trace in (a_trace(("12:01:00", "已揽收")), {})
    ],
    "/hooks/payments/{kind}/{channel}/{shop}": [wechat_body(a_transaction()), alipay_call().body],
    "/hooks/{channel}/{shop}": [json.dumps(each).encode() for each in _PAYLOADS],
}
"""What honest callers send; the rest is made up."""
SIGNED = "x-signed"
"""A call with this header is signed on its way in."""


class Signing:
    """Sign whatever comes as the one who is said to send it would, or as somebody who is signed in, to get beyond the door."""

    def __init__(self, app: ASGIApp, cookie: str) -> None:
        self._app = app
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if SIGNED.encode() not in dict(scope.get("headers", ())):
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        signed, body = _signed(dict(scope), body, self._cookie)

        async def once() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(signed, once, send)


def _signed(scope: dict[str, Any], body: bytes, cookie: str) -> tuple[dict[str, Any], bytes]:
    _, _, who, *_ = [*str(scope["path"]).split("/"), "", ""]
    headers = dict(scope["headers"])
    if who == "qimen":
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        query = {"method": "deliveryorder.confirm", "timestamp": "2026-11-22 12:00:00", "v": "2.0"} | query
        text = QIMEN_SECRET + "".join(name + query[name] for name in sorted(query) if name != "sign")
        whole = text.encode() + body + QIMEN_SECRET.encode()
        query["sign"] = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper()
        scope["query_string"] = urlencode(query).encode()
    elif who == "kuaidi100":
        form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        text = form.get("param", "") + SALT
        sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
        body = urlencode({**form, "sign": sign}).encode()
    elif who == "payments":
        headers |= {name.encode(): value.encode() for name, value in wechat_headers(body).items()}
    elif who == SHOP.channel:
        signature = b64encode(hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).digest())
        headers |= {b"x-wc-webhook-signature": signature, b"x-wc-webhook-topic": b"order.updated"}
    elif who == "orders":
        headers[b"cookie"] = cookie.encode()
    headers[b"content-length"] = str(len(body)).encode()
    scope["headers"] = list(headers.items())
    return scope, body


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[WebWorld]:
    """An order with a parcel, and everybody who may call."""
    async with Http() as http:
        gateways = {SHOP: {kind: a_gateway(kind, http) for kind in ("wechatpay", "alipay")}}
        store = a_store(tmp_path_factory.mktemp("openapi"), sqlite_template)
        world = WebWorld(store, gateways=gateways)
        world.the_order_stands_at(Stage.SHIPPED, parcels=(a_parcel(),))
        yield world
        store.close()


@pytest.fixture(scope="module")
def schema(world: WebWorld) -> Any:
    """The description that the application gives of itself, and the application behind it."""
    app = create_app(world.parts)
    description = schemathesis.openapi.from_dict(app.openapi())
    description.app = Signing(app, f"{world.entrance.cookie}={world.token()}")
    return description


def test_the_description_is_of_these_operations_and_no_page(schema: Any) -> None:
    """Programs call these; pages are for people."""
    described = {(result.ok().method.upper(), result.ok().path) for result in schema.get_all_operations()}

    assert described == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_description_tells_of(schema: Any, method: str, path: str) -> None:
    """Whether the words are honest, made up by the description, or wrong in one place; signed or not."""
    operation = schema[path][method]
    cases = st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))

    @TRIES
    @given(
        case=cases,
        known=KNOWN,
        signed=st.booleans(),
        honest=st.sampled_from([None, b"", *HONEST.get(path, [])]),
    )
    def ask(case: Any, known: dict[str, str], signed: bool, honest: bytes | None) -> None:
        if honest is not None:
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        headers = {SIGNED: "yes"} if signed or honest else {}
        response = case.call(headers=headers, data=honest) if honest else case.call(headers=headers)
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    seen: set[int] = set()
    ask()

    assert seen >= OPERATIONS[method, path]


async def test_a_method_that_an_address_does_not_take_is_refused_in_the_usual_form(world: WebWorld) -> None:
    """Naming those that it takes."""
    answer = await world.call("DELETE", "/api/orders")

    assert (answer.status_code, answer.json()) == (405, {"error": "Method Not Allowed"})
    assert answer.headers["allow"] == "GET"

"""One question to the shop's REST interface, and what its answer means."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oms.calls import calling
from oms.channels.woocommerce import oauth
from oms.channels.woocommerce.config import WooCommerceConfig
from oms.domain.errors import InterfaceRetired, Misused, Unavailable
from oms.http import Answer, Http

NUMBER = re.compile(r"(?<=/)[^/]*\d[^/]*")
NO_ROUTE = "rest_no_route"
UNKNOWN_ORDER = frozenset({"woocommerce_rest_shop_order_invalid_id", "woocommerce_rest_order_invalid_id"})
NOT_FOUND = 404
REFUSALS = frozenset({400, 409, 422})
NO_REFUND = "woocommerce_rest_cannot_create_order_refund"
"""A refund that WooCommerce or its payment gateway will not make; said with HTTP 500, which asking again does not change."""


@dataclass(frozen=True)
class Reply:
    """What the shop said: its content, or the code of a refusal that asking again does not change."""

    content: Any = field(default=None, repr=False)
    total: int | None = None
    pages: int | None = None
    refusal: str = ""

    def rows(self) -> list[Any]:
        """Return a list's content. Raises Misused for a refusal, Unavailable when there is no list."""
        if self.refusal:
            raise Misused(f"the shop refused the list: {self.refusal}")
        if not isinstance(self.content, list):
            raise Unavailable("the shop answered something that is no list")
        return self.content

    def order(self) -> Mapping[str, Any]:
        """Return an object's content. Raises Unavailable when there is none."""
        if not isinstance(self.content, dict):
            raise Unavailable("the shop answered something that is no order")
        return self.content


class Rest:
    """Asks one shop. Everything that is neither content nor a refusal is raised as an error of ours."""

    def __init__(self, config: WooCommerceConfig, http: Http, now: Callable[[], datetime]) -> None:
        self._config = config
        self._http = http
        self._now = now
        self._base = f"{config.base_url.rstrip('/')}/wp-json/{config.api_version.strip('/')}"
        self._basic = oauth.may_show_secret(self._base)

    async def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Ask one thing; `NO_ROUTE` comes back as a refusal only for a path below an order, which is optional."""
        interface, config = NUMBER.sub(":id", path), self._config
        with calling(
            system="woocommerce", interface=interface, version=config.api_version, shop=config.shop
        ) as call:
            answer = await self._send(method, f"{self._base}/{path}", params or {}, body)
            what, optional = f"{config.shop}: {method} {path}", path.count("/") > 1
            reply = self._judge(answer, what, optional=optional)
            call.refused(reply.refusal)
        return reply

    async def _send(
        self, method: str, url: str, params: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Answer:
        key, secret = (
            part.get_secret_value() for part in (self._config.consumer_key, self._config.consumer_secret)
        )
        headers = {"Accept": "application/json"}
        if self._basic:
            headers["Authorization"] = oauth.basic(key, secret)
            query = oauth.query_of(params)
        else:
            moment, nonce = int(self._now().timestamp()), secrets.token_hex(16)
            query = oauth.signed_query(
                method, url, params, key=key, secret=secret, timestamp=moment, nonce=nonce
            )
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False).encode()
        return await self._http.ask(
            method, f"{url}?{query}" if query else url, headers=headers, content=content
        )

    def _judge(self, answer: Answer, what: str, *, optional: bool) -> Reply:
        """Classify by the body first: the shop's word says more than its status."""
        content, is_json = _content_of(answer)
        code = str(content.get("code", "")) if isinstance(content, dict) else ""
        if answer.status == NOT_FOUND and code in UNKNOWN_ORDER:
            return Reply(refusal=code)
        if answer.status == NOT_FOUND and code == NO_ROUTE:
            if optional:
                return Reply(refusal=NO_ROUTE)
            raise InterfaceRetired(f"{what}: the shop has no such interface ({NO_ROUTE})")
        if (answer.status in REFUSALS and code) or code == NO_REFUND:
            return Reply(refusal=code)
        if answer.status not in REFUSALS or is_json:
            answer.check(f"{what} ({code})" if code else what)
        if not is_json:
            raise Unavailable(f"{what}: HTTP {answer.status} with a body that is not JSON")
        return Reply(content, _number(answer, "x-wp-total"), _number(answer, "x-wp-totalpages"))


def _content_of(answer: Answer) -> tuple[Any, bool]:
    try:
        return answer.json(), True
    except ValueError:
        return None, False


def _number(answer: Answer, header: str) -> int | None:
    text = answer.headers.get(header, "")
    return int(text[:9]) if text.isdecimal() else None

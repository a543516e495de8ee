"""Tell the order centre about changed orders; WooCommerce tries once, counts failures and may give up."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from random import Random
from urllib.parse import urlencode

import httpx

from simulator import signatures
from simulator.config import Config
from simulator.post import Letter, Postman, Sheet
from simulator.shop.orders import Event
from simulator.wire import Json, gmt_time, site_time

FAILURES_FORGIVEN = 5
LATE_BY_S = (0.5, 4.0)


@dataclass
class Webhook:
    """One registered webhook and how it fares."""

    id: int
    event: Event
    status: str = "active"
    failures: int = 0
    greeted: bool = False


class Webhooks:
    """The shop's two webhooks, order.created and order.updated."""

    def __init__(self, config: Config, site: str, postman: Postman, born: datetime) -> None:
        """Register both."""
        self._config = config
        self._site = site
        self._postman = postman
        self._born = born
        self._random = Random(f"{config.seed}:webhooks")
        self._deliveries = 0
        self._by_event: dict[Event, Webhook] = {
            "created": Webhook(1, "created"),
            "updated": Webhook(2, "updated"),
        }
        self.lost = 0

    def find(self, webhook_id: int) -> Webhook | None:
        """Find a webhook."""
        return next((webhook for webhook in self._by_event.values() if webhook.id == webhook_id), None)

    def announce(self, event: Event, body: Json) -> None:
        """Send an order exactly as it is now, unless the noise swallows it, doubles it or holds it up."""
        webhook = self._by_event[event]
        if self._config.shop.webhook_url is None or webhook.status != "active":
            return
        self._greet(webhook)
        self._deliveries += 1
        letter = self._letter(webhook, body, self._deliveries)
        noise, luck = self._config.noise, self._random.random()
        if luck < noise.lost:
            self.lost += 1
        elif luck < noise.lost + noise.delayed:
            self._postman.later(letter, self._random.uniform(*LATE_BY_S))
        else:
            self._postman.send(letter)
            if luck > 1 - noise.duplicated:
                self._postman.send(self._letter(webhook, body, self._deliveries))

    def _letter(self, webhook: Webhook, order: Json, delivery: int) -> Letter:
        body = json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()
        topic = f"order.{webhook.event}"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "WooCommerce/10.3.0 Hookshot (WordPress/6.8)",
            "X-WC-Webhook-Source": f"{self._site}/",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": "order",
            "X-WC-Webhook-Event": webhook.event,
            "X-WC-Webhook-Signature": signatures.woocommerce_webhook(self._config.shop.webhook_secret, body),
            "X-WC-Webhook-ID": str(webhook.id),
            "X-WC-Webhook-Delivery-ID": sha256(f"{self._config.seed}:{delivery}".encode()).hexdigest()[:32],
        }
        sheet = Sheet(self._config.shop.webhook_url or "", headers, body)

        def count_failure(received: bool) -> None:  # noqa: FBT001 - the postman's answer
            webhook.failures = 0 if received else webhook.failures + 1
            if self._config.webhook_disables and webhook.failures > FAILURES_FORGIVEN:
                webhook.status = "disabled"

        return Letter("webhook", f"{topic} {order.get('id')}", lambda: sheet, _received, closed=count_failure)

    def _greet(self, webhook: Webhook) -> None:
        """Send the unsigned ping with which WooCommerce introduces a webhook."""
        if webhook.greeted:
            return
        webhook.greeted = True
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        ping = Sheet(
            self._config.shop.webhook_url or "", headers, urlencode({"webhook_id": webhook.id}).encode()
        )
        self._postman.send(Letter("webhook", "ping", lambda: ping, _received))

    def show(self, webhook: Webhook) -> Json:
        """Show a webhook as `GET /webhooks/{id}` does."""
        return {
            "id": webhook.id,
            "name": f"Order {webhook.event}",
            "status": webhook.status,
            "topic": f"order.{webhook.event}",
            "resource": "order",
            "event": webhook.event,
            "hooks": ["woocommerce_new_order" if webhook.event == "created" else "woocommerce_update_order"],
            "delivery_url": self._config.shop.webhook_url or "",
            "date_created": site_time(self._born),
            "date_created_gmt": gmt_time(self._born),
            "date_modified": site_time(self._born),
            "date_modified_gmt": gmt_time(self._born),
            "_links": {"self": [{"href": f"{self._site}/wp-json/wc/v3/webhooks/{webhook.id}"}]},
        }

    def switch(self, webhook: Webhook, status: str) -> None:
        """Activate, pause or disable a webhook; activating forgives its failures."""
        webhook.status = status
        webhook.failures = 0


def _received(answer: httpx.Response) -> bool:
    return 200 <= answer.status_code <= 302

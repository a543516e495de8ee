"""The simulated shop tells of changes as WooCommerce does: signed, once, and giving up on a dead receiver."""

import base64
import hashlib
import hmac

import httpx

from tests.unit.simulator_world import a_laboratory, understood


def gone(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(503)


def orders_in(mail: list[httpx.Request]) -> list[str]:
    return [
        request.headers["x-wc-webhook-topic"] for request in mail if "x-wc-webhook-topic" in request.headers
    ]


async def test_a_webhook_can_be_verified_with_the_secret() -> None:
    async with a_laboratory() as lab:
        await lab.control("orders")
        (ping, hook) = await lab.mail()

    expected = base64.b64encode(hmac.new(b"hush", hook.content, hashlib.sha256).digest()).decode()
    assert hook.headers["x-wc-webhook-signature"] == expected
    assert hook.headers["x-wc-webhook-topic"] == "order.created"
    assert ping.content == b"webhook_id=1"


async def test_paying_and_writing_back_announce_an_update_each() -> None:
    async with a_laboratory() as lab:
        (number,) = (await lab.control("orders", {"paid": False}))["numbers"]
        await lab.control(f"orders/{number}/pay")
        await lab.woo("PUT", f"orders/{number}", json={"status": "completed"})
        mail = await lab.mail()

    assert orders_in(mail) == ["order.created", "order.updated", "order.updated"]


async def test_a_failed_webhook_is_not_sent_again() -> None:
    async with a_laboratory(gone) as lab:
        await lab.control("orders")
        first = await lab.mail()
        second = await lab.mail()

    assert (len(orders_in(first)), second) == (1, [])


async def test_more_than_five_failures_in_a_row_disable_a_webhook_where_that_is_on() -> None:
    async with a_laboratory(gone, webhook_disables=True) as lab:
        for _ in range(7):
            await lab.control("orders")
            await lab.mail()
        shown = (await lab.woo("GET", "webhooks/1")).json()
        await lab.woo("PUT", "webhooks/1", json={"status": "active"})
        again = (await lab.woo("GET", "webhooks/1")).json()

    assert (shown["status"], again["status"]) == ("disabled", "active")


async def test_a_dead_receiver_costs_nothing_where_disabling_is_off() -> None:
    async with a_laboratory(gone) as lab:
        for _ in range(7):
            await lab.control("orders")
            await lab.mail()
        shown = (await lab.woo("GET", "webhooks/1")).json()

    assert shown["status"] == "active"


async def test_noise_loses_and_doubles_about_the_share_it_was_told() -> None:
    noise = {"lost": 0.3, "duplicated": 0.3, "delayed": 0.0}
    async with a_laboratory(understood, webhook_noise=noise) as lab:
        await lab.control("orders", {"count": 100})
        mail = await lab.mail()
        lost = lab.world.webhooks.lost

    deliveries = [request.headers.get("x-wc-webhook-delivery-id") for request in mail[1:]]
    assert 15 <= lost <= 45
    assert 15 <= len(deliveries) - len(set(deliveries)) <= 45
    assert len(set(deliveries)) == 100 - lost

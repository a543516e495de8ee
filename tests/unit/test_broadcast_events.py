"""An event in CloudEvents' words, signed as Standard Webhooks has it, without what a platform forbids to pass on."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from oms.broadcast.events import message, signed
from oms.broadcast.forbidden import FORBIDDEN
from tests.unit.broadcast_events import KEY, OTHER_KEY, an_event


def keys_in(value: Any) -> set[str]:
    """Every key at any depth."""
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_in(inner)}
    return {key for inner in value for key in keys_in(inner)} if isinstance(value, list) else set()


def test_an_event_is_a_cloud_event_of_version_1() -> None:
    """Another implementation reads it, and finds what subscribers may rely on."""
    written = message(an_event(7, "1001"))

    read = from_structured_event(HTTPMessage({"content-type": written.content_type}, written.body))

    assert written.content_type == "application/cloudevents+json"
    assert (read.get_specversion(), read.get_id()) == ("1.0", "woocommerce:main:1001#7")
    assert (read.get_type(), read.get_source()) == (
        "com.orderloom.order.shipped.v1",
        "/orderloom/woocommerce/main",
    )
    assert (read.get_subject(), read.get_time()) == ("woocommerce:main:1001", an_event(7).at)
    assert read.get_extension("sequence") == "0000000000000000007"
    assert read.get_data() == an_event(7).payload


def test_the_same_event_has_the_same_words_every_time() -> None:
    """Whoever compares a repetition with the first finds no difference."""
    assert message(an_event(7)) == message(an_event(7))


def test_the_signature_is_what_standard_webhooks_verifies() -> None:
    """Their own library accepts it, and refuses it when one byte is another."""
    told, now = message(an_event()), datetime.now(UTC)

    headers = dict(signed(told, [SecretStr(KEY)], now))

    assert Webhook(KEY).verify(told.body, headers)["id"] == told.id == headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(KEY).verify(told.body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER_KEY).verify(told.body, headers)


def test_while_a_secret_is_replaced_either_of_the_two_verifies() -> None:
    """So that the subscriber may change over when it likes."""
    told = message(an_event())

    headers = dict(signed(told, [SecretStr(KEY), SecretStr(OTHER_KEY)], datetime.now(UTC)))

    assert Webhook(KEY).verify(told.body, headers)["id"] == told.id
    assert Webhook(OTHER_KEY).verify(told.body, headers)["id"] == told.id


def test_an_event_of_another_channel_tells_what_was_paid() -> None:
    """Else the next test could not fail."""
    heard = json.loads(message(an_event(channel="woocommerce")).body)

    assert heard["data"]["payment"]["total_fen"] == 18800


def test_an_event_of_pinduoduo_has_no_receiver_buyer_or_payment() -> None:
    """At any depth; what happened to the order and its parcels is told."""
    rich: dict[str, Any] = {
        "receiver": {"name": "张三", "phone": "13812345678"},
        "buyer_id": "b1",
        "case": {"id": "A1", "refund_fen": 500, "lines": [{"sku": "A", "amount_fen": 500}]},
        "total_fen": 18800,
    }

    heard = json.loads(message(an_event(channel="pdd", **rich)).body)

    assert not keys_in(heard) & FORBIDDEN["pdd"].fields
    assert not {"18800", "500", "张三", "13812345678", "b1"} & set(
        str(heard["data"]).replace("'", " ").split()
    )
    assert (heard["data"]["after"], heard["data"]["parcels"][0]["waybill"]) == ("shipped", "SF1")
    assert heard["data"]["case"] == {"id": "A1", "lines": [{"sku": "A"}]}


@pytest.mark.parametrize("what", ["payment.seen", "aftersale.requested", "address.changed"])
def test_of_such_a_change_pinduoduo_s_subscribers_hear_that_it_happened(what: str) -> None:
    """Its words may hold an amount or an address."""
    change: dict[str, Any] = {
        "what": what,
        "before": "unpaid",
        "after": "188.00 CNY",
        "why": "the buyer said so",
    }

    told = json.loads(message(an_event(channel="pdd", **change)).body)["data"]
    elsewhere = json.loads(message(an_event(channel="jd", **change)).body)["data"]

    assert told["what"] == what
    assert not {"before", "after", "why"} & set(told)
    assert elsewhere["after"] == "188.00 CNY"

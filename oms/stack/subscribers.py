"""Who is told in a run against the simulator: one that is fine, and one that is down now and then."""

from collections.abc import Mapping
from typing import Any

import yaml

from oms.stack.keys import fresh_webhook_secret
from oms.stack.loopback import LOOPBACK

ERP, FLAKY = "erp", "flaky"
SUBSCRIBERS: Mapping[str, Mapping[str, float]] = {
    ERP: {},
    FLAKY: {"first_business_s": 43_200, "every_business_s": 345_600, "for_business_s": 21_600},
}
"""Subscriber to when it is down: half a day from the first event on, then six hours every fourth day."""


def fresh_subscriber_secrets() -> dict[str, str]:
    """Make what signs the calls to each subscriber."""
    return {name: fresh_webhook_secret() for name in SUBSCRIBERS}


def simulated_subscribers(names: tuple[str, ...], secrets: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the simulator's side of them."""
    return [{"name": name, "secret": secrets[name], "downtime": dict(SUBSCRIBERS[name])} for name in names]


def subscribers_file(port: int, names: tuple[str, ...]) -> str:
    """Write our side of them, as YAML."""
    rows = [
        {
            "name": name,
            "url": f"http://{LOOPBACK}:{port}/subscribers/{name}",
            "secret": subscriber_variable(name),
        }
        for name in names
    ]
    return yaml.safe_dump({"subscribers": rows}, sort_keys=False)


def subscriber_variable(name: str) -> str:
    """Name the environment variable of a subscriber's secret."""
    return f"OMS_SUBSCRIBER_{name}_SECRET".upper()

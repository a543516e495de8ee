"""The simulated outside world of a run: what it offers, the secrets it shares with us, where it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from oms.domain.ids import ShopKey
from oms.stack.keys import fresh_secret
from oms.stack.loopback import LOOPBACK

SHOP = ShopKey(channel="woocommerce", shop="main")
WAREHOUSES = ("HZ01", "GZ01")
"""The simulated warehouses, by the codes they use."""


@dataclass(frozen=True)
class World:
    """What the simulator is asked to offer; `pace` divides business durations, `rate` is orders a real second."""

    pace: int = 7200
    orders: int = 60
    rate: float = 4.0
    seed: int = 7
    source: Path | None = None
    arrivals_per_second: float | None = None
    scenario: str = "mixed"
    first_number: int = 1001
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the simulator's configuration, as they are."""


@dataclass(frozen=True)
class Secrets:
    """What the simulator and we both know, made afresh for each run."""

    woo_key: str = field(default_factory=lambda: f"ck_{fresh_secret()}")
    woo_secret: str = field(default_factory=lambda: f"cs_{fresh_secret()}")
    webhook: str = field(default_factory=fresh_secret)
    qimen_app_key: str = field(default_factory=fresh_secret)
    qimen: str = field(default_factory=fresh_secret)
    kuaidi100_key: str = field(default_factory=fresh_secret)
    kuaidi100: str = field(default_factory=fresh_secret)
    kuaidi100_salt: str = field(default_factory=fresh_secret)


def simulator_config(world: World, secrets: Secrets, public_url: str) -> str:
    """Write the simulator's configuration file, as JSON."""
    config: dict[str, Any] = {
        "pace": world.pace,
        "seed": world.seed,
        "shop": {
            "name": SHOP.shop,
            "consumer_key": secrets.woo_key,
            "consumer_secret": secrets.woo_secret,
            "webhook_secret": secrets.webhook,
            "webhook_url": f"{public_url}/hooks/woocommerce/{SHOP.shop}",
        },
        "wms": {
            "app_key": secrets.qimen_app_key,
            "secret": secrets.qimen,
            "customer_id": "orderloom",
            "notify_url": f"{public_url}/hooks/qimen",
        },
        "carrier": {"customer": "orderloom", "key": secrets.kuaidi100_key, "secret": secrets.kuaidi100},
        "orders": world.orders,
        "rate": world.rate,
        "scenario": world.scenario,
        "first_number": world.first_number,
        "autostart": False,
    }
    if world.source is not None:
        config["source"] = str(world.source.resolve())
        config.pop("orders")
    if world.arrivals_per_second is not None:
        config["squeeze"] = {"arrivals_per_second": world.arrivals_per_second}
    return json.dumps({**config, **world.more}, indent=2)


def our_side(secrets: Secrets, port: int) -> dict[str, str]:
    """Return our settings that make the simulator our shop, warehouse and carrier."""
    base = f"http://{LOOPBACK}:{port}"
    return {
        "OMS_QIMEN_URL": f"{base}/router/qimen/service",
        "OMS_QIMEN_APP_KEY": secrets.qimen_app_key,
        "OMS_QIMEN_SECRET": secrets.qimen,
        "OMS_QIMEN_CUSTOMER_ID": "orderloom",
        "OMS_QIMEN_OWNER": "O1",
        "OMS_KUAIDI100_POLL_URL": f"{base}/poll",
        "OMS_KUAIDI100_LABEL_URL": f"{base}/label/order",
        "OMS_KUAIDI100_CUSTOMER": "orderloom",
        "OMS_KUAIDI100_KEY": secrets.kuaidi100_key,
        "OMS_KUAIDI100_SECRET": secrets.kuaidi100,
        "OMS_KUAIDI100_SALT": secrets.kuaidi100_salt,
        "OMS_WOO_MAIN_KEY": secrets.woo_key,
        "OMS_WOO_MAIN_SECRET": secrets.woo_secret,
        "OMS_WOO_MAIN_WEBHOOK_SECRET": secrets.webhook,
    }


def shops_file(port: int) -> str:
    """Write the shops file of a run against the simulator, as YAML."""
    shop = {
        "channel": SHOP.channel,
        "shop": SHOP.shop,
        "platform": "own_shop",
        "url": f"http://{LOOPBACK}:{port}",
        "api_version": "wc/v3",
        "secrets": {
            "key": "OMS_WOO_MAIN_KEY",
            "secret": "OMS_WOO_MAIN_SECRET",
            "webhook_secret": "OMS_WOO_MAIN_WEBHOOK_SECRET",
        },
    }
    return yaml.safe_dump({"shops": [shop]}, sort_keys=False)

"""The simulated outside world of a run: what it offers, the secrets it shares with us, where it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from oms.channels import CHANNELS
from oms.domain.ids import ShopKey
from oms.stack import gateways, senders
from oms.stack.gateways import GatewaySecrets
from oms.stack.keys import fresh_for, fresh_secret
from oms.stack.loopback import LOOPBACK
from oms.stack.subscribers import fresh_subscriber_secrets, simulated_subscribers, subscriber_variable

OWN = "woocommerce"
SHOP = ShopKey(channel=OWN, shop="main")
WAREHOUSES = ("HZ01", "GZ01")
"""The simulated warehouses, by the codes they use."""
RULES = {OWN: "own_shop", "taobao": "tmall", "jd": "jd_pop", "wechat": "wechat_shop"}
"""Which row of the rule table a shop lives by, where it is not named like its channel."""
OPTIONS: Mapping[str, Mapping[str, str]] = {"pdd": {"settle_seconds": "0", "return_address_id": "1"}}
"""Pinduoduo's list ends three minutes ago, which at a demonstration's pace would be hours; its returns need an address."""
NO_WAYBILLS: Mapping[str, str] = MappingProxyType({})
"""Every warehouse draws its own waybills."""


ALL = tuple(sorted(CHANNELS))
"""Every channel there is."""


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
    pays_by_gateways: bool = True
    """Whether the own shop's buyers pay through gateways that tell us of it, as a second way beside the shop."""
    waybills: Mapping[str, str] = field(default_factory=dict)
    """Channel to who draws its waybills, `kuaidi100` or `platform`; the warehouse draws those of all others."""
    channels: tuple[str, ...] = (OWN,)
    """Where buyers order, in turn; the own shop always stands, and sells if it is named."""
    subscribers: tuple[str, ...] = ()
    """Who is told what happens, of `oms.stack.subscribers.SUBSCRIBERS`."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the simulator's configuration, as they are."""

    @property
    def platforms(self) -> tuple[str, ...]:
        """The marketplaces beside the own shop."""
        return tuple(name for name in self.channels if name != OWN)


def _fresh() -> dict[str, dict[str, str]]:
    return {name: {secret: fresh_for(secret) for secret in kind.secrets} for name, kind in CHANNELS.items()}


@dataclass(frozen=True)
class Secrets:
    """What the simulator and we both know, made afresh for each run."""

    channels: Mapping[str, Mapping[str, str]] = field(default_factory=_fresh)
    """Channel to the names and values of its secrets."""
    qimen_app_key: str = field(default_factory=fresh_secret)
    qimen: str = field(default_factory=fresh_secret)
    kuaidi100_key: str = field(default_factory=fresh_secret)
    kuaidi100: str = field(default_factory=fresh_secret)
    kuaidi100_salt: str = field(default_factory=fresh_secret)
    subscribers: Mapping[str, str] = field(default_factory=fresh_subscriber_secrets)
    """Subscriber to what signs its calls."""
    gateways: GatewaySecrets = field(default_factory=GatewaySecrets)

    @property
    def webhook(self) -> str:
        """With which the own shop signs its webhooks."""
        return self.channels[OWN]["webhook_secret"]


def simulator_config(world: World, secrets: Secrets, public_url: str) -> str:
    """Write the simulator's configuration file, as JSON."""
    own = secrets.channels[OWN]
    config: dict[str, Any] = {
        "pace": world.pace,
        "seed": world.seed,
        "shop": {
            "name": SHOP.shop,
            "consumer_key": own["key"],
            "consumer_secret": own["secret"],
            "webhook_secret": own["webhook_secret"],
            "webhook_url": f"{public_url}/hooks/{OWN}/{SHOP.shop}",
        },
        "platforms": [_platform(name, secrets, public_url) for name in world.platforms],
        "own_shop_sells": OWN in world.channels,
        "wms": {
            "app_key": secrets.qimen_app_key,
            "secret": secrets.qimen,
            "customer_id": "orderloom",
            "notify_url": f"{public_url}/hooks/qimen",
        },
        "carrier": {"customer": "orderloom", "key": secrets.kuaidi100_key, "secret": secrets.kuaidi100},
        "subscribers": simulated_subscribers(world.subscribers, secrets.subscribers),
        "orders": world.orders,
        "rate": world.rate,
        "scenario": world.scenario,
        "first_number": world.first_number,
        "autostart": False,
    }
    if world.pays_by_gateways:
        config["payments"] = gateways.simulated_accounts(secrets.gateways, public_url, SHOP)
    if world.source is not None:
        config["source"] = str(world.source.resolve())
        config.pop("orders")
    if world.arrivals_per_second is not None:
        config["squeeze"] = {"arrivals_per_second": world.arrivals_per_second}
    return json.dumps({**config, **world.more}, indent=2)


def _platform(name: str, secrets: Secrets, public_url: str) -> dict[str, Any]:
    called = CHANNELS[name].properties.push == "webhook"
    return {
        "platform": name,
        "shop": SHOP.shop,
        "secrets": dict(secrets.channels[name]),
        "push_url": f"{public_url}/hooks/{name}/{SHOP.shop}" if called else None,
        "options": dict(OPTIONS.get(name, {})),
    }


def our_side(secrets: Secrets, port: int) -> dict[str, str]:
    """Return our settings that make the simulator our shops, warehouse and carrier."""
    base = f"http://{LOOPBACK}:{port}"
    shops = {
        variable(channel, name): value
        for channel, named in secrets.channels.items()
        for name, value in named.items()
    }
    return {
        **shops,
        **{subscriber_variable(name): secret for name, secret in secrets.subscribers.items()},
        **gateways.our_variables(secrets.gateways, SHOP),
        "OMS_QIMEN_URL": f"{base}/router/qimen/service",
        "OMS_QIMEN_APP_KEY": secrets.qimen_app_key,
        "OMS_QIMEN_SECRET": secrets.qimen,
        "OMS_QIMEN_CUSTOMER_ID": "orderloom",
        "OMS_QIMEN_OWNER": "O1",
        "OMS_INTERFACE_OWNER": "operations",
        "OMS_KUAIDI100_POLL_URL": f"{base}/poll",
        "OMS_KUAIDI100_LABEL_URL": f"{base}/label/order",
        "OMS_KUAIDI100_CUSTOMER": "orderloom",
        "OMS_KUAIDI100_KEY": secrets.kuaidi100_key,
        "OMS_KUAIDI100_SECRET": secrets.kuaidi100,
        "OMS_KUAIDI100_SALT": secrets.kuaidi100_salt,
    }


def variable(channel: str, secret: str) -> str:
    """Name the environment variable of a secret of a run's shop."""
    return f"OMS_{channel}_{SHOP.shop}_{secret}".upper()


def shops_file(
    port: int, channels: tuple[str, ...] = (OWN,), *, pays_by_gateways: bool = False,
    waybills: Mapping[str, str] = NO_WAYBILLS,
) -> str:  # fmt: skip
    """Write the shops file of a run against the simulator, as YAML."""
    shops = [_shop(name, port) for name in channels]
    if pays_by_gateways:
        entries = gateways.shops_entries(f"http://{LOOPBACK}:{port}", SHOP)
        shops = [{**shop, "gateways": entries} if shop["channel"] == OWN else shop for shop in shops]
    shops = [senders.drawing(shop, waybills) for shop in shops]
    return yaml.safe_dump(
        {"warehouses": [dict(sender) for sender in senders.SENDERS], "shops": shops}, sort_keys=False
    )


def _shop(name: str, port: int) -> dict[str, Any]:
    base, kind = f"http://{LOOPBACK}:{port}", CHANNELS[name]
    return {
        "channel": name,
        "shop": SHOP.shop,
        "platform": RULES.get(name, name),
        "url": base if name == OWN else f"{base}/{name}",
        "api_version": kind.properties.versions[0],
        "secrets": {secret: variable(name, secret) for secret in kind.secrets},
        "options": dict(OPTIONS.get(name, {})),
        "carrier": senders.CARRIER,
        "other_carriers": list(senders.OTHER_CARRIERS),
    }

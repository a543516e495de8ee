"""Put the watch over the outside world together, from what the settings name (R29)."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from oms.bans import Bans
from oms.certificates import CertificateProbe, hosts_of
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.interface_conditions import FindInterface
from oms.interface_watch import InterfaceWatch, Watched
from oms.ports import Channel
from oms.ports.alarms import Alarms
from oms.probing import Probe, ReachProbe, ShopProbe
from oms.settings import Settings
from oms.store import Store


def interface_watch(
    settings: Settings, store: Store, http: Http, channels: Mapping[ShopKey, Channel], alarms: Alarms,
    find: FindInterface, *, clock: Callable[[], datetime],
) -> InterfaceWatch:  # fmt: skip
    """Return what looks after every outside interface of the settings; `find` looks into the register."""
    probes: list[Probe] = [*shop_probes(store, channels, clock), *other_probes(settings, http)]
    return InterfaceWatch(store, alarms, Watched(probes, find), clock)


def shop_probes(
    store: Store, channels: Mapping[ShopKey, Channel], clock: Callable[[], datetime]
) -> Sequence[Probe]:
    """Return one check per shop, in whichever version it speaks when it is asked."""
    bans = Bans(store, clock)
    return [ShopProbe(shop, channels, bans) for shop in channels]


def other_probes(settings: Settings, http: Http) -> Sequence[Probe]:
    """Knock at the warehouse's and the carriers' doors, and look at every certificate."""
    addresses = [
        settings.qimen_url, settings.kuaidi100_poll_url, settings.kuaidi100_label_url,
        *(shop.url for shop in settings.shops),
        *(gateway.url for shop in settings.shops for gateway in shop.gateways),
    ]  # fmt: skip
    trust = ssl.create_default_context()
    return [
        ReachProbe("qimen/gateway", settings.qimen_url, http),
        ReachProbe("kuaidi100/gateway", settings.kuaidi100_poll_url, http),
        *(CertificateProbe(host, port, trust) for host, port in hosts_of(addresses)),
    ]

"""The register of outside interfaces: what code declares of them, and what the configuration says (R30).

A connector declares what it calls in its own folder; its kind carries the declarations, so that a new connector is in
the register as soon as it is in the list of its kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from oms.carriers import kuaidi100
from oms.channels import CHANNELS, kind_of
from oms.domain.interfaces import Interface
from oms.payments import GATEWAYS
from oms.settings import Settings, ShopConfig, WrongSetting
from oms.warehouse import qimen

OTHERS: tuple[Interface, ...] = (*qimen.INTERFACES, *kuaidi100.INTERFACES)
"""Of connectors that are no kind of channel or gateway."""
PUBLIC_ADDRESS = "its public address"
OWNERS = "OMS_INTERFACE_OWNER"


class System(NamedTuple):
    """Whose interfaces they are, as far as this installation uses them."""

    name: str
    addresses: tuple[str, ...]
    shops: tuple[ShopConfig, ...] = ()
    versions: tuple[str, ...] = ()
    """All that the connector speaks; which one, each shop says."""
    calls_per_second: float | None = None


class Owners(NamedTuple):
    """Who looks after what: one for all, and those of single systems or interfaces."""

    default: str
    single: Mapping[str, str]

    def of(self, interface: Interface) -> str:
        """Return who looks after an interface; empty: nobody."""
        single = self.single.get(interface.key) or self.single.get(interface.system)
        return interface.owner or single or self.default

    def of_system(self, system: str) -> str:
        """Return who looks after a system's tokens and addresses; empty: nobody."""
        return self.single.get(system) or self.default


def declared() -> tuple[Interface, ...]:
    """Return every interface that any connector of ours calls, in use or not."""
    of_channels = (each for kind in CHANNELS.values() for each in kind.interfaces)
    of_gateways = (each for kind in GATEWAYS.values() for each in kind.interfaces)
    return (*of_channels, *of_gateways, *OTHERS)


def systems_of(settings: Settings) -> Mapping[str, System]:
    """Return the systems that the configuration uses."""
    found = {
        "qimen": System("qimen", (settings.qimen_url,)),
        "kuaidi100": System("kuaidi100", (settings.kuaidi100_poll_url, settings.kuaidi100_label_url)),
    }
    for channel in dict.fromkeys(shop.channel for shop in settings.shops):
        shops = tuple(shop for shop in settings.shops if shop.channel == channel)
        spoken = kind_of(shops[0]).properties
        found[channel] = System(
            channel, _each(shop.url for shop in shops), shops, spoken.versions, spoken.calls_per_second
        )
    accounts = [(shop, gateway) for shop in settings.shops for gateway in shop.gateways]
    for kind in dict.fromkeys(gateway.kind for _, gateway in accounts):
        own = [(shop, gateway) for shop, gateway in accounts if gateway.kind == kind]
        addresses = _each(gateway.url or PUBLIC_ADDRESS for _, gateway in own)
        found[kind] = System(kind, addresses, tuple(shop for shop, _ in own))
    return found


class Register:
    """The interfaces in use, each with somebody who looks after it."""

    def __init__(self, settings: Settings) -> None:
        """Raises WrongSetting when an interface has no owner, or an owner is named for what there is not."""
        every = declared()
        self.owners = owners_of(settings.interface_owner, every)
        self.systems = systems_of(settings)
        used = [each for each in every if each.system in self.systems]
        orphans = [name for name in self.systems if not self.owners.of_system(name)]
        orphans += [each.key for each in used if not self.owners.of(each)]
        if orphans:
            raise WrongSetting(
                f"{OWNERS}: nobody looks after {orphans[0]} (one of {len(orphans)}): name a person or a team"
            )
        self.interfaces: Mapping[str, Interface] = {
            each.key: each.model_copy(update={"owner": self.owners.of(each)}) for each in used
        }

    def versions_of(self, interface: Interface, in_force: Mapping[str, str]) -> tuple[str, ...]:
        """Return in which versions an interface is spoken to; `in_force` is what was switched to since, by shop."""
        system = self.systems[interface.system]
        if interface.version or not system.versions:
            return (interface.version,) if interface.version else ()
        spoken = (in_force.get(str(shop.key)) or shop.version(system.versions) for shop in system.shops)
        return _each(spoken)

    def ended_version_matters(self, interface: Interface, version: str, in_force: Mapping[str, str]) -> bool:
        """Tell whether the end of a version concerns us: not when every shop speaks another one by now."""
        known = self.systems[interface.system].versions
        return version not in known or version in self.versions_of(interface, in_force)


def owners_of(text: str, known: Sequence[Interface]) -> Owners:
    """Read `operations, taobao=wang, jd/jingdong.pop.order.search=li`. Raises WrongSetting naming the part."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    defaults = [part for part in parts if "=" not in part]
    single = {
        what.strip(): who.strip() for what, _, who in (part.partition("=") for part in parts if "=" in part)
    }
    if len(defaults) > 1:
        raise WrongSetting(f"{OWNERS} names several for everything: {', '.join(defaults)}")
    names = {each.key for each in known} | {each.system for each in known}
    for what, who in single.items():
        if what not in names:
            raise WrongSetting(f"{OWNERS}: there is no system or interface {what!r}")
        if not who:
            raise WrongSetting(f"{OWNERS}: {what} has an owner without a name")
    return Owners(defaults[0] if defaults else "", single)


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each text once, in order."""
    return tuple(dict.fromkeys(texts))

"""What the registry knows of a kind of channel: how to open a shop of it, and what that takes."""

from collections.abc import Callable
from typing import NamedTuple

from oms.domain.interfaces import Interface
from oms.http import Http
from oms.ports import Channel, Properties, Tokens
from oms.settings import ShopConfig

Open = Callable[[ShopConfig, Http, Tokens], Channel]


class Kind(NamedTuple):
    """One sales platform, before any shop of it is opened."""

    open: Open
    """Raises WrongSetting naming the shop and what is missing or wrong."""
    secrets: tuple[str, ...]
    """The names of what the shops file must take from the environment."""
    properties: Properties
    interfaces: tuple[Interface, ...]
    """Everything that its connector calls; what is missing here fails a test."""
    waybill_options: tuple[str, ...] = ()
    """What a shop must say among its options when the platform draws its waybills."""

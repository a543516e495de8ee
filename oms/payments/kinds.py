"""What the registry knows of a kind of payment gateway: how to open a shop's account, and what that takes."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from oms.domain.interfaces import Interface
from oms.http import Http
from oms.payments.account import Account
from oms.ports import PaymentGateway

Clock = Callable[[], datetime]
Open = Callable[[Account, Http, Clock], PaymentGateway]


class GatewayKind(NamedTuple):
    """One payment service, before any account is opened."""

    open: Open
    """Raises WrongSetting naming the shop, the kind and what is missing or wrong."""
    secrets: tuple[str, ...]
    """The names of what the shops file must take from the environment."""
    interfaces: tuple[Interface, ...]
    """Everything that it calls."""

"""One entry under a shop's `gateways:`, read so that whatever is missing or wrong names the shop and the key."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pydantic import SecretStr

from oms.payments import rsa
from oms.payments.numbers import NumberRule
from oms.settings import GatewayConfig, ShopConfig, WrongSetting

T = TypeVar("T")
NUMBER_OPTIONS = frozenset(NumberRule.model_fields)


class Account(NamedTuple):
    """A shop and its merchant account at a payment gateway. Every method raises WrongSetting."""

    shop: ShopConfig
    gateway: GatewayConfig

    def secret(self, name: str) -> SecretStr:
        """Return a secret that must be there."""
        if name not in self.gateway.secrets:
            raise self.wrong(name, "this secret is missing")
        return self.gateway.secrets[name]

    def option(self, name: str) -> str:
        """Return an option that must be there."""
        if not self.gateway.options.get(name):
            raise self.wrong(name, "this option is missing")
        return self.gateway.options[name]

    def only(self, *options: str) -> None:
        """Refuse options that nobody reads."""
        for name in sorted(set(self.gateway.options) - NUMBER_OPTIONS - set(options)):
            raise self.wrong(name, f"there is no such option; known: {', '.join(sorted(options))}")

    def private_key(self, name: str) -> RSAPrivateKey:
        """Return our private key."""
        return self._read(name, rsa.private_key)

    def public_keys(self, name: str) -> tuple[rsa.PublicKey, ...]:
        """Return the gateway's public keys."""
        return self._read(name, rsa.public_keys)

    @property
    def numbers(self) -> NumberRule:
        """How order numbers stand in the gateway's."""
        options = self.gateway.options
        return NumberRule.model_validate({name: options[name] for name in NUMBER_OPTIONS & set(options)})

    def wrong(self, name: str, why: str) -> WrongSetting:
        """Say what is wrong with a key, and nothing of its value."""
        return WrongSetting(f"shop {self.shop.key}: gateway {self.gateway.kind}: {name}: {why}")

    def _read(self, name: str, read: Callable[[str], T]) -> T:
        try:
            return read(self.secret(name).get_secret_value())
        except WrongSetting:
            raise
        except ValueError as error:
            raise self.wrong(name, str(error)) from None

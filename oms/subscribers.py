"""Who is told: the subscribers file, with secrets by the names of variables."""

import base64
import binascii
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from oms.domain.ids import Mark, OrderKey
from oms.variables import WrongSetting, named_secrets

TOPICS = ("order.*", "parcel.*", "aftersale.*")
"""What a subscriber hears that names no topics: everything of orders, nothing of our own alerts."""
PREFIX = "whsec_"
SHORTEST_KEY, LONGEST_KEY = 24, 64
"""Bytes of a signing key, as Standard Webhooks has it."""
SECRETS = ("secret", "previous_secret")


class Subscriber(BaseModel):
    """Somebody outside who is told, and what of."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Mark
    url: str = Field(pattern="^(https?|nats|tls|wss?)://")
    sink: Literal["webhook", "nats"] = "webhook"
    secret: SecretStr = SecretStr("")
    """Of a webhook: what signs it. Of NATS: a token, if the server asks for one."""
    previous_secret: SecretStr = SecretStr("")
    """While a secret is replaced: the old one, with which everything is signed as well."""
    topics: tuple[str, ...] = Field(TOPICS, min_length=1)
    channels: tuple[Mark, ...] = ()
    """Only of these channels; empty: of all."""
    shops: tuple[str, ...] = ()
    """Only of these shops, as channel:shop or shop; empty: of all."""
    at_once: int = Field(8, ge=1, le=50)
    """Of so many orders events may be under way at the same time; of one order never two."""
    subject: str = Field("orderloom", pattern=r"^[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+)*$")
    """NATS: what the subjects begin with; the topic follows."""

    @model_validator(mode="after")
    def _fits_its_sink(self) -> "Subscriber":
        if (self.sink == "webhook") is not self.url.startswith("http"):
            raise ValueError(f"the url does not fit the sink {self.sink}")
        if self.sink == "webhook" and not self.secret.get_secret_value():
            raise ValueError("a webhook needs a secret")
        if self.sink == "webhook" and not all(_is_a_key(secret) for secret in self.secrets):
            raise ValueError(f"a secret must be {PREFIX} and base64 of {SHORTEST_KEY} to {LONGEST_KEY} bytes")
        return self

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """What signs, the newest first."""
        return tuple(secret for secret in (self.secret, self.previous_secret) if secret.get_secret_value())

    def wants(self, topic: str, order: OrderKey) -> bool:
        """Tell whether it is to hear of this."""
        shop = str(order.shop_key)
        return (
            any(fnmatchcase(topic, pattern) for pattern in self.topics)
            and (not self.channels or order.channel in self.channels)
            and (not self.shops or shop in self.shops or order.shop in self.shops)
        )


def _is_a_key(secret: SecretStr) -> bool:
    text = secret.get_secret_value()
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(PREFIX) and SHORTEST_KEY <= len(key) <= LONGEST_KEY


def read_subscribers(path: Path, environ: Mapping[str, str]) -> tuple[Subscriber, ...]:
    """Read the subscribers file. Raises WrongSetting that names the subscriber and what is wrong, never a secret."""
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongSetting(f"{path.name} cannot be read: {error.strerror}") from None
    except yaml.YAMLError:
        raise WrongSetting(f"{path.name} is not YAML") from None
    rows = listed.get("subscribers") if isinstance(listed, dict) else None
    if not isinstance(rows, list):
        raise WrongSetting(f"{path.name}: expected a list under `subscribers:`")
    found = tuple(_subscriber(path.name, index, row, environ) for index, row in enumerate(rows))
    if len({one.name for one in found}) != len(found):
        raise WrongSetting(f"{path.name}: a subscriber is listed twice")
    return found


def _subscriber(file: str, index: int, row: Any, environ: Mapping[str, str]) -> Subscriber:
    if not isinstance(row, dict):
        raise WrongSetting(f"{file}: subscriber {index + 1} is not a mapping")
    owner = f"{file}: subscriber {row.get('name', index + 1)!r}"
    secrets = named_secrets(owner, {name: row[name] for name in SECRETS if row.get(name)}, environ)
    try:
        return Subscriber.model_validate({**row, **secrets})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        raise WrongSetting(f"{owner}: {f'{at}: ' if at else ''}{first['msg']}") from None

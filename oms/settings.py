"""Every setting, read once at the door and checked before anything starts."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from oms.domain.ids import Mark, ShopKey

KEY_BYTES = 32
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class WrongSetting(ValueError):
    """A setting that stops the start: names it, shows the value's shape (never a secret), says what was expected."""


class DataKey(BaseModel):
    """A named 256-bit key."""

    model_config = ConfigDict(frozen=True)

    id: str
    key: SecretStr

    @property
    def raw(self) -> bytes:
        """The 32 bytes."""
        return base64.b64decode(self.key.get_secret_value())


class ShopConfig(BaseModel):
    """One shop of the shops file; secrets are resolved from the environment variables it names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Mark
    shop: Mark
    platform: Mark = "own_shop"
    """The row of the rule table that applies."""
    url: str = Field(pattern="^https?://")
    api_version: str = ""
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    secrets: Mapping[str, SecretStr] = {}
    options: Mapping[str, str] = {}
    """What else a channel wants to know and is no secret, such as the number of the seller."""

    def secret(self, name: str) -> SecretStr:
        """Return one of the shop's secrets. Raises WrongSetting naming the one that is missing."""
        if name not in self.secrets:
            raise WrongSetting(f"shop {self.key}: a {self.channel} shop needs a secret named {name}")
        return self.secrets[name]

    def version(self, known: tuple[str, ...]) -> str:
        """Return the API version to speak, the first known one by default. Raises WrongSetting for an unknown one."""
        version = self.api_version or known[0]
        if version not in known:
            raise WrongSetting(f"shop {self.key}: api_version {version!r} is none of {', '.join(known)}")
        return version

    @property
    def key(self) -> ShopKey:
        """Which shop."""
        return ShopKey(channel=self.channel, shop=self.shop)


def _keys(text: str) -> tuple[DataKey, ...]:
    keys: list[DataKey] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, encoded = part.partition(":")
        try:
            size = len(base64.b64decode(encoded, validate=True))
        except binascii.Error:
            size = 0
        if not name or size != KEY_BYTES:
            raise ValueError(
                f"expected keyid:base64 of {KEY_BYTES} bytes, comma between keys; got {size} bytes"
            )
        if any(key.id == name for key in keys):
            raise ValueError(f"key id {name} is given twice")
        keys.append(DataKey(id=name, key=SecretStr(encoded)))
    return tuple(keys)


class Settings(BaseModel):
    """The present set of settings. Temporal's own (address, namespace, TLS, API key) are read by its SDK."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: str = Field(
        repr=False,
        default="sqlite:///.orderloom/orderloom.db",
        alias="OMS_DATABASE_URL",
        pattern="^(sqlite|postgresql)",
    )
    data_keys: tuple[DataKey, ...] = Field(alias="OMS_DATA_KEYS", min_length=1)
    digest_key: SecretStr = Field(alias="OMS_DIGEST_KEY", min_length=16)
    payload_keys: tuple[DataKey, ...] = Field((), alias="OMS_PAYLOAD_KEYS")
    shops_file: Path = Field(Path("shops.yaml"), alias="OMS_SHOPS_FILE")
    pace: int = Field(1, alias="OMS_PACE", ge=1, le=10_000_000)
    public_url: str = Field("http://127.0.0.1:8080", alias="OMS_PUBLIC_URL", pattern="^https?://")
    temporal_ui_url: str = Field("", alias="OMS_TEMPORAL_UI_URL", pattern="^(https?://.*)?$")
    log_format: str = Field("json", alias="OMS_LOG_FORMAT", pattern="^(json|text)$")
    log_level: str = Field("INFO", alias="OMS_LOG_LEVEL", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    web_host: str = Field("127.0.0.1", alias="OMS_WEB_HOST")
    web_port: int = Field(8080, alias="OMS_WEB_PORT", ge=0, le=65535)
    health_port: int = Field(0, alias="OMS_HEALTH_PORT", ge=0, le=65535)
    metrics_port: int = Field(0, alias="OMS_METRICS_PORT", ge=0, le=65535)
    cached_workflows: int = Field(2000, alias="OMS_CACHED_WORKFLOWS", ge=0)
    grace_seconds: int = Field(30, alias="OMS_GRACE_SECONDS", ge=1)
    poll_every_seconds: int = Field(900, alias="OMS_POLL_EVERY_SECONDS", ge=1)
    notice_urls: tuple[SecretStr, ...] = Field((), alias="OMS_NOTICE_URLS")
    qimen_url: str = Field(alias="OMS_QIMEN_URL", pattern="^https?://")
    qimen_app_key: str = Field(alias="OMS_QIMEN_APP_KEY", min_length=1)
    qimen_secret: SecretStr = Field(alias="OMS_QIMEN_SECRET", min_length=1)
    qimen_customer_id: str = Field(alias="OMS_QIMEN_CUSTOMER_ID", min_length=1)
    qimen_owner: str = Field("O1", alias="OMS_QIMEN_OWNER")
    kuaidi100_poll_url: str = Field(alias="OMS_KUAIDI100_POLL_URL", pattern="^https?://")
    kuaidi100_label_url: str = Field(alias="OMS_KUAIDI100_LABEL_URL", pattern="^https?://")
    kuaidi100_customer: str = Field(alias="OMS_KUAIDI100_CUSTOMER", min_length=1)
    kuaidi100_key: SecretStr = Field(alias="OMS_KUAIDI100_KEY", min_length=1)
    kuaidi100_secret: SecretStr = Field(alias="OMS_KUAIDI100_SECRET", min_length=1)
    kuaidi100_salt: SecretStr = Field(alias="OMS_KUAIDI100_SALT", min_length=1)
    shops: tuple[ShopConfig, ...] = ()

    @property
    def digest_bytes(self) -> bytes:
        """The digest key as the 32 bytes that the vault wants, whatever its length in characters."""
        return hashlib.sha256(self.digest_key.get_secret_value().encode()).digest()

    @field_validator("data_keys", "payload_keys", mode="before")
    @classmethod
    def _read_keys(cls, value: object) -> object:
        return _keys(value) if isinstance(value, str) else value

    @field_validator("notice_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, value.split())) if isinstance(value, str) else value

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read and check every setting.

        Raises WrongSetting naming the first wrong one, the shape of its value and what was expected.
        """
        given = {name: value for name, value in environ.items() if name.startswith("OMS_") and value != ""}
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = str(first["loc"][0])
            raise WrongSetting(
                f"{name} is {_shape(given.get(name))}: {first['msg']}. See .env.example."
            ) from None
        return settings.model_copy(update={"shops": read_shops(settings.shops_file, environ)})

    def shop(self, key: ShopKey) -> ShopConfig:
        """Return one shop. Raises WrongSetting when the shops file has none of that name."""
        for shop in self.shops:
            if shop.key == key:
                return shop
        raise WrongSetting(
            f"no shop {key} in {self.shops_file}; known: {', '.join(str(s.key) for s in self.shops)}"
        )


def _shape(value: str | None) -> str:
    return "missing" if value is None else f"a text of {len(value)} characters"


def read_shops(path: Path, environ: Mapping[str, str]) -> tuple[ShopConfig, ...]:
    """Read the shops file; a secret is the name of an environment variable, never the secret itself.

    Raises WrongSetting naming the shop and the key when something is missing or unknown.
    """
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WrongSetting(
            f"OMS_SHOPS_FILE names {path.name}, which does not exist; see shops.example.yaml"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(
            f"OMS_SHOPS_FILE names {path.name}, which cannot be read: {type(error).__name__}"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise WrongSetting(f"{path.name} is not YAML{place}: {getattr(error, 'problem', None)}") from None
    rows = listed.get("shops") if isinstance(listed, dict) else None
    if not isinstance(rows, list) or not rows:
        raise WrongSetting(f"{path.name}: expected a list under `shops:`")
    shops = tuple(_shop(path.name, index, row, environ) for index, row in enumerate(rows))
    names = [shop.key for shop in shops]
    if len(set(names)) != len(names):
        raise WrongSetting(f"{path.name}: a shop is listed twice")
    return shops


def _variable(name: object) -> str:
    """Name a variable; what does not look like one may be the secret itself, and is not shown."""
    text = str(name)
    return text if VARIABLE.fullmatch(text) else f"{_shape(text)} that is no name of a variable"


def _shop(file: str, index: int, row: Any, environ: Mapping[str, str]) -> ShopConfig:
    if not isinstance(row, dict):
        raise WrongSetting(f"{file}: shop {index + 1} is not a mapping")
    secrets: dict[str, str] = {}
    named = row.get("secrets", {})
    if not isinstance(named, dict):
        raise WrongSetting(
            f"{file}: shop {row.get('shop')!r}: secrets: expected names of variables, one a line"
        )
    for name, variable in named.items():
        if not environ.get(str(variable)):
            raise WrongSetting(
                f"{file}: shop {row.get('shop')!r} takes its {name} from {_variable(variable)}, which is not set"
            )
        secrets[name] = environ[str(variable)]
    try:
        return ShopConfig.model_validate({**row, "secrets": secrets})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WrongSetting(f"{file}: shop {row.get('shop')!r}: {place}: {first['msg']}") from None

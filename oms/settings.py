"""Every setting, read once at the door and checked before anything starts."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from oms.data_keys import DataKey, read_keys
from oms.domain.ids import Mark, ShopKey
from oms.domain.sender import Sender
from oms.gateways import GatewayConfig, gateways_of
from oms.rota import Rota, read_rota
from oms.subscribers import Subscriber, read_subscribers
from oms.variables import WrongSetting, named_secrets, shape

__all__ = ["DataKey", "GatewayConfig", "Partnership", "Settings", "ShopConfig", "WrongSetting", "read_shops"]
from oms.senders import Partnership, read_partners, read_senders


class ShopConfig(BaseModel):
    """One shop of the shops file; secrets are resolved from the environment variables it names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Mark
    shop: Mark
    platform: Mark = "own_shop"
    """The row of the rule table that applies."""
    url: str = Field(pattern="^https?://")
    api_version: str = ""
    fallback: bool = False
    """Whether we may go over to another version that we speak, by ourselves, when the platform retires this one."""
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    returns_url: str = Field(default="", pattern="^(https?://.*)?$")
    """Where its buyers ask for a return; empty: where they ordered."""
    secrets: Mapping[str, SecretStr] = {}
    options: Mapping[str, str] = {}
    """What else a channel wants to know and is no secret, such as the number of the seller."""
    gateways: tuple[GatewayConfig, ...] = ()
    """Through whom its buyers pay, where we hear of it from them too; each kind at most once."""
    waybills: Literal["warehouse", "kuaidi100", "platform"] = "warehouse"
    """Who draws waybill numbers: the warehouse by itself, or we, from Kuaidi100 or from the shop's own platform."""
    tell_channel: Literal["shipped", "drawn"] = "drawn"
    """When the channel hears of a number that we drew: when the parcel leaves, or at once."""
    carrier: str = Field(default="", pattern="^[a-z0-9_:A-Z-]{0,20}$")
    """The usual courier, in our words; needed where we draw."""
    other_carriers: tuple[Annotated[str, Field(pattern="^[a-z0-9_:A-Z-]{1,20}$")], ...] = Field(
        (), max_length=20
    )
    """Couriers with a contract too, in order of preference: taken where the rules or the platform forbid the usual one."""
    warehouses: Mapping[str, Sender] = Field(default={}, repr=False)
    """Warehouse code to the address that its parcels come from; the file's, unless the shop has its own."""

    @model_validator(mode="after")
    def _can_draw(self) -> Self:
        if self.waybills != "warehouse" and not self.carrier:
            raise ValueError(f"{self.waybills} draws numbers of a courier: name one as `carrier:`")
        if self.waybills != "warehouse" and not self.warehouses:
            raise ValueError(f"{self.waybills} wants to know where parcels come from: list `warehouses:`")
        return self

    @model_validator(mode="after")
    def _has_a_usual_courier(self) -> Self:
        if self.other_carriers and not self.carrier:
            raise ValueError("other_carriers stand in for the usual one: name it as `carrier:`")
        return self

    @property
    def couriers(self) -> tuple[str, ...]:
        """Everybody who may carry the shop's parcels, the usual one first; empty: the warehouse chooses."""
        return tuple(dict.fromkeys(filter(None, (self.carrier, *self.other_carriers))))

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
    new_orders_at_once: int = Field(48, alias="OMS_NEW_ORDERS_AT_ONCE", ge=0)
    found_priority: int = Field(3, alias="OMS_FOUND_PRIORITY", ge=1, le=5)
    grace_seconds: int = Field(30, alias="OMS_GRACE_SECONDS", ge=1)
    poll_every_seconds: int = Field(900, alias="OMS_POLL_EVERY_SECONDS", ge=1)
    tracking_days: int = Field(60, alias="OMS_TRACKING_DAYS", ge=1, le=3650)
    notice_urls: tuple[SecretStr, ...] = Field((), alias="OMS_NOTICE_URLS")
    rota_file: Path | None = Field(None, alias="OMS_ROTA_FILE")
    qimen_url: str = Field(alias="OMS_QIMEN_URL", pattern="^https?://")
    qimen_app_key: str = Field(alias="OMS_QIMEN_APP_KEY", min_length=1)
    qimen_secret: SecretStr = Field(alias="OMS_QIMEN_SECRET", min_length=1)
    qimen_customer_id: str = Field(alias="OMS_QIMEN_CUSTOMER_ID", min_length=1)
    qimen_owner: str = Field("O1", alias="OMS_QIMEN_OWNER")
    interface_owner: str = Field("", alias="OMS_INTERFACE_OWNER")
    kuaidi100_poll_url: str = Field(alias="OMS_KUAIDI100_POLL_URL", pattern="^https?://")
    kuaidi100_label_url: str = Field(alias="OMS_KUAIDI100_LABEL_URL", pattern="^https?://")
    kuaidi100_customer: str = Field(alias="OMS_KUAIDI100_CUSTOMER", min_length=1)
    kuaidi100_key: SecretStr = Field(alias="OMS_KUAIDI100_KEY", min_length=1)
    kuaidi100_secret: SecretStr = Field(alias="OMS_KUAIDI100_SECRET", min_length=1)
    kuaidi100_salt: SecretStr = Field(alias="OMS_KUAIDI100_SALT", min_length=1)
    kuaidi100_partners: tuple[Partnership, ...] = Field((), alias="OMS_KUAIDI100_PARTNERS")
    subscribers_file: Path | None = Field(None, alias="OMS_SUBSCRIBERS_FILE")
    reports_folder: Path | None = Field(None, alias="OMS_REPORTS_FOLDER")
    canary_every_seconds: int = Field(60, alias="OMS_CANARY_EVERY_SECONDS", ge=0)
    keep_events_days: int = Field(30, alias="OMS_KEEP_EVENTS_DAYS", ge=1)
    keep_calls_days: int = Field(30, alias="OMS_KEEP_CALLS_DAYS", ge=0)
    """0: no call is written down."""
    session_idle_minutes: int = Field(60, alias="OMS_SESSION_IDLE_MINUTES", ge=1)
    session_hours: int = Field(12, alias="OMS_SESSION_HOURS", ge=1, le=720)
    proxies: int = Field(0, alias="OMS_PROXIES", ge=0, le=10)
    oidc_issuer: str = Field("", alias="OMS_OIDC_ISSUER", pattern="^(https?://.*)?$")
    oidc_client_id: str = Field("", alias="OMS_OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr = Field(SecretStr(""), alias="OMS_OIDC_CLIENT_SECRET")
    oidc_name: str = Field("", alias="OMS_OIDC_NAME", max_length=60)
    """What people call the identity provider."""
    shops: tuple[ShopConfig, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    rota: Rota | None = None
    """None: alerts go to the log, the desk and OMS_NOTICE_URLS."""

    @property
    def digest_bytes(self) -> bytes:
        """The digest key as the 32 bytes that the vault wants, whatever its length in characters."""
        return hashlib.sha256(self.digest_key.get_secret_value().encode()).digest()

    @field_validator("data_keys", "payload_keys", mode="before")
    @classmethod
    def _read_keys(cls, value: object) -> object:
        return read_keys(value) if isinstance(value, str) else value

    @field_validator("kuaidi100_partners", mode="before")
    @classmethod
    def _read_partners(cls, value: object) -> object:
        return read_partners(value) if isinstance(value, str) else value

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
                f"{name} is {shape(given.get(name))}: {first['msg']}. See .env.example."
            ) from None
        if settings.oidc_issuer and not (
            settings.oidc_client_id and settings.oidc_client_secret.get_secret_value()
        ):
            raise WrongSetting(
                "OMS_OIDC_ISSUER wants OMS_OIDC_CLIENT_ID and OMS_OIDC_CLIENT_SECRET beside it"
            )
        found: dict[str, object] = {"shops": read_shops(settings.shops_file, environ)}
        if settings.subscribers_file is not None:
            found["subscribers"] = read_subscribers(settings.subscribers_file, environ)
        if settings.rota_file is not None:
            found["rota"] = read_rota(settings.rota_file, environ)
        return settings.model_copy(update=found)

    def shop(self, key: ShopKey) -> ShopConfig:
        """Return one shop. Raises WrongSetting when the shops file has none of that name."""
        for shop in self.shops:
            if shop.key == key:
                return shop
        raise WrongSetting(
            f"no shop {key} in {self.shops_file}; known: {', '.join(str(s.key) for s in self.shops)}"
        )


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
    try:
        senders = read_senders(listed.get("warehouses", []))
    except ValueError as error:
        raise WrongSetting(f"{path.name}: {error}") from None
    shops = tuple(_shop(path.name, index, row, environ, senders) for index, row in enumerate(rows))
    names = [shop.key for shop in shops]
    if len(set(names)) != len(names):
        raise WrongSetting(f"{path.name}: a shop is listed twice")
    return shops


def _shop(
    file: str, index: int, row: Any, environ: Mapping[str, str], senders: Mapping[str, Sender]
) -> ShopConfig:
    if not isinstance(row, dict):
        raise WrongSetting(f"{file}: shop {index + 1} is not a mapping")
    owner = f"{file}: shop {row.get('shop')!r}"
    secrets = named_secrets(owner, row.get("secrets", {}), environ)
    gateways = gateways_of(owner, row.get("gateways", []), environ)
    try:
        return ShopConfig.model_validate(
            {"warehouses": senders, **row, "secrets": secrets, "gateways": gateways}
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "waybills"
        raise WrongSetting(f"{owner}: {place}: {first['msg']}") from None

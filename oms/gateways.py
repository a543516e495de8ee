"""The `gateways:` of a shop in the shops file: through whom its buyers pay."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from oms.domain.ids import Mark
from oms.variables import WrongSetting, named_secrets


class GatewayConfig(BaseModel):
    """A merchant account at a payment gateway; secrets are resolved from the environment variables it names."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Mark
    """`wechatpay` or `alipay`."""
    url: str = Field(default="", pattern="^(https?://.*)?$")
    """Where the gateway answers; empty: its public address."""
    secrets: Mapping[str, SecretStr] = {}
    options: Mapping[str, str] = {}


def gateways_of(owner: str, rows: Any, environ: Mapping[str, str]) -> tuple[GatewayConfig, ...]:
    """Read a shop's gateways. Raises WrongSetting naming the shop, the gateway and the key."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise WrongSetting(f"{owner}: gateways: expected a list of mappings")
    gateways = tuple(_gateway(f"{owner}: gateway {row.get('kind')!r}", row, environ) for row in rows)
    kinds = [gateway.kind for gateway in gateways]
    if len(set(kinds)) != len(kinds):
        raise WrongSetting(f"{owner}: gateways: a kind is listed twice")
    return gateways


def _gateway(owner: str, row: Mapping[str, Any], environ: Mapping[str, str]) -> GatewayConfig:
    secrets = named_secrets(owner, row.get("secrets", {}), environ)
    try:
        return GatewayConfig.model_validate({**row, "secrets": secrets})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WrongSetting(f"{owner}: {place}: {first['msg']}") from None

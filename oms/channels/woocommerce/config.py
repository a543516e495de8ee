"""What one WooCommerce shop is told before its first question."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from oms.domain.ids import ShopKey


class WooCommerceConfig(BaseModel):
    """Where the shop is and with which keys it opens."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    shop: ShopKey
    base_url: str = Field(pattern="^https?://[^/]")
    """The site's address, without `/wp-json`."""
    consumer_key: SecretStr = Field(min_length=1)
    consumer_secret: SecretStr = Field(min_length=1)
    webhook_secret: SecretStr = Field(min_length=1)
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    """The shop's own; an order in another one is not an order of this shop."""
    api_version: str = Field(default="wc/v3", pattern="^[a-z0-9/._-]+$")
    page_size: int = Field(default=100, ge=1, le=100)

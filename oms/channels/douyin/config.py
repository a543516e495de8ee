"""What one Douyin shop is told before its first question."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from oms.domain.ids import ShopKey

MOST_ROWS = 10_000
"""How far into one list the platform surely lets us page; its documents name 10,000 and 50,000."""
LARGEST_PAGE = 100


class DouyinConfig(BaseModel):
    """Where the shop is and with which keys it opens."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    shop: ShopKey
    base_url: str = Field(pattern="^https?://[^/]")
    """The gateway's address, without a path of its own: `https://openapi-fxg.jinritemai.com`."""
    app_key: str = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    access_token: SecretStr
    refresh_token: SecretStr
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    api_version: str = Field(default="2", pattern="^[0-9]+$")
    page_size: int = Field(default=LARGEST_PAGE, ge=1, le=LARGEST_PAGE)
    most_rows: int = Field(default=MOST_ROWS, ge=1)
    return_address_id: int | None = None
    """Where buyers send goods back, of the shop's address book; Doudian asks for it with every return agreed to."""
    reject_reason_code: int | None = None
    """The reason that goes with every after-sale refused, of the platform's own list."""

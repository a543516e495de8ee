"""What one WeChat shop is told before its first question."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from oms.domain.ids import ShopKey


class WeChatConfig(BaseModel):
    """Where the platform is, with which keys the shop opens, and what its pushes are sealed with."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    shop: ShopKey
    base_url: str = Field(pattern="^https?://[^/]")
    app_id: SecretStr = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    token: SecretStr = Field(min_length=1)
    aes_key: SecretStr = Field(min_length=43, max_length=43)
    return_address_id: str = ""
    """The platform's id of the address for returned goods; empty: the shop's default one."""
    waybill_shop_id: str = ""
    """The shop's number among WeChat's e-waybills; one is needed to draw numbers, and so is an account."""
    waybill_account: str = ""
    waybill_site: str = ""
    """The courier's branch, where the courier wants it named."""

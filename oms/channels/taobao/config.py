"""What one Taobao or Tmall shop is told before its first question."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from oms.domain.ids import ShopKey


class TaobaoConfig(BaseModel):
    """Where the gateway is, as which application we speak, and what opens the shop at first."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    shop: ShopKey
    base_url: str = Field(pattern="^https?://[^/]")
    """The gateway's address without `/router/rest`."""
    app_key: str = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    access_token: SecretStr
    refresh_token: SecretStr
    version: str = "2.0"
    tmc_group: str = ""
    """The message group that holds this shop's messages alone; empty means the application's only group."""
    seller_id: str = Field(default="", pattern=r"^\d*$")
    """The seller's number: messages about other sellers of the same application are left to them."""
    oaid_scene: str = "1004"
    """Why receivers are decrypted, in the platform's codes; 1004 is a carrier's electronic waybill."""
    return_address_id: str = ""
    """The seller's address, by the platform's number, to which buyers send things back."""
    waybill_template_url: str = ""
    """The label template that Cainiao's numbers are drawn for; an e-waybill needs it, and `seller_id`."""

    @classmethod
    def options(cls) -> tuple[str, ...]:
        """Name what the shops file may say that is no secret."""
        return ("tmc_group", "seller_id", "oaid_scene", "return_address_id", "waybill_template_url")

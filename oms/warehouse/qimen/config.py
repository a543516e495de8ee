"""What the Qimen adapter is told before its first question."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Sender(BaseModel):
    """Whom the waybill names as sender; Qimen wants one although the warehouse knows where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "仓库"
    mobile: str = "00000000000"
    province: str = "浙江省"
    city: str = "杭州市"
    address: str = "见仓库档案"


class QimenConfig(BaseModel):
    """Where the gateway is, and as whom we ask."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = Field(pattern="^https?://[^/]")
    app_key: str = Field(min_length=1)
    secret: SecretStr = Field(min_length=1)
    customer_id: str = Field(min_length=1)
    owner_code: str = Field(min_length=1)
    carrier: str = "sf"
    """Who carries what nobody chose a carrier for."""
    sender: Sender = Sender()

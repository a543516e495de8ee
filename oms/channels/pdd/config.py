"""What one Pinduoduo shop is told before its first question."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from oms.domain.ids import ShopKey
from oms.ports import Token

USUAL_SETTLE_S = 180
"""How long Pinduoduo's list needs to be whole: its manual says to end windows three minutes before its clock."""
LONGEST_SETTLE_S = 540
"""What is left out of one poll must be within the overlap of the next, which is ten minutes."""


class PddConfig(BaseModel):
    """Where the shop is and with which keys it opens."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    shop: ShopKey
    url: str = Field(pattern="^https?://[^/]")
    """The gateway's address, without `/api/router`."""
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)
    token: Token = Field(repr=False)
    """The token of the shops file; one refreshed since goes before it."""
    version: str = "V1"
    settle_seconds: int = Field(default=USUAL_SETTLE_S, ge=0, le=LONGEST_SETTLE_S)
    pmc_url: str = Field(default="", pattern="^(wss?://[^/].*)?$")
    """Where messages come from; empty: derived from `url`."""
    mall_id: str = Field(default="", pattern=r"^\d*$")
    """The shop's number; needed where one app serves several shops, whose messages come mixed."""
    return_address_id: str = Field(default="", pattern=r"^\d*$")
    """Where returned goods go: Pinduoduo wants it with every yes to a return."""
    waybill_template_url: str = ""
    """The label template that numbers are drawn for; an e-waybill needs it, and `mall_id`."""

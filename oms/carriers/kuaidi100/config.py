"""What the Kuaidi100 adapter is told before its first question."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, SecretStr

ADDRESS = "^https?://[^/]"


class Partner(BaseModel):
    """The merchant's account at one courier, to which labels are charged; some couriers want none, some no key."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str = Field(default="", repr=False)
    key: SecretStr = SecretStr("")


class Kuaidi100Config(BaseModel):
    """Where the service is, and as whom we ask."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    poll_url: str = Field(default="https://poll.kuaidi100.com/poll", pattern=ADDRESS)
    query_url: str = Field(default="https://poll.kuaidi100.com/poll/query.do", pattern=ADDRESS)
    label_url: str = Field(default="https://api.kuaidi100.com/label/order", pattern=ADDRESS)
    customer: str = Field(min_length=1)
    key: SecretStr = Field(min_length=1)
    secret: SecretStr = Field(min_length=1)
    salt: SecretStr = Field(min_length=1)
    """With which callbacks to us are signed; without one anybody could send them."""
    callback_url: str = Field(pattern=ADDRESS)
    """Where scans of a parcel are sent; its waybill is added as the last part of the path."""
    partners: Mapping[str, Partner] = {}
    """Our accounts at couriers, by courier in our words."""

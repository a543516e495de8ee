"""Reading what gateways send, so that a refusal names the field and never its content."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from oms.clock import CHINA
from oms.domain.errors import Unmappable

STAMP = "%Y-%m-%d %H:%M:%S"


class Wire(BaseModel):
    """What we read of a gateway's words; strict, because an amount that merely looks like one is none."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


WireT = TypeVar("WireT", bound=Wire)


def read_as(model: type[WireT], content: Any) -> WireT:
    """Read content as a model. Raises Unmappable naming the first wrong place."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Unmappable(first["msg"], field=".".join(str(part) for part in first["loc"])) from None


def china_moment(text: str, field: str) -> datetime:
    """Read `yyyy-MM-dd HH:mm:ss` in China's time. Raises Unmappable."""
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=CHINA).astimezone(UTC)
    except ValueError:
        raise Unmappable("is no time of the form yyyy-MM-dd HH:mm:ss", field=field) from None


def check_currency(theirs: str, own: str, field: str) -> None:
    """Raise Unmappable for a payment in another currency than the shop's: we never convert."""
    if theirs != own:
        raise Unmappable(f"is not {own}, the shop's own currency", field=field)

"""The two kinds of model the domain is made of: facts that never change, and messages that must be lenient."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware datetime, kept in UTC; naive datetimes are refused."""


class Fact(BaseModel):
    """A value of the domain: frozen, and refused when it carries a field nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(BaseModel):
    """What travels to a workflow as a signal: frozen, but lenient towards newer senders.

    A signal that cannot be decoded is dropped by the SDK although its sender got an OK, so an
    unknown field must never cost us the message.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

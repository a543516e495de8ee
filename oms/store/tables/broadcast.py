"""How far each subscriber has been told."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class SubscriptionsRow(Row, table=True):
    """One subscriber: what it has, and why it has no more."""

    __tablename__ = "subscriptions"

    name: str = Field(primary_key=True)
    cursor: int = Field(sa_type=BigInteger)
    """Everything up to this `seq` of the outbox was delivered, or is not for it."""
    ahead: list[int] = Field(sa_type=JSON)
    """What was delivered behind the cursor, while another order's event stands in between."""
    term: int = Field(sa_type=BigInteger)
    """Who took over last may write: one that was believed dead may not."""
    state: str
    why: str
    failures: int
    failing_since: datetime | None = Field(sa_type=UtcDateTime)
    next_try_at: datetime | None = Field(sa_type=UtcDateTime)
    last_answer: str
    last_ok_at: datetime | None = Field(sa_type=UtcDateTime)
    delivered: int = Field(sa_type=BigInteger)

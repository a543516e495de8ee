"""What came in from outside: payloads as received, what was handed on, how polling goes."""

from datetime import date, datetime

from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class InboxRow(Row, table=True):
    """A payload exactly as received, sealed, and what became of it."""

    __tablename__ = "inbox"

    inbox_id: str = Field(primary_key=True)
    channel: str
    shop: str
    way: str
    source: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    digest: str
    key_id: str
    blob: bytes
    status: str = Field(index=True)
    order_key: str = Field(index=True)
    reason: str
    settled_at: datetime | None = Field(sa_type=UtcDateTime)


class OrderSeenRow(Row, table=True):
    """The newest content of an order that intake has handed on."""

    __tablename__ = "order_seen"

    order_key: str = Field(primary_key=True)
    fingerprint: str
    modified_at: datetime = Field(sa_type=UtcDateTime)


class PollStatesRow(Row, table=True):
    """How far a shop has been polled, and how often in a row that failed."""

    __tablename__ = "poll_states"

    shop_key: str = Field(primary_key=True)
    cursor: datetime | None = Field(sa_type=UtcDateTime)
    failures: int
    last_ok_at: datetime | None = Field(sa_type=UtcDateTime)
    last_error: str
    alerted: bool
    banned_until: datetime | None = Field(sa_type=UtcDateTime)
    """The platform lets nobody ask before then."""


class CompletenessRow(Row, table=True):
    """The proof of a shop's day: the platform says N, we hold N."""

    __tablename__ = "completeness"

    shop_key: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    platform_count: int
    our_count: int
    delivered: int
    parked: int
    note: str
    checked_at: datetime = Field(sa_type=UtcDateTime)


class NoticesRow(Row, table=True):
    """A notice that was given out, so that it is heard once."""

    __tablename__ = "notices"

    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    to: str
    severity: str
    title: str
    body: str
    order: str


class ChannelTokensRow(Row, table=True):
    """The present token of a shop, sealed, and who may refresh it."""

    __tablename__ = "channel_tokens"

    shop_key: str = Field(primary_key=True)
    key_id: str
    blob: bytes
    written_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime = Field(sa_type=UtcDateTime)


class PushesRow(Row, table=True):
    """A platform's message that was taken in, so that the same one is not taken in again."""

    __tablename__ = "pushes"

    shop_key: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)

"""The people of the desk: their accounts, who is signed in, what they did, and how often somebody tried."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from oms.store.tables.columns import COUNTER, Row, UtcDateTime


class PeopleRow(Row, table=True):
    """Somebody who may sign in to the desk."""

    __tablename__ = "people"

    key: str = Field(primary_key=True)
    """The name folded, so that `Wang` and `wang` are one person."""
    name: str
    role: str
    password: str = Field(repr=False)
    """An argon2 hash; empty: only the identity provider opens the door to them."""
    email: str | None = Field(unique=True, repr=False)
    """By which the identity provider names them the first time, folded."""
    subject: str | None = Field(unique=True, repr=False)
    """Issuer and subject at the identity provider, from their first sign-in on."""
    language: str
    """Empty: as their browser asks."""
    zone: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    signed_in_at: datetime | None = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(sa_type=UtcDateTime)


class WebSessionsRow(Row, table=True):
    """One browser in which somebody is signed in; the token itself is only in that browser."""

    __tablename__ = "web_sessions"

    digest: str = Field(primary_key=True)
    person_key: str = Field(index=True)
    begun_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class ActsRow(Row, table=True):
    """What somebody did at the desk that is no change of one order; written once, never changed."""

    __tablename__ = "acts"
    __table_args__ = (Index("ix_acts_about", "about", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    what: str
    about: str
    """The order, the alert, the person … that it was done to; may be empty."""
    why: str


class AttemptsRow(Row, table=True):
    """How often something that may be guessed was tried, since when; by keyed digest of who tried at what."""

    __tablename__ = "attempts"

    digest: str = Field(primary_key=True)
    tried: int
    since: datetime = Field(sa_type=UtcDateTime, index=True)

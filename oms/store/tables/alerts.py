"""Alerts as the desk sees them, what of them is being told to whom, and how many notices a person had lately."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class AlertsRow(Row, table=True):
    """One alert: open, acknowledged or closed; a condition that comes back has another row."""

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_stage_opened_at", "stage", "opened_at"),)

    key: str = Field(primary_key=True)
    opened_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    kind: str
    severity: str
    to: str
    title: str
    body: str
    order: str
    shop: str
    interface: str
    stage: str
    told: list[str] = Field(sa_type=JSON)
    next_at: datetime | None = Field(sa_type=UtcDateTime)
    acknowledged_by: str
    acknowledged_why: str
    acknowledged_at: datetime | None = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(sa_type=UtcDateTime)
    closed_why: str
    orders: int | None
    reported: int
    history: list[dict[str, Any]] = Field(sa_type=JSON)


class AlertPostsRow(Row, table=True):
    """What one person must hear of one alert: waiting, or sent, alone or in a digest."""

    __tablename__ = "alert_posts"
    __table_args__ = (Index("ix_alert_posts_sent_at", "sent_at", "person"),)

    id: str = Field(primary_key=True)
    person: str
    key: str = Field(index=True)
    kind: str
    shop: str
    severity: str
    word: str
    title: str
    text: str
    written_at: datetime = Field(sa_type=UtcDateTime)
    batch: str = Field(index=True)
    """Whoever sends it just now, alone or with others; empty: nobody."""
    claimed_at: datetime | None = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(sa_type=UtcDateTime)
    way: str


class AlertPaceRow(Row, table=True):
    """When a person was last sent something, so that nobody gets more notices a minute than a person can read."""

    __tablename__ = "alert_pace"

    person: str = Field(primary_key=True)
    sent: list[str] = Field(sa_type=JSON)
    version: int

"""What code cannot know of outside interfaces, tokens and certificates: when they end, who said so, who was told."""

from datetime import datetime

from sqlmodel import Field

from oms.store.tables.columns import COUNTER, Row, UtcDateTime


class InterfacesRow(Row, table=True):
    """One thing that can end: `interface:{system}/{name}`, `token:{shop}`, `certificate:{address}`."""

    __tablename__ = "interfaces"

    key: str = Field(primary_key=True)
    expires_at: datetime | None = Field(sa_type=UtcDateTime)
    expiry_source: str = ""
    expiry_version: str = ""
    """The version of the interface that ends; empty: all of it."""
    set_by: str = ""
    """The person who set the expiry; empty where it was learnt from an answer."""
    set_why: str = ""
    deprecated_at: datetime | None = Field(sa_type=UtcDateTime)
    reminded_of: datetime | None = Field(sa_type=UtcDateTime)
    reminded_step: int | None
    acknowledged_step: int | None
    acknowledged_by: str = ""
    acknowledged_why: str = ""
    alerted: bool = False
    """Its condition is open."""
    last_ok_at: datetime | None = Field(sa_type=UtcDateTime)
    last_failure_at: datetime | None = Field(sa_type=UtcDateTime)
    last_failure: str = ""
    shape_changed_at: datetime | None = Field(sa_type=UtcDateTime)


class InterfaceLogRow(Row, table=True):
    """Who did what to which row; written once, never changed."""

    __tablename__ = "interface_log"

    id: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    key: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    what: str
    why: str

"""Which version each shop is spoken to in, and which stretches of time must be read again."""

from datetime import datetime

from sqlmodel import Field

from oms.store.tables.columns import COUNTER, Row, UtcDateTime


class ShopVersionsRow(Row, table=True):
    """The API version in force for a shop, in every process."""

    __tablename__ = "shop_versions"

    shop_key: str = Field(primary_key=True)
    version: str
    applied_by: str
    why: str
    applied_at: datetime = Field(sa_type=UtcDateTime)


class ShopVersionLogRow(Row, table=True):
    """Who switched which shop from what to what; written once, never changed."""

    __tablename__ = "shop_version_log"

    id: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    shop_key: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    was: str
    """Empty: it was spoken to for the first time."""
    version: str
    why: str


class PollHolesRow(Row, table=True):
    """A stretch of a shop's time in which orders may have been missed, and how far it has been read again."""

    __tablename__ = "poll_holes"

    id: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    shop_key: str = Field(index=True)
    condition: str
    """Why: the key of the alert."""
    found_by: str
    """`poll`, `cases`: the polls themselves failed; `watch`: they seemed to work."""
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(sa_type=UtcDateTime)
    """None: the condition is not over."""
    read_until: datetime | None = Field(sa_type=UtcDateTime)
    filled_at: datetime | None = Field(sa_type=UtcDateTime)
    recovered: int

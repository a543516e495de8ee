"""Every version of the rule table that was ever brought into force, and what was done about each."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from oms.store.tables.columns import COUNTER, Row, UtcDateTime


class RuleTablesRow(Row, table=True):
    """One version; its content is never changed, and it is never deleted: orders that were judged by it name it."""

    __tablename__ = "rule_tables"

    version: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger, unique=True)
    """Counts up with every activation: the later one goes before the earlier."""
    digest: str
    text: str
    """The YAML as it was activated."""
    effective_from: datetime = Field(sa_type=UtcDateTime)
    activated_by: str
    why: str
    activated_at: datetime = Field(sa_type=UtcDateTime)
    spread_at: datetime | None = Field(sa_type=UtcDateTime)
    """When every order in flight had been told that is to live by it."""


class RuleLogRow(Row, table=True):
    """Who did what to which version; written once, never changed."""

    __tablename__ = "rule_log"

    id: int | None = Field(default=None, primary_key=True, sa_type=COUNTER)
    version: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    what: str
    why: str

"""The accounts of the people at the desk; passwords are hashed before they come here."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, select, update

from oms.domain.model import Fact, Moment
from oms.domain.roles import Role
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import PeopleRow, table_of

PEOPLE = table_of(PeopleRow)
HOME_ZONE = "Asia/Shanghai"


class Account(Fact):
    """Somebody who may sign in, as the store keeps them."""

    name: str
    role: Role
    password: str = Field("", repr=False)
    """A hash; empty: none."""
    email: str | None = Field(None, repr=False)
    subject: str | None = Field(None, repr=False)
    language: str = ""
    zone: str = HOME_ZONE
    created_at: Moment
    created_by: str
    signed_in_at: Moment | None = None
    disabled_at: Moment | None = None

    @property
    def key(self) -> str:
        """What tells two people apart."""
        return folded(self.name)


def folded(name: str) -> str:
    """Return a name as it is compared: case and width make no other person."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def account_of(row: Mapping[Any, Any]) -> Account:
    """Read an account from a row of the table, or of a join with it."""
    return Account(**{name: row[name] for name in Account.model_fields})


class People:
    """The accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._once = once(database, PEOPLE)

    def add(self, account: Account) -> bool:
        """Add somebody; False when the name, the e-mail address or the subject is somebody's already."""
        row = {**account.model_dump(), "key": account.key, "role": account.role.value}
        with self._database.write() as connection:
            return bool(connection.execute(self._once, row).rowcount)

    def get(self, name: str) -> Account | None:
        """Find somebody by name, whatever its case."""
        return self._one(PEOPLE.c.key == folded(name))

    def by_subject(self, subject: str) -> Account | None:
        """Find somebody by what the identity provider calls them."""
        return self._one(PEOPLE.c.subject == subject)

    def by_email(self, email: str) -> Account | None:
        """Find somebody by e-mail address."""
        return self._one(PEOPLE.c.email == folded(email))

    def all(self) -> tuple[Account, ...]:
        """List everybody by name, those who were disabled too."""
        with self._database.read() as connection:
            rows = connection.execute(select(PEOPLE).order_by(PEOPLE.c.key)).mappings()
            return tuple(account_of(row) for row in rows)

    def change(self, name: str, **values: object) -> bool:
        """Change role, password, language, zone, subject or when they signed in; False when there is nobody."""
        with self._database.write() as connection:
            statement = update(PEOPLE).where(PEOPLE.c.key == folded(name)).values(**values)
            return bool(connection.execute(statement).rowcount)

    def bind(self, name: str, subject: str) -> bool:
        """Keep what the identity provider calls them; False when they are bound to another subject already."""
        unbound = update(PEOPLE).where(PEOPLE.c.key == folded(name), PEOPLE.c.subject.is_(None))
        with self._database.write() as connection:
            return bool(connection.execute(unbound.values(subject=subject)).rowcount)

    def disable(self, name: str, now: datetime) -> bool:
        """Let somebody in no more; False when there is nobody, or they were disabled before."""
        there = update(PEOPLE).where(PEOPLE.c.key == folded(name), PEOPLE.c.disabled_at.is_(None))
        with self._database.write() as connection:
            return bool(connection.execute(there.values(disabled_at=now)).rowcount)

    def _one(self, condition: ColumnElement[bool]) -> Account | None:
        with self._database.read() as connection:
            row = connection.execute(select(PEOPLE).where(condition)).mappings().first()
        return account_of(row) if row else None

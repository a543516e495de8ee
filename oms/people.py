"""Changing who may come to the desk, and noting who did it and why; the command line and the desk both do it here."""

from datetime import datetime

from oms.domain.roles import Role
from oms.store import Store
from oms.store.people import folded

By = tuple[datetime, str, str]
"""When, who, why."""


def change_role(store: Store, by: By, name: str, role: Role) -> bool:
    """Give somebody another role; False when nobody has that name, it is theirs already, or no admin would be left."""
    account = store.people.get(name)
    if account is None or account.role is role or _is_last_admin(store, name):
        return False
    store.people.change(name, role=role.value)
    _note(store, by, f"role.{account.role.value}_to_{role.value}", account.name)
    return True


def disable(store: Store, by: By, name: str) -> bool:
    """Let somebody in no more, and end their sessions; False when there is nobody to let in, or no admin would be left."""
    account = store.people.get(name)
    if account is None or _is_last_admin(store, name) or not store.people.disable(name, by[0]):
        return False
    store.web_sessions.end_all(folded(name))
    _note(store, by, "person.disabled", account.name)
    return True


def enable(store: Store, by: By, name: str) -> bool:
    """Let somebody in again; False when nobody has that name, or they may come already."""
    account = store.people.get(name)
    if account is None or account.disabled_at is None:
        return False
    store.people.change(name, disabled_at=None)
    _note(store, by, "person.enabled", account.name)
    return True


def _is_last_admin(store: Store, name: str) -> bool:
    admins = {one.key for one in store.people.all() if one.role is Role.ADMIN and one.disabled_at is None}
    return admins == {folded(name)}


def _note(store: Store, by: By, what: str, about: str) -> None:
    at, who, why = by
    store.acts.note(at, who, what, about=about, why=why)

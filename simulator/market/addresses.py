"""Where an order's goods go, and the opaque token a platform shows in its place."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from simulator.people import Person
from simulator.wire import Json


def address_token(number: str, person: Person) -> str:
    """Make the opaque token of an order's address: the same address, the same token."""
    text = f"{number}|{person.name}|{person.phone}|{person.province}{person.city}{person.district}{person.street}"
    return sha256(text.encode()).hexdigest()[:40]


def moved(person: Person, place: Json) -> Person:
    """Return somebody at another place; keys are those of a Person."""
    changes: dict[str, Any] = {key: str(value) for key, value in place.items()}
    return replace(person, **changes)

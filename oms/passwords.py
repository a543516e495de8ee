"""Passwords of the people at the desk: hashed with argon2id, checked at the same cost whether somebody exists or not."""

import secrets
import threading
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
LONGEST: Final = 256
AT_ONCE: Final = 4
"""How many are computed at the same time: each takes 19 MiB and a core."""
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_TURN: Final = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    with _TURN:
        return _HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Say whether this is the password; where none is kept it takes as long to say no."""
    with _TURN:
        try:
            _HASHER.verify(kept or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Say whether a hash was made with weaker parameters than today's."""
    return bool(kept) and _HASHER.check_needs_rehash(kept)


def objection(password: str, name: str) -> str:
    """Say in words what is wrong with a new password; empty: nothing. Length counts, not kinds of characters."""
    if len(password) < SHORTEST:
        return f"a password has at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"a password has at most {LONGEST} characters"
    if len(set(password)) <= SHORTEST // 3 or name.casefold() in password.casefold():
        return "a password must not hold the name, nor be a few characters repeated"
    return ""


def generated() -> str:
    """Make a password that nobody guesses, easy to read out: 100 bits in groups of five."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))

"""How Pinduoduo signs: questions with MD5 between two secrets, message connections with a digest."""

import base64
import hashlib
from collections.abc import Iterable


def question(secret: str, params: Iterable[tuple[str, str]]) -> str:
    """Sign a question's parameters, whichever way they came."""
    plain = secret + "".join(sorted_pairs(params)) + secret
    return hashlib.md5(plain.encode(), usedforsecurity=False).hexdigest().upper()


def sorted_pairs(params: Iterable[tuple[str, str]]) -> list[str]:
    """Glue each parameter but the signature itself to its value, by name."""
    return [name + value for name, value in sorted(params) if name != "sign"]


def connection(client_id: str, milliseconds: str, secret: str) -> str:
    """Digest what opens the message connection."""
    plain = f"{client_id}{milliseconds}{secret}".encode()
    return base64.b64encode(hashlib.md5(plain, usedforsecurity=False).hexdigest().encode()).decode()

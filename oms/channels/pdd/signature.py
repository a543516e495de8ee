"""Pinduoduo's signatures, as its manual publishes them."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping


def sign(secret: str, params: Mapping[str, str]) -> str:
    """Sign a question: upper-case MD5 over the parameters by name, without `sign`, between two secrets."""
    pairs = "".join(f"{name}{value}" for name, value in sorted(params.items()) if name != "sign")
    return _md5(f"{secret}{pairs}{secret}").upper()


def pmc_digest(client_id: str, milliseconds: str, secret: str) -> str:
    """Return what opens the message connection: Base64 over the lower-case hexadecimal MD5."""
    return b64encode(_md5(f"{client_id}{milliseconds}{secret}").encode()).decode()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

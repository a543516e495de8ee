"""Qimen's signature: MD5 over the sorted query and the raw body, between two copies of the secret."""

import hashlib
from collections.abc import Mapping


def sign(query: Mapping[str, str], body: bytes, secret: str) -> str:
    """Return the signature of a request; the body is signed exactly as it is sent, `sign` itself left out."""
    pairs = "".join(name + query[name] for name in sorted(query) if name != "sign")
    key = secret.encode()
    return hashlib.md5(key + pairs.encode() + body + key, usedforsecurity=False).hexdigest().upper()

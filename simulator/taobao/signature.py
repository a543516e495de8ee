"""The three ways a question to the gateway may be signed."""

import hashlib
import hmac
from collections.abc import Mapping


def signature(params: Mapping[str, str], secret: str, method: str) -> str | None:
    """Sign everything but `sign` itself; None for a way that does not exist."""
    names = sorted(name for name in params if name and params[name] and name != "sign")
    text, key = "".join(f"{name}{params[name]}" for name in names).encode(), secret.encode()
    match method:
        case "md5":
            return hashlib.md5(key + text + key, usedforsecurity=False).hexdigest().upper()
        case "hmac":
            return hmac.new(key, text, "md5").hexdigest().upper()
        case "hmac-sha256":
            return hmac.new(key, text, "sha256").hexdigest().upper()
        case _:
            return None

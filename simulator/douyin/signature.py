"""How Doudian signs: what is called, and what it says by itself."""

import hashlib
import hmac
from collections.abc import Mapping

SIGNED = ("app_key", "method", "param_json", "timestamp", "v")


def call_sign(secret: str, query: Mapping[str, str], param_json: str) -> str:
    """Sign a call by the method it names itself: HMAC-SHA256, or MD5 where it names none."""
    parts = {**query, "param_json": param_json}
    text = secret + "".join(name + parts.get(name, "") for name in SIGNED) + secret
    if query.get("sign_method") == "hmac-sha256":
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def event_sign(app_key: str, secret: str, body: bytes) -> str:
    """Sign a message: MD5 over app key, body and secret."""
    return hashlib.md5(app_key.encode() + body + secret.encode(), usedforsecurity=False).hexdigest()

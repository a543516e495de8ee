"""How Doudian signs: a call over its own words, a message over its body.

Algorithms as in facts/protocols.md, section 4, and its vectors.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

SIGN_METHOD = "hmac-sha256"


def param_json(params: Mapping[str, Any]) -> str:
    """Write parameters as Doudian signs them: keys sorted at every depth, nothing escaped, no spaces."""
    return json.dumps(params, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def call_sign(secret: str, query: Mapping[str, str], params: str) -> str:
    """Sign a call; its access token and the name of the method of signing are not part of it."""
    words = {
        "app_key": query["app_key"],
        "method": query["method"],
        "param_json": params,
        "timestamp": query["timestamp"],
        "v": query["v"],
    }
    text = secret + "".join(name + word for name, word in words.items()) + secret
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def event_sign(app_key: str, secret: str, body: bytes) -> str:
    """Sign a message the platform sends; the platform dictates MD5."""
    return hashlib.md5(app_key.encode() + body + secret.encode(), usedforsecurity=False).hexdigest()

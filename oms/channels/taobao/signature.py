"""Sign a question to TOP: every parameter that is sent, sorted, between or under the application's secret.

Source: the platform's protocol page 101617; its published vector stands in the tests.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping

from pydantic import SecretStr


def _md5(secret: bytes, text: bytes) -> str:
    return hashlib.md5(secret + text + secret, usedforsecurity=False).hexdigest()


def _hmac_md5(secret: bytes, text: bytes) -> str:
    return hmac.new(secret, text, hashlib.md5).hexdigest()


def _hmac_sha256(secret: bytes, text: bytes) -> str:
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


METHODS: Mapping[str, Callable[[bytes, bytes], str]] = {
    "md5": _md5,
    "hmac": _hmac_md5,
    "hmac-sha256": _hmac_sha256,
}
"""What `sign_method` may say."""


def sign(params: Mapping[str, str], secret: SecretStr, method: str = "hmac-sha256") -> str:
    """Return the signature in capitals; `sign` itself, empty names and empty values are not part of it."""
    told = sorted((name.encode(), value.encode()) for name, value in params.items() if _counts(name, value))
    text = b"".join(name + value for name, value in told)
    return METHODS[method](secret.get_secret_value().encode(), text).upper()


def _counts(name: str, value: str) -> bool:
    return bool(name and value and name != "sign")

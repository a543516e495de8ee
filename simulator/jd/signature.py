"""How JD signs: MD5 over sorted names and values, between two secrets, in capitals."""

import hashlib
import hmac
from collections.abc import Mapping


def jd_sign(secret: str, fields: Mapping[str, str]) -> str:
    """Sign fields; what is not to be signed must not be among them."""
    digest = hashlib.md5(usedforsecurity=False)
    digest.update(secret.encode())
    for name, value in sorted(fields.items()):
        digest.update(name.encode())
        digest.update(value.encode())
    digest.update(secret.encode())
    return digest.hexdigest().upper()


def same(one: str, other: str) -> bool:
    """Compare two signatures without telling how far they agree."""
    return hmac.compare_digest(one.encode(), other.encode())

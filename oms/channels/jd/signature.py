"""JD's signature, the same rule for both protocols: MD5 over everything sent, between two secrets."""

import hashlib
from collections.abc import Mapping


def sign(secret: str, sent: Mapping[str, str]) -> str:
    """Sign what is sent, names and values raw, sorted by name, as UTF-8.

    For routerjson these are all parameters but `sign`; for SP-API the three `X-JOS-*` headers, the query,
    and what stands in the path, by its name in JD's documentation.
    """
    pairs = "".join(name + sent[name] for name in sorted(sent))
    return hashlib.md5(f"{secret}{pairs}{secret}".encode(), usedforsecurity=False).hexdigest().upper()

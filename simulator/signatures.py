"""The signatures of every protocol spoken here, as pure functions of what is sent."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote, unquote


def _md5_upper(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()


def same(one: str, other: str) -> bool:
    """Compare two signatures without telling how far they agree."""
    return hmac.compare_digest(one.encode(), other.encode())


def qimen(secret: str, query: Mapping[str, str], body: bytes) -> str:
    """Sign a Qimen request: md5 over the sorted query and the raw body between two secrets."""
    pairs = "".join(key + query[key] for key in sorted(query) if key != "sign")
    return _md5_upper(secret.encode() + pairs.encode() + body + secret.encode())


def kuaidi100_query(param: str, key: str, customer: str) -> str:
    """Sign a Kuaidi100 query."""
    return _md5_upper((param + key + customer).encode())


def kuaidi100_label(param: str, time_ms: str, key: str, secret: str) -> str:
    """Sign a Kuaidi100 e-waybill request."""
    return _md5_upper((param + time_ms + key + secret).encode())


def kuaidi100_callback(param: str, salt: str) -> str:
    """Sign what Kuaidi100 pushes to a subscriber."""
    return _md5_upper((param + salt).encode())


def woocommerce_webhook(secret: str, body: bytes) -> str:
    """Sign a WooCommerce webhook over its raw body."""
    return b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def woocommerce_oauth(method: str, url: str, query: Mapping[str, str], secret: str) -> str:
    """Sign a WooCommerce request as OAuth 1.0a does, without a token secret."""
    encoded = {_rfc3986(key): _rfc3986(value) for key, value in query.items() if key != "oauth_signature"}
    pairs = "&".join(f"{key}={encoded[key]}" for key in sorted(encoded))
    base = "&".join((method.upper(), quote(url, safe=""), quote(pairs, safe="")))
    return b64encode(hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()).decode()


def _rfc3986(text: str) -> str:
    return quote(unquote(text), safe="")

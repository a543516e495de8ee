"""Proof of who asks: Basic where nobody can listen, a signature over the whole request where somebody can."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import quote, urlsplit


def basic(key: str, secret: str) -> str:
    """Return the Authorization header of HTTP Basic."""
    return "Basic " + b64encode(f"{key}:{secret}".encode()).decode()


def may_show_secret(url: str) -> bool:
    """Tell whether nobody can listen on the way: TLS, or a way that does not leave this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def query_of(params: Mapping[str, str]) -> str:
    """Write a query the way RFC 3986 has it, sorted; what is signed is what is sent."""
    return "&".join(f"{name}={value}" for name, value in _encoded(params))


def signed_query(
    method: str, url: str, params: Mapping[str, str], *, key: str, secret: str, timestamp: int, nonce: str
) -> str:
    """Return the query with OAuth 1.0a parameters and their HMAC-SHA256, as WooCommerce wants it over HTTP."""
    signed = {
        **params,
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
    }
    base = "&".join(quote(part, safe="") for part in (method.upper(), url, query_of(signed)))
    digest = hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()
    return query_of({**signed, "oauth_signature": b64encode(digest).decode()})


def _encoded(params: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted((quote(name, safe=""), quote(value, safe="")) for name, value in params.items())

"""Kuaidi100's three signatures: upper-case MD5 over the parameters as sent and what only we two know."""

import hashlib


def of_query(param: str, key: str, customer: str) -> str:
    """Sign a query."""
    return _md5(param + key + customer)


def of_label(param: str, moment_ms: str, key: str, secret: str) -> str:
    """Sign a question about an e-waybill."""
    return _md5(param + moment_ms + key + secret)


def of_callback(param: str, salt: str) -> str:
    """Sign what they send to us."""
    return _md5(param + salt)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest().upper()

"""Standard Webhooks as their specification has it, in our own words."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

TOLERANCE_S = 300


def complaint(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Say what is wrong with a call; empty when it is signed, and now."""
    mark, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not mark or not stamp.isdecimal():
        return "webhook-id or webhook-timestamp is missing"
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_S:
        return "webhook-timestamp is too far away"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = hmac.new(key, f"{mark}.{stamp}.".encode() + body, hashlib.sha256).digest()
    offered = headers.get("webhook-signature", "").split(" ")
    if any(hmac.compare_digest(expected, _bytes_of(one)) for one in offered):
        return ""
    return "no signature fits"


def _bytes_of(signature: str) -> bytes:
    version, _, text = signature.partition(",")
    try:
        return base64.b64decode(text, validate=True) if version == "v1" else b""
    except binascii.Error:
        return b""

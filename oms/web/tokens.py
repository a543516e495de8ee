"""Links to tracking pages that nobody can guess."""

import hashlib
import hmac

TOKEN_CHARACTERS = 32
PURPOSE = "tracking-page|"
"""Keeps a tracking token from being any other digest made with the same key."""


class TrackingTokens:
    """Links that nobody can guess: the merchant's order id, and a keyed digest of it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, business_id: str) -> str:
        """Return what stands after `/t/` for an order."""
        return f"{business_id}-{self._mac(business_id)}"

    def business_id(self, token: str) -> str | None:
        """Return whose token it is; None for one that we did not make."""
        business_id, _, mac = token.rpartition("-")
        genuine = hmac.compare_digest(mac.encode(), self._mac(business_id).encode())
        return business_id if genuine and business_id else None

    def _mac(self, business_id: str) -> str:
        return hmac.new(self._key, (PURPOSE + business_id).encode(), hashlib.sha256).hexdigest()[
            :TOKEN_CHARACTERS
        ]

    def __repr__(self) -> str:
        """Never show the key."""
        return "TrackingTokens(***)"

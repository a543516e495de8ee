"""Who may talk to the shop: Basic, or OAuth 1.0a in the query as WooCommerce wants it over plain HTTP."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections import deque
from time import time

from starlette.requests import Request
from starlette.responses import Response

from simulator import signatures
from simulator.shop.answers import refusal

CLOCK_SKEW_S = 15 * 60
NONCES_KEPT = 20_000


class Doorkeeper:
    """Checks the key of every request; a nonce opens the door once."""

    def __init__(self, key: str, secret: str) -> None:
        """Know the one key that fits."""
        self._key = key
        self._secret = secret
        self._nonces: deque[str] = deque(maxlen=NONCES_KEPT)
        self._seen: set[str] = set()

    def refuse(self, request: Request) -> Response | None:
        """Give the refusal a request deserves, or None."""
        query = dict(request.query_params)
        authorization = request.headers.get("authorization", "")
        if authorization.lower().startswith("basic "):
            return self._refuse_basic(authorization[6:])
        if "oauth_consumer_key" in query or "oauth_signature" in query:
            return self._refuse_oauth(request, query)
        return refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")

    def _refuse_basic(self, credentials: str) -> Response | None:
        try:
            key, _, secret = b64decode(credentials, validate=True).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            key, secret = "", ""
        if not signatures.same(key, self._key):
            return _stranger("Consumer key is invalid.")
        return None if signatures.same(secret, self._secret) else _stranger("Consumer secret is invalid.")

    def _refuse_oauth(self, request: Request, query: dict[str, str]) -> Response | None:
        missing = [f"oauth_{name}" for name in _NEEDED if not query.get(f"oauth_{name}")]
        if missing:
            return _stranger(f"Missing OAuth parameters {', '.join(missing)}")
        if not signatures.same(query["oauth_consumer_key"], self._key):
            return _stranger("Consumer key is invalid.")
        if query["oauth_signature_method"] != "HMAC-SHA256":
            return _stranger("Invalid signature - signature method is invalid.")
        url = f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}{request.url.path}"
        expected = signatures.woocommerce_oauth(request.method, url, query, self._secret)
        if not signatures.same(query["oauth_signature"], expected):
            return _stranger("Invalid signature - provided signature does not match.")
        return self._refuse_replay(query["oauth_timestamp"], query["oauth_nonce"])

    def _refuse_replay(self, timestamp: str, nonce: str) -> Response | None:
        if not timestamp.isdecimal() or abs(time() - int(timestamp)) > CLOCK_SKEW_S:
            return _stranger("Invalid timestamp.")
        if nonce in self._seen:
            return _stranger("Invalid nonce - nonce has already been used.")
        if len(self._nonces) == NONCES_KEPT:
            self._seen.discard(self._nonces[0])
        self._nonces.append(nonce)
        self._seen.add(nonce)
        return None


_NEEDED = ("consumer_key", "timestamp", "nonce", "signature", "signature_method")


def _stranger(message: str) -> Response:
    return refusal(401, "woocommerce_rest_authentication_error", message)

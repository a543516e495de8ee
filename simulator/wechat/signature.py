"""Sign and seal messages the way WeChat's message push does (安全模式)."""

from base64 import b64decode, b64encode
from hashlib import sha1
from struct import pack

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def signed(token: str, timestamp: str, nonce: str, *sealed: str) -> str:
    """Return `signature` of a call, or `msg_signature` when it carries a sealed message."""
    text = "".join(sorted((token, timestamp, nonce, *sealed)))
    return sha1(text.encode()).hexdigest()  # noqa: S324 - the protocol's choice


def seal(message: str, aes_key: str, app_id: str, random16: bytes) -> str:
    """Encrypt a message for an app; `random16` are the sixteen bytes before it."""
    key = b64decode(aes_key + "=")
    body = message.encode()
    plain = random16 + pack(">I", len(body)) + body + app_id.encode()
    missing = BLOCK - len(plain) % BLOCK
    padded = plain + bytes([missing]) * missing
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

"""Seal what must not be read by whoever holds the database file: AES-256-GCM, one key id per row."""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from oms.domain.errors import Misused

KEY_BYTES = 32
NONCE_BYTES = 12
DIGEST_CHARACTERS = 32


class SealBroken(Misused):
    """A sealed text that does not open: tampered with, from another row, or of a key we do not have."""


class Sealed(NamedTuple):
    """What a row keeps: the id of the key, and nonce, ciphertext and tag in one."""

    key_id: str
    blob: bytes


class Vault:
    """The keys of a process; the first data key seals, every one of them opens."""

    def __init__(self, data_keys: Mapping[str, AESGCM], digest_key: bytes) -> None:
        self._keys = dict(data_keys)
        self._digest_key = digest_key

    @classmethod
    def from_keys(cls, data_keys: Sequence[tuple[str, bytes]], digest_key: bytes) -> Self:
        """Build from (key id, 32 bytes) pairs, the current key first, and 32 bytes for digests.

        Raises Misused, which never shows a key, when one has another length, an id comes twice, or none is given.
        """
        if not data_keys:
            raise Misused("a vault needs at least one data key")
        if len({key_id for key_id, _ in data_keys}) != len(data_keys):
            raise Misused("two data keys have the same id")
        for key_id, key in (*data_keys, ("of the digests", digest_key)):
            if len(key) != KEY_BYTES:
                raise Misused(f"the key {key_id} has {len(key)} bytes instead of {KEY_BYTES}")
        return cls({key_id: AESGCM(key) for key_id, key in data_keys}, digest_key)

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return next(iter(self._keys))

    def seal(self, plain: bytes, context: str) -> Sealed:
        """Encrypt for the row that `context` names; it opens in no other."""
        nonce = os.urandom(NONCE_BYTES)
        blob = self._keys[self.current].encrypt(nonce, plain, context.encode())
        return Sealed(self.current, nonce + blob)

    def open(self, sealed: Sealed, context: str) -> bytes:
        """Decrypt. Raises SealBroken for a changed blob, another row's context or a key we do not have."""
        key = self._keys.get(sealed.key_id)
        if key is None:
            raise SealBroken(f"no key {sealed.key_id!r} in the vault: add it to the data keys")
        try:
            return key.decrypt(sealed.blob[:NONCE_BYTES], sealed.blob[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"the seal of {context} is broken") from error

    def digest(self, text: str | bytes) -> str:
        """Return a keyed digest: equal texts are equal, and nobody without the key can try texts out."""
        content = text.encode() if isinstance(text, str) else text
        return hmac.new(self._digest_key, content, hashlib.sha256).hexdigest()[:DIGEST_CHARACTERS]

    def __repr__(self) -> str:
        """Show which keys there are, never a key."""
        return f"Vault(keys={list(self._keys)})"

"""Encrypt every payload before it reaches the Temporal server, when keys are configured."""

import os
from collections.abc import Iterable, Sequence
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from oms.domain.errors import Misused
from oms.settings import DataKey

ENCODING = b"binary/orderloom-aesgcm"
NONCE_BYTES = 12


class EncryptionCodec(PayloadCodec):
    """AES-256-GCM over whole payloads; the first key encrypts, every key decrypts (rotation)."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        """Take named 32-byte keys, the current one first."""
        self._current = keys[0][0]
        self._ciphers = {name: AESGCM(key) for name, key in keys}

    @classmethod
    def from_keys(cls, keys: Sequence[DataKey]) -> Self:
        """Build it from the settings' keys; at least one."""
        return cls([(key.id, key.raw) for key in keys])

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Encrypt each payload, metadata included."""
        cipher = self._ciphers[self._current]
        sealed = []
        for payload in payloads:
            nonce = os.urandom(NONCE_BYTES)
            blob = nonce + cipher.encrypt(nonce, payload.SerializeToString(), self._current.encode())
            meta = {"encoding": ENCODING, "key-id": self._current.encode()}
            sealed.append(Payload(metadata=meta, data=blob))
        return sealed

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Decrypt what we encrypted and pass the rest through. Raises Misused for an unknown key."""
        return [self._open(payload) for payload in payloads]

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata["key-id"].decode()
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Misused(f"a payload was encrypted with key {name!r}, which OMS_PAYLOAD_KEYS does not hold")
        nonce, blob = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        return Payload.FromString(cipher.decrypt(nonce, blob, name.encode()))

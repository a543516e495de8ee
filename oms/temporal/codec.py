"""Encrypt every payload before it reaches the Temporal server, when keys are configured; words for people stay readable."""

import os
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import CompositePayloadConverter, EncodingPayloadConverter, PayloadCodec

from oms.domain.errors import Misused
from oms.domain.summaries import Words
from oms.settings import DataKey

ENCODING = b"binary/orderloom-aesgcm"
NONCE_BYTES = 12
WORDS = "orderloom-words"
"""Marks a payload that people read in the Temporal UI: `oms.domain.summaries.Words`."""
CURRENT_DETAILS = b"temporal.api.sdk.v1.WorkflowMetadata"
"""What the UI is answered when it asks for an order's card; it is never stored."""


class WordsConverter(PydanticPayloadConverter):
    """Pydantic payloads; words for people carry a mark.

    The SDK makes a converter for every workflow and every task of one; all of them share one set of parts,
    and with it the type adapters, which are dear to build.
    """

    def __init__(self) -> None:
        CompositePayloadConverter.__init__(self, *_parts())

    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        """Convert values, and mark those that are words."""
        payloads = super().to_payloads(values)
        for value, payload in zip(values, payloads, strict=True):
            if isinstance(value, Words):
                payload.metadata[WORDS] = b"1"
        return payloads


@cache
def _parts() -> tuple[EncodingPayloadConverter, ...]:
    return tuple(PydanticPayloadConverter(ToJsonOptions(exclude_unset=True)).converters.values())


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
        """Encrypt each payload, metadata included, except words for people."""
        return [payload if _is_for_people(payload) else self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Decrypt what we encrypted and pass the rest through. Raises Misused for an unknown key or a changed payload."""
        return [self._open(payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self._current]
        blob = nonce + cipher.encrypt(nonce, payload.SerializeToString(), self._current.encode())
        return Payload(metadata={"encoding": ENCODING, "key-id": self._current.encode()}, data=blob)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata.get("key-id", b"").decode(errors="replace")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Misused(f"a payload was encrypted with key {name!r}, which OMS_PAYLOAD_KEYS does not hold")
        nonce, blob = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            return Payload.FromString(cipher.decrypt(nonce, blob, name.encode()))
        except (InvalidTag, ValueError):
            raise Misused(
                f"a payload encrypted with key {name!r} was changed, or by another key of that name"
            ) from None


def _is_for_people(payload: Payload) -> bool:
    return WORDS in payload.metadata or payload.metadata.get("messageType") == CURRENT_DETAILS

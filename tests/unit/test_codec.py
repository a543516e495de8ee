"""Payloads are sealed before they reach the Temporal server, and open only with a key we hold, unchanged."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload

from oms.domain.errors import Misused
from oms.settings import DataKey
from oms.temporal.codec import ENCODING, EncryptionCodec
from tests.unit.domain_orders import repeatable

OLD, NEW = ("2025", b"o" * 32), ("2026", b"n" * 32)
SECRET = "张三丰 13812345678".encode()


def a_payload(content: bytes = SECRET) -> Payload:
    """A payload as the converter makes it."""
    return Payload(metadata={"encoding": b"json/plain", "messageType": SECRET}, data=content)


async def sealed_by(*keys: tuple[str, bytes]) -> Payload:
    """The payload as it is sent with these keys."""
    [sealed] = await EncryptionCodec(keys or [NEW]).encode([a_payload()])
    return sealed


@repeatable(50)
@given(contents=st.lists(st.binary(max_size=2000), max_size=4))
async def test_what_is_sealed_opens_again(contents: list[bytes]) -> None:
    """Every byte and the metadata, in their order; and what is sent shows neither."""
    codec = EncryptionCodec([NEW])
    plain = [a_payload(content) for content in contents]

    sealed = await codec.encode(plain)

    assert await codec.decode(sealed) == plain
    assert all(SECRET not in payload.SerializeToString() for payload in sealed)
    assert all(payload.metadata["encoding"] == ENCODING for payload in sealed)


async def test_equal_payloads_do_not_look_equal() -> None:
    """Whoever reads the history learns nothing by comparing."""
    first, second = await sealed_by(), await sealed_by()

    assert first.data != second.data


async def test_the_first_key_seals_and_every_key_opens() -> None:
    """A new key is put in front; running orders stay readable."""
    by_old, by_new = await sealed_by(OLD), await sealed_by(NEW, OLD)

    opened = await EncryptionCodec([NEW, OLD]).decode([by_old, by_new])

    assert opened == [a_payload(), a_payload()]
    assert by_new.metadata["key-id"] == b"2026"


async def test_a_key_we_do_not_hold_is_named() -> None:
    """The operator sees which key is missing from which setting."""
    by_old = await sealed_by(OLD)

    with pytest.raises(Misused, match="'2025', which OMS_PAYLOAD_KEYS does not hold"):
        await EncryptionCodec([NEW]).decode([by_old])


@pytest.mark.parametrize(
    "change",
    ["first byte", "last byte", "cut", "empty", "another key of that name", "relabelled", "no key named"],
)
async def test_what_was_tampered_with_stays_shut(change: str) -> None:
    """A refusal of ours, which says nothing of the content."""
    sealed, codec = await sealed_by(), EncryptionCodec([NEW, OLD])
    match change:
        case "first byte":
            sealed.data = bytes([sealed.data[0] ^ 1]) + sealed.data[1:]
        case "last byte":
            sealed.data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
        case "cut":
            sealed.data = sealed.data[:20]
        case "empty":
            sealed.data = b""
        case "another key of that name":
            codec = EncryptionCodec([("2026", b"x" * 32)])
        case "relabelled":
            sealed.metadata["key-id"] = b"2025"
        case _:
            del sealed.metadata["key-id"]

    with pytest.raises(Misused) as refusal:
        await codec.decode([sealed])

    assert "138" not in str(refusal.value)


async def test_plain_payloads_pass_as_they_are() -> None:
    """Histories from before the first key stay readable."""
    assert await EncryptionCodec([NEW]).decode([a_payload()]) == [a_payload()]


async def test_the_settings_keys_make_a_codec() -> None:
    """In their order, the current one first."""
    keys = [DataKey(id=name, key=SecretStr(base64.b64encode(key).decode())) for name, key in (NEW, OLD)]

    [sealed] = await EncryptionCodec.from_keys(keys).encode([a_payload()])

    assert sealed.metadata["key-id"] == b"2026"
    assert await EncryptionCodec([NEW]).decode([sealed]) == [a_payload()]

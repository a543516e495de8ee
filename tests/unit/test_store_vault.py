"""What is sealed opens only with its key, in its row, unchanged."""

import pytest

from oms.domain.errors import Misused
from oms.store import SealBroken, Sealed, Vault

OLD, NEW = ("2025", b"o" * 32), ("2026", b"n" * 32)


def a_vault(*keys: tuple[str, bytes]) -> Vault:
    return Vault.from_keys(keys or (NEW, OLD), b"d" * 32)


def test_what_is_sealed_opens_again() -> None:
    """Byte for byte, also nothing at all."""
    vault = a_vault()

    for plain in (b"", b"\x00\xff" * 5000):
        assert vault.open(vault.seal(plain, "row 1"), "row 1") == plain


def test_the_first_key_seals_and_every_key_opens() -> None:
    """A new key is put in front; what the old one sealed stays readable."""
    by_old = a_vault(OLD).seal(b"x", "row 1")

    assert a_vault().seal(b"x", "row 1").key_id == "2026"
    assert a_vault().open(by_old, "row 1") == b"x"


def test_equal_texts_do_not_look_equal() -> None:
    """Whoever compares rows learns nothing."""
    vault = a_vault()

    assert vault.seal(b"x", "row 1").blob != vault.seal(b"x", "row 1").blob


@pytest.mark.parametrize(
    ("sealed", "context"),
    [
        (lambda right: right, "row 2"),
        (lambda right: Sealed(right.key_id, right.blob[:-1] + bytes([right.blob[-1] ^ 1])), "row 1"),
        (lambda right: Sealed(right.key_id, bytes([right.blob[0] ^ 1]) + right.blob[1:]), "row 1"),
        (lambda right: Sealed(right.key_id, right.blob[:-1]), "row 1"),
        (lambda right: Sealed(right.key_id, b""), "row 1"),
        (lambda right: Sealed("2025", right.blob), "row 1"),
        (lambda right: Sealed("1999", right.blob), "row 1"),
    ],
    ids=["another row", "changed end", "changed start", "cut", "empty", "another key", "unknown key"],
)
def test_what_was_tampered_with_stays_shut(sealed: object, context: str) -> None:
    """A refusal of its own class, which says which row and never what is in it."""
    vault = a_vault()
    right = vault.seal("张三丰".encode(), "row 1")

    with pytest.raises(SealBroken) as refusal:
        vault.open(sealed(right), context)  # type: ignore[operator]  # a function of the table above

    assert "张" not in str(refusal.value)


def test_a_digest_needs_the_key() -> None:
    """Equal texts are equal; another key, another digest; 32 characters."""
    digest = a_vault().digest("13812345678")

    assert digest == a_vault().digest(b"13812345678")
    assert digest != Vault.from_keys([NEW], b"e" * 32).digest("13812345678")
    assert len(digest) == 32


@pytest.mark.parametrize(
    ("keys", "digest_key"),
    [([], b"d" * 32), ([NEW, NEW], b"d" * 32), ([("short", b"secret")], b"d" * 32), ([NEW], b"secret")],
    ids=["no key", "an id twice", "a short key", "a short digest key"],
)
def test_wrong_keys_are_refused_and_not_shown(keys: list[tuple[str, bytes]], digest_key: bytes) -> None:
    """At the start, in words that may be logged."""
    with pytest.raises(Misused) as refusal:
        Vault.from_keys(keys, digest_key)

    assert "secret" not in str(refusal.value)
    assert "n" * 32 not in repr(a_vault())

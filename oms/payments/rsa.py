"""RSA as both gateways use it: PKCS#1 v1.5 over SHA-256, keys as people paste them."""

import base64
import binascii
import re
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from oms.domain.errors import Forged

BLOCK = re.compile(r"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<body>[^-]+)-----END (?P=label)-----")
CERTIFICATE = "CERTIFICATE"
LEAST_BITS = 2048
"""Both gateways ask for keys of 2048 bits; a shorter one is a mistake."""


class PublicKey(NamedTuple):
    """A key of theirs; `serial` is its certificate's number in upper-case hexadecimal, empty for a bare key."""

    serial: str
    key: RSAPublicKey


def private_key(text: str) -> RSAPrivateKey:
    """Read a private key: PEM (its line breaks may be escaped), or the bare base64 that Alipay's tools print.

    Raises ValueError, which never quotes the text.
    """
    (_, der), *_ = _blocks(text)
    try:
        key = load_der_private_key(der, password=None)
    except (ValueError, TypeError):
        raise ValueError("is no private key") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"is no RSA key of {LEAST_BITS} bits or more")
    return key


def public_keys(text: str) -> tuple[PublicKey, ...]:
    """Read one or more public keys or certificates, one after the other. Raises ValueError."""
    return tuple(_public_key(label, der) for label, der in _blocks(text))


def plain_serial(serial: str) -> str:
    """Write a certificate's number as `PublicKey.serial` has it: gateways differ in case and leading zeros."""
    return serial.upper().lstrip("0")


def sign(key: RSAPrivateKey, content: bytes) -> str:
    """Sign; the answer is base64."""
    return base64.b64encode(key.sign(content, PKCS1v15(), SHA256())).decode()


def verify(key: RSAPublicKey, signature: str, content: bytes) -> None:
    """Raise Forged when the signature is not the key's owner's over this content."""
    try:
        key.verify(base64.b64decode(signature, validate=True), content, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise Forged("the signature does not fit") from None


def _blocks(text: str) -> list[tuple[str, bytes]]:
    """Return label and DER of every PEM block; bare base64 is one block without a label."""
    whole = text.replace("\\n", "\n")
    found = [(match["label"], match["body"]) for match in BLOCK.finditer(whole)] or [("", whole)]
    try:
        return [(label, base64.b64decode("".join(body.split()), validate=True)) for label, body in found]
    except (binascii.Error, ValueError):
        raise ValueError("is neither PEM nor base64") from None


def _public_key(label: str, der: bytes) -> PublicKey:
    try:
        certificate = x509.load_der_x509_certificate(der) if label == CERTIFICATE else None
        key = certificate.public_key() if certificate else load_der_public_key(der)
    except (ValueError, TypeError):
        raise ValueError("is no public key and no certificate") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"is no RSA key of {LEAST_BITS} bits or more")
    return PublicKey(f"{certificate.serial_number:X}" if certificate else "", key)

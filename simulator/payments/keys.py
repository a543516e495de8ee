"""RSA with SHA-256, PKCS#1 v1.5: what both gateways sign with; keys come as base64 of their DER."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key


def private_key(text: str) -> RSAPrivateKey:
    """Read a private key. Raises ValueError."""
    key = load_der_private_key(b64decode(text), password=None)
    if not isinstance(key, RSAPrivateKey):
        msg = "a gateway signs with RSA"
        raise ValueError(msg)  # noqa: TRY004 - a wrong value in a configuration
    return key


def public_key(text: str) -> RSAPublicKey:
    """Read a public key. Raises ValueError."""
    key = load_der_public_key(b64decode(text))
    if not isinstance(key, RSAPublicKey):
        msg = "a merchant signs with RSA"
        raise ValueError(msg)  # noqa: TRY004 - a wrong value in a configuration
    return key


def sign(key: RSAPrivateKey, text: str) -> str:
    """Sign a text."""
    return b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def fits(key: RSAPublicKey, signature: str, text: str) -> bool:
    """Tell whether a signature is the key's owner's."""
    try:
        key.verify(b64decode(signature), text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, NotBase64, ValueError):
        return False
    return True

"""The keys of the settings: named, 256 bits each, in base64."""

import base64
import binascii

from pydantic import BaseModel, ConfigDict, SecretStr

KEY_BYTES = 32


class DataKey(BaseModel):
    """A named 256-bit key."""

    model_config = ConfigDict(frozen=True)

    id: str
    key: SecretStr

    @property
    def raw(self) -> bytes:
        """The 32 bytes."""
        return base64.b64decode(self.key.get_secret_value())


def read_keys(text: str) -> tuple[DataKey, ...]:
    """Read keys as `keyid:base64`, comma between them. Raises ValueError."""
    keys: list[DataKey] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, encoded = part.partition(":")
        try:
            size = len(base64.b64decode(encoded, validate=True))
        except binascii.Error:
            size = 0
        if not name or size != KEY_BYTES:
            raise ValueError(
                f"expected keyid:base64 of {KEY_BYTES} bytes, comma between keys; got {size} bytes"
            )
        if any(key.id == name for key in keys):
            raise ValueError(f"key id {name} is given twice")
        keys.append(DataKey(id=name, key=SecretStr(encoded)))
    return tuple(keys)

"""Receiver fields as Doudian shows them: masked to read, encrypted to hand back for decryption."""

import base64
from hashlib import sha256

from simulator.people import Person
from simulator.wire import Json

PROVINCE_IDS = {"浙江省": "330000", "广东省": "440000", "江苏省": "320000"}


class Ciphers:
    """Encrypts fields of one order and decrypts them again, for that order only."""

    def __init__(self, secret: str) -> None:
        """Start with nothing encrypted."""
        self._secret = secret
        self._plain: dict[tuple[str, str], str] = {}

    def seal(self, number: str, fence: str, text: str) -> str:
        """Encrypt a field; the same content of the same order gives the same cipher."""
        mark = sha256(f"{self._secret}|{number}|{text}".encode()).digest()
        cipher = f"{fence}{base64.b64encode(mark).decode()}{fence[0]}1{fence}"
        self._plain[number, cipher] = text
        return cipher

    def reveal(self, number: str, cipher: str) -> str | None:
        """Decrypt a field of an order."""
        return self._plain.get((number, cipher))


def receiver_fields(ciphers: Ciphers, number: str, person: Person, token: str) -> Json:
    """Show where the goods go."""
    region = {
        "province": {"name": person.province, "id": PROVINCE_IDS.get(person.province, "110000")},
        "city": {"name": person.city, "id": "100001"},
        "town": {"name": person.district, "id": "100002"},
        "street": {"name": "", "id": "0"},
    }
    detail = ciphers.seal(number, "##", person.street)
    return {
        "encrypt_post_receiver": ciphers.seal(number, "##", person.name),
        "encrypt_post_tel": ciphers.seal(number, "$$", person.phone),
        "post_addr": {**region, "encrypt_detail": detail},
        "mask_post_receiver": person.name[:1] + "*" * (len(person.name) - 1),
        "mask_post_tel": f"{person.phone[:1]}********{person.phone[-2:]}",
        "mask_post_addr": {**region, "detail": "*" * len(person.street)},
        "open_address_id": f"#{token}#",
    }

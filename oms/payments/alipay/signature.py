"""Alipay's RSA2: over sorted `name=value` pairs in calls, over the very text of a node in answers.

Written from Alipay's descriptions of asynchronous notifications (异步通知验签) and of signed answers (同步返回验签).
"""

import json
from collections.abc import Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from oms.domain.errors import Forged
from oms.payments import rsa

ALGORITHM = "RSA2"
SPACE = " \t\r\n"


class Node(NamedTuple):
    """A value of an answer's outermost object, and the text it was written in."""

    value: Any
    raw: str


def verify_call(form: Mapping[str, str], key: RSAPublicKey) -> None:
    """Check a notification: every field but `sign` and `sign_type`, decoded. Raises Forged."""
    if form.get("sign_type") != ALGORITHM:
        raise Forged("it is not signed with RSA2")
    signed = {name: value for name, value in form.items() if name not in {"sign", "sign_type"}}
    rsa.verify(key, form.get("sign", ""), _joined(signed, _charset(form)))


def sign_call(form: Mapping[str, str], key: RSAPrivateKey) -> str:
    """Sign a question: every field that is not empty, `sign_type` among them."""
    return rsa.sign(key, _joined({name: value for name, value in form.items() if value}, "utf-8"))


def verify_answer(node: Node, sign: Node | None, key: RSAPublicKey) -> None:
    """Check an answer's node against the signature beside it. Raises Forged."""
    signature = sign.value if sign is not None else ""
    if not isinstance(signature, str):
        raise Forged("the signature is no text")
    rsa.verify(key, signature, node.raw.encode(errors="surrogatepass"))


def nodes_of(text: str) -> Mapping[str, Node]:
    """Read the outermost object of an answer with the text of each value. Raises ValueError when it is none."""
    decoder = JSONDecoder(parse_constant=_refuse)
    found: dict[str, Node] = {}
    place = _after(text, 0, "{")
    if text[_skip(text, place) : _skip(text, place) + 1] == "}":
        return found
    while True:
        try:
            name, end = decoder.raw_decode(text, _skip(text, place))
            start = _skip(text, _after(text, end, ":"))
            value, end = decoder.raw_decode(text, start)
        except (RecursionError, StopIteration) as error:
            raise ValueError("no JSON object") from error
        if not isinstance(name, str) or name in found:
            raise ValueError("no name, or a name given twice")
        found[name] = Node(value, text[start:end])
        place = _skip(text, end)
        if text[place : place + 1] != ",":
            _after(text, place, "}")
            return found
        place += 1


def compact(content: Mapping[str, Any]) -> str:
    """Write JSON once; the same text is signed and sent."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _charset(form: Mapping[str, str]) -> str:
    return "gb18030" if form.get("charset", "").lower().startswith("gb") else "utf-8"


def _joined(form: Mapping[str, str], charset: str) -> bytes:
    return "&".join(f"{name}={form[name]}" for name in sorted(form)).encode(charset, errors="replace")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in SPACE:
        place += 1
    return place


def _after(text: str, place: int, mark: str) -> int:
    at = _skip(text, place)
    if text[at : at + 1] != mark:
        raise JSONDecodeError(f"expected {mark}", text, at)
    return at + 1


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")

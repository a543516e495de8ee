"""Read and write Qimen's XML; what comes in is not to be trusted."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

Content: TypeAlias = "str | int | float | Mapping[str, Content] | Sequence[tuple[str, Content]]"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


class NotXml(Exception):
    """A body that cannot be read as harmless XML."""


def read(body: bytes) -> Element:
    """Read a document, or raise NotXml."""
    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotXml(str(error)) from error
    return root


def text(element: Element, path: str) -> str:
    """Read one field; a missing one is empty."""
    return (element.findtext(path) or "").strip()


def write(root: str, content: Content) -> bytes:
    """Write a document; a list of pairs is a list of elements."""
    return (DECLARATION + _element(root, content)).encode()


def _element(name: str, content: Content) -> str:
    if isinstance(content, Mapping):
        inner = "".join(_element(key, value) for key, value in content.items())
    elif isinstance(content, (str, int, float)):
        inner = escape(str(content), quote=False)
    else:
        inner = "".join(_element(key, value) for key, value in content)
    return f"<{name}>{inner}</{name}>"

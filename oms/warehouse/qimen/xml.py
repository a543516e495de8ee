"""Write Qimen's XML, and read it with a parser that expects an attack."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from oms.domain.errors import Unmappable

Tree: TypeAlias = "str | Mapping[str, Tree] | Sequence[tuple[str, Tree]]"
"""A text, named parts, or a list of parts: `[("orderLine", {...}), ...]`."""

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
CONTENT_TYPE = "text/xml; charset=utf-8"
LARGEST = 2 * 1024 * 1024
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped; a buyer's name sometimes does."""


def write(root: str, tree: Tree) -> bytes:
    """Write a document; parts with an empty text are left out."""
    element = Element(root)
    _fill(element, tree)
    written: str = tostring(element, encoding="unicode")
    return (DECLARATION + written).encode()


def _fill(element: Element, tree: Tree) -> None:
    if isinstance(tree, str):
        element.text = FORBIDDEN.sub("", tree)
        return
    for name, part in tree.items() if isinstance(tree, Mapping) else tree:
        if part != "":
            _fill(SubElement(element, name), part)


def read(body: bytes) -> Element:
    """Read a document of at most 2 MiB, without DTD, entities or anything from elsewhere.

    Raises Unmappable for everything else.
    """
    if len(body) > LARGEST:
        raise Unmappable(f"the XML is larger than {LARGEST} bytes")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise Unmappable("the XML declares a DTD or entities, which is not allowed") from None
    except (ParseError, ValueError, LookupError):
        raise Unmappable("the body is not XML") from None
    return root


def text(element: Element, path: str) -> str:
    """Read one part; a missing one is empty."""
    return (element.findtext(path) or "").strip()


def required(element: Element, path: str) -> str:
    """Read one part. Raises Unmappable when it is missing or empty."""
    found = text(element, path)
    if not found:
        raise Unmappable("is missing", field=path.replace("/", "."))
    return found


def pieces(element: Element, path: str) -> int:
    """Read a whole number of pieces, as "2" or "2.00". Raises Unmappable for anything else."""
    found = re.fullmatch(r"(-?[0-9]{1,9})(?:\.0{1,4})?", required(element, path))
    if found is None:
        raise Unmappable("is not a whole number", field=path.replace("/", "."))
    return int(found[1])

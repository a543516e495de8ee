"""XML in both directions: exact signatures, and a reader that expects an attack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain.errors import Unmappable
from oms.warehouse.qimen import xml
from oms.warehouse.qimen.signature import sign

BODY = (
    b'<?xml version="1.0" encoding="utf-8"?><request><criteriaList><criteria><warehouseCode>WH1</warehouseCode>'
    b"<ownerCode>O1</ownerCode><itemCode>SKU-1</itemCode></criteria></criteriaList></request>"
)
QUERY = {
    "method": "taobao.qimen.inventory.query", "timestamp": "2026-11-22 10:00:00", "format": "xml",
    "app_key": "12345678", "v": "2.0", "sign_method": "md5", "customerId": "c1234567",
}  # fmt: skip


def test_the_recorded_signature_is_ours() -> None:
    """Sorted query and raw body between two secrets; `sign` itself does not count."""
    assert sign(QUERY, BODY, "qmsecret") == "663A1F8CB39E0787A72C78A6583E2A26"
    assert sign({**QUERY, "sign": "x"}, BODY, "qmsecret") == "663A1F8CB39E0787A72C78A6583E2A26"


def test_a_document_is_written_as_qimen_wants_lists() -> None:
    """`criteriaList` of `criteria`; what is empty is left out; what is special is escaped."""
    criteria: xml.Tree = {"warehouseCode": "WH1", "ownerCode": "O1", "itemCode": "SKU-1", "itemId": ""}

    assert xml.write("request", {"criteriaList": [("criteria", criteria)]}) == BODY
    assert b"<a>1 &lt; 2 &amp; 3</a>" in xml.write("r", {"a": "1 < 2 & 3"})


def test_a_name_with_an_emoji_arrives_and_one_with_a_control_sign_breaks_nothing() -> None:
    """No XML may hold U+0008, not even escaped; half a surrogate is no character at all."""
    written = xml.write("r", {"name": "熊猫🐼\x08\x00\ud83d"})

    assert xml.text(xml.read(written), "name") == "熊猫🐼"


ENTITY = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r>&b;</r>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r>&a;</r>'


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"<a>", b"<a></b>", b"<a/><b/>", b"\xff\xfe<a/>", b'<?xml version="1.0" encoding="klingon"?><a/>',
        b'<?xml version="1.0" encoding="utf-16"?><a/>', b"<a>&nbsp;</a>", ENTITY, OUTSIDE, b"<!DOCTYPE r><r/>",
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>', b"<a>" + b" " * xml.LARGEST + b"</a>",
    ],
)  # fmt: skip
def test_what_is_not_harmless_xml_is_unmappable(body: bytes) -> None:
    """No entities, no DTD, nothing from elsewhere, nothing huge."""
    with pytest.raises(Unmappable):
        xml.read(body)


def test_bottomless_nesting_is_survived() -> None:
    """Two hundred thousand levels fit into the size limit."""
    depth = 200_000

    root = xml.read(b"<a>" * depth + b"</a>" * depth)

    assert xml.text(root, "b") == ""


@pytest.mark.parametrize(("text", "count"), [("2", 2), ("2.00", 2), ("-3", -3), ("0", 0)])
def test_pieces_are_whole(text: str, count: int) -> None:
    """Some warehouses write two decimals."""
    assert xml.pieces(xml.read(f"<r><n>{text}</n></r>".encode()), "n") == count


@pytest.mark.parametrize("text", ["", "1.5", "two", "٣", "1e3", "9" * 40])
def test_anything_else_is_no_number_of_pieces(text: str) -> None:
    """Named by its field."""
    with pytest.raises(Unmappable, match="n: "):
        xml.pieces(xml.read(f"<r><n>{text}</n></r>".encode()), "n")


TAGS = st.sampled_from(["a", "b", "request", "items", "deliveryOrder", "!DOCTYPE a", "?xml", "![CDATA["])
SOUP = st.lists(
    st.one_of(
        TAGS.map(lambda tag: f"<{tag}>".encode()), TAGS.map(lambda tag: f"</{tag}>".encode()),
        st.binary(max_size=6), st.sampled_from([b"&a;", b"&#0;", b"&#x1F43C;", b"]]>", b"<!--", b'<a b="'])
    ),
    max_size=12,
).map(b"".join)  # fmt: skip


@given(SOUP | st.binary(max_size=60))
@settings(max_examples=400, deadline=None)
def test_whatever_bytes_come_they_are_read_or_unmappable(body: bytes) -> None:
    """The reader raises nothing else."""
    try:
        root = xml.read(body)
    except Unmappable:
        return
    else:
        assert root.tag

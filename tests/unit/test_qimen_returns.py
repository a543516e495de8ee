"""Returns in Qimen's words: announced, and told of when they came."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import pytest
from pydantic import SecretStr

from oms.domain.aftersales.messages import InspectedPiece
from oms.domain.errors import Unmappable
from oms.domain.ids import OrderKey, Sku
from oms.domain.stock import Piece
from oms.http import Http
from oms.ports import Accepted, Rejected, ReturnOrder
from oms.warehouse.qimen import Qimen, QimenConfig, notifications, xml
from oms.warehouse.qimen.returns import ReturnConfirmed
from oms.warehouse.qimen.signature import sign
from tests.unit.fake_http import Says, fake_http

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ORDER = ReturnOrder(
    code="RTABCDEFGHIJKLM", order=OrderKey(channel="taobao", shop="main", number="727"), warehouse="WH1",
    delivery_order="OLABC-1", pieces=(Piece(line="315", sku=Sku("MB-001"), quantity=2),), waybill="YT1", carrier="yto",
    why="return",
)  # fmt: skip
QUERY = {"method": "taobao.qimen.returnorder.confirm", "timestamp": "2026-11-22 12:00:00"}


def a_confirmation(lines: str, *, warehouse: str = "WH1", number: str = "R-1", kind: str = "0") -> bytes:
    return (
        f"<request><returnOrder><returnOrderCode>RTABC</returnOrderCode><warehouseCode>{warehouse}</warehouseCode>"
        f"<outBizCode>{number}</outBizCode><orderType>THRK</orderType><confirmType>{kind}</confirmType>"
        f"<orderConfirmTime>2026-11-22 12:10:00</orderConfirmTime></returnOrder><orderLines>{lines}</orderLines></request>"
    ).encode()


def a_line(sku: str = "A", pieces: str = "1", kind: str = "ZP", more: str = "") -> str:
    return (
        f"<orderLine><itemCode>{sku}</itemCode><inventoryType>{kind}</inventoryType>"
        f"<actualQty>{pieces}</actualQty>{more}</orderLine>"
    )


async def announced(says: str) -> tuple[Accepted | Rejected, Element, str]:
    """Announce the return to a gateway that says this; returns the answer, what it was asked, and its address."""
    async with fake_http(Says(says)) as server, Http() as http:
        config = QimenConfig(
            url=f"{server.url}/router/qimen/service", app_key="12345678", secret=SecretStr("qmsecret"),
            customer_id="c1", owner_code="O1",
        )  # fmt: skip
        answer = await Qimen(config, http, now=lambda: NOW).expect_return(ORDER)
        return answer, xml.read(server.asked[0].body), server.asked[0].target


async def test_a_return_is_announced_under_our_code_and_names_nobody() -> None:
    """Code, warehouse, original delivery, parcel, lines; the sender is a placeholder."""
    answer, root, target = await announced(
        "<response><flag>success</flag><code>0</code><returnOrderId>W9</returnOrderId></response>"
    )

    said = {child.tag: child.text for child in root.findall("returnOrder/*")}
    assert answer == Accepted(warehouse_number="W9")
    assert "method=taobao.qimen.returnorder.create" in target
    assert (said["returnOrderCode"], said["orderType"], said["preDeliveryOrderCode"]) == (
        ORDER.code,
        "THRK",
        "OLABC-1",
    )
    assert (said["logisticsCode"], said["expressCode"]) == ("YTO", "YT1")
    assert [xml.text(line, "planQty") for line in root.iterfind("orderLines/orderLine")] == ["2"]
    assert xml.text(root, "returnOrder/senderInfo/mobile") == "00000000000"


@pytest.mark.parametrize(
    ("message", "accepted"), [("单据已存在", True), ("duplicate order", True), ("仓库不收退货", False)]
)
async def test_a_repetition_is_a_yes_and_a_no_is_a_value(message: str, accepted: bool) -> None:
    """Announced twice, it is expected once."""
    answer, _, _ = await announced(
        f"<response><flag>failure</flag><code>S001</code><message>{message}</message></response>"
    )

    assert isinstance(answer, Accepted if accepted else Rejected)


def test_the_signature_over_a_return_is_the_documented_one() -> None:
    """MD5 over secret, sorted query, body, secret; worked out for this body with md5sum."""
    body = b"<request><returnOrder/></request>"

    assert (
        sign({"method": "returnorder.confirm", "v": "2.0"}, body, "s") == "29A0BC15B7513F138DC02956FCBF92C3"
    )


def test_what_came_back_is_read_by_sku_good_and_damaged_apart() -> None:
    """Lines of one SKU add up; batches say more exactly what state the pieces are in."""
    batches = (
        "<batchs><batch><inventoryType>ZP</inventoryType><actualQty>1</actualQty></batch>"
        "<batch><inventoryType>XS</inventoryType><actualQty>2</actualQty></batch></batchs>"
    )
    body = a_confirmation(
        a_line("A", "2") + a_line("A", "1.00", "CC") + a_line("B", "3", more=batches), kind="1"
    )

    said = notifications.read(QUERY, body)

    assert isinstance(said, ReturnConfirmed)
    assert said.event.pieces == (
        InspectedPiece(sku=Sku("A"), good=2, damaged=1), InspectedPiece(sku=Sku("B"), good=1, damaged=2),
    )  # fmt: skip
    assert (said.event.event_id, said.event.final) == ("qimen:return:R-1", False)
    assert said.event.at == datetime(2026, 11, 22, 4, 10, tzinfo=UTC)


def test_an_empty_parcel_is_a_return_of_nothing() -> None:
    """It came; there was nothing in it."""
    said = notifications.read(QUERY, a_confirmation(""))

    assert isinstance(said, ReturnConfirmed)
    assert (said.event.pieces, said.event.final) == ((), True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (a_confirmation(a_line(pieces="-1")), "actualQty"),
        (a_confirmation(a_line(pieces="many")), "actualQty"),
        (a_confirmation(a_line(kind="QQ")), "inventoryType"),
        (a_confirmation(a_line(sku="")), "itemCode"),
        (a_confirmation(a_line(), warehouse=""), "warehouseCode"),
        (b"<request/>", "returnOrderCode"),
    ],
)
def test_what_means_nothing_is_refused_by_field(body: bytes, field: str) -> None:
    """The field is named, its content is not."""
    with pytest.raises(Unmappable, match=field):
        notifications.read(QUERY, body)


def test_a_document_with_a_dtd_is_refused() -> None:
    """The parser expects an attack."""
    body = b'<!DOCTYPE x [<!ENTITY e "x">]>' + a_confirmation(a_line())

    with pytest.raises(Unmappable, match="DTD"):
        notifications.read(QUERY, body)

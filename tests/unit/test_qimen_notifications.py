"""What a warehouse tells by itself becomes one of our facts, or a clear refusal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from oms.domain.errors import Forged, Unmappable
from oms.domain.ids import Sku
from oms.domain.messages import PackedPiece, ShippedBox, WarehouseEvent, WarehouseSays
from oms.warehouse.qimen import words, xml
from oms.warehouse.qimen.notifications import (
    DeliveryConfirmed,
    InventoryReported,
    Notification,
    ProcessReported,
    StockChanged,
    answer,
    read,
    verify,
)
from oms.warehouse.qimen.signature import sign

SECRET = SecretStr("qmsecret")
SENT = "2026-11-22 15:00:05"


def query_of(method: str) -> dict[str, str]:
    return {
        "method": method,
        "timestamp": SENT,
        "format": "xml",
        "app_key": "1",
        "v": "2.0",
        "sign_method": "md5",
    }


def told(method: str, tree: xml.Tree) -> Notification:
    return read(query_of(method), xml.write("request", tree))


def a_package(waybill: str = "SF0000000000001", code: str = "SF", **items: int | str) -> tuple[str, xml.Tree]:
    contents: list[tuple[str, xml.Tree]] = [
        ("item", {"itemCode": sku, "quantity": str(quantity)}) for sku, quantity in items.items()
    ]
    return ("package", {"logisticsCode": code, "expressCode": waybill, "items": contents})


def confirmed(
    *packages: tuple[str, xml.Tree], method: str = "deliveryorder.confirm", **head: str
) -> WarehouseEvent | None:
    order = {
        "deliveryOrderCode": "OLABC-1", "deliveryOrderId": "WMS-1", "status": "DELIVERED", "outBizCode": "WMS-1-C1",
        "confirmType": "0", "orderConfirmTime": "2026-11-22 15:00:00", **head,
    }  # fmt: skip
    lines: list[tuple[str, xml.Tree]] = [("orderLine", {"itemCode": "A", "planQty": "2", "actualQty": "2"})]
    notification = told(method, {"deliveryOrder": order, "packages": list(packages), "orderLines": lines})
    assert isinstance(notification, DeliveryConfirmed)
    assert (notification.delivery_order, notification.raw) == ("OLABC-1", order["status"])
    return notification.event


@pytest.mark.parametrize("method", ["deliveryorder.confirm", "taobao.qimen.deliveryorder.confirm"])
def test_a_confirmation_says_what_left_in_which_parcels(method: str) -> None:
    """Through the gateway or straight from the warehouse: the same fact, at a GMT+8 time."""
    event = confirmed(a_package(A=2, B=1), a_package("YT0002", "YTO", A=1), method=method)

    assert event == WarehouseEvent(
        event_id="qimen:confirm:WMS-1-C1", delivery_order="OLABC-1", says=WarehouseSays.SHIPPED, raw="DELIVERED",
        at=datetime(2026, 11, 22, 7, 0, tzinfo=UTC), final=True,
        boxes=(
            ShippedBox(waybill="SF0000000000001", carrier="sf", pieces=(
                PackedPiece(sku=Sku("A"), quantity=2), PackedPiece(sku=Sku("B"), quantity=1))),
            ShippedBox(waybill="YT0002", carrier="yto", pieces=(PackedPiece(sku=Sku("A"), quantity=1),)),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("head", [{"confirmType": "1"}, {"status": "PARTDELIVERED"}])
def test_a_partial_confirmation_is_not_the_last(head: dict[str, str]) -> None:
    """More boxes of this delivery order will follow."""
    event = confirmed(a_package(A=1), **head)

    assert event is not None
    assert (event.says, event.final) == (WarehouseSays.SHIPPED, False)


def test_the_same_message_has_the_same_id_and_another_one_another() -> None:
    """Theirs when they give one, else a digest of the content."""
    ids = [
        event.event_id
        for out_biz_code in ("", "", "X", "X" * 300)
        for event in [confirmed(a_package(A=1), outBizCode=out_biz_code)]
        if event
    ]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(len(event_id) < 100 for event_id in ids)


def test_the_only_parcel_may_leave_its_content_to_the_order_lines() -> None:
    """Many warehouses do."""
    event = confirmed(a_package())

    assert event is not None
    assert event.boxes[0].pieces == (PackedPiece(sku=Sku("A"), quantity=2),)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("EXCEPTION", WarehouseSays.EXCEPTION),
        ("CANCELED", WarehouseSays.CANCELLED),
        ("CLOSED", WarehouseSays.CANCELLED),
        ("REJECT", WarehouseSays.REJECTED),
        ("ACCEPT", WarehouseSays.ACCEPTED),
        ("NEW", None),
        ("CANCELEDFAIL", None),
        ("TELEPORTED", None),
    ],
)
def test_a_confirmation_of_something_else_ships_nothing(status: str, says: WarehouseSays | None) -> None:
    """It needs no parcel; a word nobody knows moves nothing and is kept."""
    event = confirmed(status=status)

    assert (event.says if event else None) is says
    assert event is None or event.boxes == ()


@pytest.mark.parametrize(
    ("packages", "head", "field"),
    [
        ([], {}, "packages"),
        ([a_package("")], {}, "expressCode"),
        ([a_package("单号")], {}, "packages.package.expressCode"),
        ([a_package(A=-1)], {}, "quantity"),
        ([a_package(A="some")], {}, "quantity"),
        ([a_package(A=1)], {"deliveryOrderCode": ""}, "deliveryOrder.deliveryOrderCode"),
        ([a_package(A=1)], {"deliveryOrderCode": "OL/../1"}, "deliveryOrder.deliveryOrderCode"),
        ([a_package(A=1)], {"deliveryOrderCode": "9" * 200}, "deliveryOrder.deliveryOrderCode"),
        ([a_package(A=1)], {"orderConfirmTime": "yesterday"}, "deliveryOrder.orderConfirmTime"),
        ([a_package(A=1)], {"orderConfirmTime": "0001-01-01 00:00:00"}, "deliveryOrder.orderConfirmTime"),
    ],
)
def test_a_confirmation_that_makes_no_sense_is_refused_by_its_field(
    packages: list[tuple[str, xml.Tree]], head: dict[str, str], field: str
) -> None:
    """The warehouse hears why, and tries again."""
    with pytest.raises(Unmappable) as caught:
        confirmed(*packages, **head)

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("ACCEPT", WarehouseSays.ACCEPTED),
        ("PACKAGE", WarehouseSays.PACKED),
        ("EXCEPTION", WarehouseSays.EXCEPTION),
        ("CANCELED", WarehouseSays.CANCELLED),
        ("CLOSED", WarehouseSays.CANCELLED),
        ("REJECT", WarehouseSays.REJECTED),
        ("PICK", None),
        ("DELIVERED", None),
        ("SIGN", None),
        ("TELEPORTED", None),
    ],
)
def test_a_report_of_progress_is_a_fact_or_moves_nothing(word: str, says: WarehouseSays | None) -> None:
    """That a parcel left is the confirmation's to say; unknown words keep their raw one."""
    order = {"orderCode": "OLABC-1", "orderId": "WMS-1"}
    process = {
        "processStatus": word,
        "operateTime": "2026-11-22 14:00:00",
        "expressCode": "SF1",
        "operateInfo": "x",
    }

    reported = told("orderprocess.report", {"order": order, "process": process})

    assert isinstance(reported, ProcessReported)
    assert (reported.delivery_order, reported.raw) == ("OLABC-1", word)
    assert (reported.event.says if reported.event else None) is says
    if reported.event:
        assert (reported.event.waybill, reported.event.at) == (
            "SF1",
            datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
        )


def test_a_report_without_a_time_happened_when_it_was_sent() -> None:
    """The query carries that, and is signed."""
    reported = told(
        "orderprocess.report", {"order": {"orderCode": "X"}, "process": {"processStatus": "ACCEPT"}}
    )

    assert isinstance(reported, ProcessReported)
    assert reported.event is not None
    assert reported.event.at == datetime(2026, 11, 22, 7, 0, 5, tzinfo=UTC)


def test_a_count_changes_the_saleable_pieces_once_per_item() -> None:
    """Each change has an id of its own, which a repetition has again."""
    items: list[tuple[str, xml.Tree]] = [
        ("item", {"itemCode": "A", "inventoryType": "ZP", "quantity": "7"}),
        ("item", {"itemCode": "B", "inventoryType": "CC", "quantity": "1"}),
        ("item", {"itemCode": "C", "quantity": "-3"}),
    ]
    tree: dict[str, xml.Tree] = {
        "warehouseCode": "WH1",
        "outBizCode": "PD-1",
        "currentPage": "2",
        "items": items,
    }

    reported = told("taobao.qimen.inventory.report", tree)

    assert reported == InventoryReported(
        changes=(
            StockChanged(event_id="qimen:count:PD-1:2:0", warehouse="WH1", sku=Sku("A"), delta=7),
            StockChanged(event_id="qimen:count:PD-1:2:2", warehouse="WH1", sku=Sku("C"), delta=-3),
        )
    )


@pytest.mark.parametrize("method", ["", "deliveryorder.create", "stockchange.report", "taobao.trade.get"])
def test_a_method_that_we_do_not_serve_is_refused(method: str) -> None:
    """By its name."""
    with pytest.raises(Unmappable, match="method: "):
        told(method, {})


def test_only_the_one_who_knows_the_secret_is_heard() -> None:
    """Query and body both count; without a secret nobody is."""
    body = xml.write("request", {})
    query = query_of("inventory.report")
    query["sign"] = sign(query, body, "qmsecret")

    verify(query, body, SECRET)

    for wrong in (
        {**query, "timestamp": "2026-11-22 15:00:06"},
        {**query, "sign": "ÄÖÜ"},
        query_of("inventory.report"),
    ):
        with pytest.raises(Forged):
            verify(wrong, body, SECRET)
    with pytest.raises(Forged):
        verify(query, body + b" ", SECRET)
    with pytest.raises(Forged):
        verify({**query, "sign": sign(query, body, "")}, body, SecretStr(""))


def test_the_warehouse_hears_yes_or_why_not() -> None:
    """In its own form."""
    yes, no = xml.read(answer()), xml.read(answer(failure="signature <wrong>", code="sign-check-failure"))

    assert [part.text for part in yes] == ["success", "0", "ok"]
    assert [part.text for part in no] == ["failure", "sign-check-failure", "signature <wrong>"]


@pytest.mark.parametrize(
    ("code", "ours"),
    [("SF", "sf"), ("JTSD", "jt"), ("JT", "jt"), ("DBKD", "deppon"), ("EYB", "ems"), ("HTKY", "other:HTKY"), ("", "other:OTHER"),
     ("中通", "other:OTHER"), ("x" * 60, "other:" + "X" * 14)],
)  # fmt: skip
def test_carriers_have_one_short_name(code: str, ours: str) -> None:
    """Twenty characters at most; one without a name of ours keeps theirs, and goes back as it came."""
    assert words.carrier(code) == ours
    assert words.carrier(words.logistics_code(ours)) == ours


LEAVES = ["deliveryOrderCode", "status", "confirmType", "orderConfirmTime", "expressCode", "itemCode", "quantity",
          "processStatus", "operateTime", "orderCode", "warehouseCode", "outBizCode", "actualQty"]  # fmt: skip
VALUES = st.sampled_from(
    ["", "DELIVERED", "1", "-1", "ACCEPT", "2026-11-22 15:00:00", "SF001", "9999-12-31 23:59:59", "☃"]
)
PARTS: Any = st.recursive(
    VALUES | st.text(max_size=4),
    lambda inner: st.lists(
        st.tuples(st.sampled_from([*LEAVES, "deliveryOrder", "packages", "package", "items", "item", "order", "process"]), inner),
        max_size=5,
    ),
    max_leaves=15,
)  # fmt: skip


@given(st.sampled_from(["deliveryorder.confirm", "orderprocess.report", "inventory.report"]), PARTS)
@settings(max_examples=300, deadline=None)
def test_whatever_a_warehouse_writes_is_a_fact_or_unmappable(method: str, tree: Any) -> None:
    """No message, however broken, raises anything else."""
    try:
        notification = told(method, tree)
    except Unmappable:
        return
    else:
        assert isinstance(notification, DeliveryConfirmed | ProcessReported | InventoryReported)

"""A number that we drew travels to the warehouse with the delivery order, and its courier with it."""

import pytest
from pydantic import SecretStr

from oms.domain.handover import WarehouseOrder
from oms.http import Http
from oms.warehouse.qimen import Qimen, QimenConfig, xml
from tests.unit.fake_http import fake_http
from tests.unit.test_qimen_client import NOW, ORDER, RECEIVER, answered


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (ORDER, ("SF", None)),
        (ORDER.model_copy(update={"waybill": "YT0001", "carrier": "yto"}), ("YTO", "YT0001")),
    ],
)
async def test_the_warehouse_is_given_the_number_that_was_drawn(
    order: WarehouseOrder, told: tuple[str, str | None]
) -> None:
    """Without one it draws its own, as before."""
    async with fake_http(answered("<deliveryOrderId>WMS-1</deliveryOrderId>")) as server, Http() as http:
        config = QimenConfig(
            url=server.url, app_key="1", secret=SecretStr("s"), customer_id="c", owner_code="O1"
        )
        await Qimen(config, http, now=lambda: NOW).create(order, RECEIVER, "")

    head = xml.read(server.asked[0].body).find("deliveryOrder")
    assert head is not None
    assert (head.findtext("logisticsCode"), head.findtext("expressCode")) == told

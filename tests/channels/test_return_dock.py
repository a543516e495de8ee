"""Our Qimen adapter and the simulated dock understand each other: announced once, refused in words."""

from pydantic import SecretStr

from oms.domain.ids import OrderKey, Sku
from oms.domain.stock import Piece
from oms.ports import Accepted, Rejected, ReturnOrder
from oms.warehouse.qimen import Qimen, QimenConfig
from simulator.wms.delivery import DeliveryOrder, Line
from tests.channels.platform_world import PlatformWorld, a_platform


def left_before(place: PlatformWorld, number: str) -> None:
    """Let two pieces have left under D1."""
    warehouse = place.world.warehouse
    lines = (Line("1", number, "", "O1", "SKU-8801", 2),)
    order = DeliveryOrder("D1", "HZ01", "JYCK", "SF", "", "13800001234", "广州市", lines)
    order.pieces["SKU-8801"] = 2
    warehouse.create(order)
    warehouse.ship(warehouse.orders["D1"])


def a_return(number: str, *, code: str = "RT1", pieces: int = 1) -> ReturnOrder:
    return ReturnOrder(
        code=code, order=OrderKey(channel="douyin", shop="main", number=number), warehouse="HZ01", delivery_order="D1",
        pieces=(Piece(line="1", sku=Sku("SKU-8801"), quantity=pieces),), waybill="YT880001", carrier="yto", why="return",
    )  # fmt: skip


async def test_a_return_is_announced_once_and_too_much_is_refused() -> None:
    """Announced twice it is one; three pieces of two never left."""
    async with a_platform("douyin") as place:
        config = QimenConfig(
            url=f"{place.url}/router/qimen/service", app_key="1", secret=SecretStr("s"), customer_id="c",
            owner_code="O1",
        )  # fmt: skip
        order = place.order()
        left_before(place, order.number)
        qimen = Qimen(config, place.http)

        first = await qimen.expect_return(a_return(order.number))
        again = await qimen.expect_return(a_return(order.number))
        refused = await qimen.expect_return(a_return(order.number, code="RT2", pieces=3))

        assert isinstance(first, Accepted)
        assert first == again
        assert isinstance(refused, Rejected)
        assert "S012" in refused.reason
        assert [entry.outcome for entry in place.world.ledger.read(kind="wms.return_create")] == [
            "accepted", "repeated", "refused S012",
        ]  # fmt: skip

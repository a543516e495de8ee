"""A warehouse is asked in its own words, and every answer means one thing."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from oms.domain.errors import CredentialsExpired, InterfaceRetired, OmsError, RateLimited, Unavailable
from oms.domain.ids import OrderKey, Sku
from oms.domain.receiver import Receiver
from oms.domain.stock import Piece
from oms.http import Http
from oms.ports import Accepted, CancelAccepted, CancelRefused, Rejected, StockLevel, WarehouseOrder
from oms.warehouse.qimen import Qimen, QimenConfig, xml
from oms.warehouse.qimen.signature import sign
from tests.unit.fake_http import Asked, FakeHttp, Says, fake_http

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
RECEIVER = Receiver(
    name="张建国", phone="13812345678", province="浙江省", city="杭州市", district="西湖区", address="文三路 9 号",
    postcode="310012", token="oaid-1",
)  # fmt: skip
ORDER = WarehouseOrder(
    code="OLABC-1", order=OrderKey(channel="woocommerce", shop="main", number="727"), warehouse="WH1",
    pieces=(Piece(line="315", sku=Sku("MB-001-RED"), quantity=2), Piece(line="316", sku=Sku("HAT"), quantity=1)),
    titles={"MB-001-RED": "婴儿连体衣"}, total_fen=18_800, created_at=datetime(2026, 11, 22, 1, 31, 2, tzinfo=UTC),
    paid_at=datetime(2026, 11, 22, 1, 31, 20, tzinfo=UTC), ship_by=datetime(2026, 11, 24, 1, 31, 20, tzinfo=UTC),
)  # fmt: skip


def answered(content: str, flag: str = "success", code: str = "0", message: str = "ok") -> Says:
    return Says(
        f"<response><flag>{flag}</flag><code>{code}</code><message>{message}</message>{content}</response>"
    )


def refused(code: str, message: str = "") -> Says:
    return answered("", "failure", code, message)


@asynccontextmanager
async def a_warehouse(says: Says | Callable[[Asked], Says]) -> AsyncIterator[tuple[Qimen, FakeHttp]]:
    async with fake_http(says) as server, Http() as http:
        config = QimenConfig(
            url=f"{server.url}/router/qimen/service", app_key="12345678", secret=SecretStr("qmsecret"),
            customer_id="c1", owner_code="O1",
        )  # fmt: skip
        yield Qimen(config, http, now=lambda: NOW), server


async def created(says: Says) -> tuple[Accepted | Rejected, FakeHttp]:
    async with a_warehouse(says) as (qimen, server):
        return await qimen.create(ORDER, RECEIVER, "务必上午送达"), server


async def test_a_delivery_order_carries_all_that_qimen_requires() -> None:
    """Signed over the exact body, times in GMT+8, amounts in yuan, the receiver in plain."""
    answer, server = await created(answered("<deliveryOrderId>WMS-1</deliveryOrderId>"))

    asked = server.asked[0]
    assert answer == Accepted(warehouse_number="WMS-1")
    assert asked.query["sign"] == sign(asked.query, asked.body, "qmsecret")
    assert {name: asked.query[name] for name in ("method", "timestamp", "app_key", "v", "format", "customerId")} == {
        "method": "taobao.qimen.deliveryorder.create", "timestamp": "2026-11-22 10:00:00", "app_key": "12345678",
        "v": "2.0", "format": "xml", "customerId": "c1",
    }  # fmt: skip
    root = xml.read(asked.body)
    head = {part.tag: part.text for part in root.iterfind("deliveryOrder/*") if part.text}
    assert head == {
        "deliveryOrderCode": "OLABC-1", "orderType": "JYCK", "warehouseCode": "WH1", "sourcePlatformCode": "OTHER",
        "createTime": "2026-11-22 10:00:00", "placeOrderTime": "2026-11-22 09:31:02", "payTime": "2026-11-22 09:31:20",
        "operateTime": "2026-11-22 10:00:00", "shopNick": "main", "totalAmount": "188.00", "gotAmount": "188.00",
        "logisticsCode": "SF", "buyerMessage": "务必上午送达", "latestDeliveryTime": "2026-11-24 09:31:20",
    }  # fmt: skip
    assert {part.tag: part.text for part in root.iterfind("deliveryOrder/receiverInfo/*")} == {
        "name": "张建国", "zipCode": "310012", "mobile": "13812345678", "province": "浙江省", "city": "杭州市",
        "area": "西湖区", "detailAddress": "文三路 9 号", "oaid": "oaid-1",
    }  # fmt: skip
    assert [{part.tag: part.text for part in line} for line in root.iterfind("orderLines/orderLine")] == [
        {"orderLineNo": "1", "sourceOrderCode": "727", "subSourceOrderCode": "315", "ownerCode": "O1",
         "itemCode": "MB-001-RED", "itemName": "婴儿连体衣", "inventoryType": "ZP", "planQty": "2", "actualPrice": "62.66"},
        {"orderLineNo": "2", "sourceOrderCode": "727", "subSourceOrderCode": "316", "ownerCode": "O1",
         "itemCode": "HAT", "inventoryType": "ZP", "planQty": "1", "actualPrice": "62.67"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        "发货单 OLABC-1 已存在",
        "订单号重复",
        "单据[OLABC-1]已下发",
        "order OLABC-1 already exists",
        "Duplicate order",
    ],
)
async def test_asking_twice_is_asking_once(message: str) -> None:
    """Some warehouses call the repetition a failure; the delivery order is there all the same."""
    answer, _ = await created(refused("B001", message))

    assert answer == Accepted()


@pytest.mark.parametrize(
    "message",
    [
        "商品 HAT 不存在",
        "库存不足",
        "单据 OLABC-1 已取消，不能重复下发",
        "订单中商品重复",
        "仓库 WH1 已存在停用标记",
    ],
)
async def test_a_warehouses_no_is_an_answer(message: str) -> None:
    """It names what is wrong; a delivery order that was called off before is not accepted again."""
    answer, _ = await created(refused("S002", message))

    assert answer == Rejected(reason=f"S002: {message}")


async def test_a_no_that_quotes_the_receiver_is_made_silent() -> None:
    """The reason travels through the workflow, the person must not."""
    words = "收件人张建国(13812345678)地址文三路 9 号无法送达，备注：务必上午送达，联系 057188880000"

    answer, _ = await created(refused("S009", words))

    assert isinstance(answer, Rejected)
    assert answer.reason == "S009: 收件人***(***)地址***无法送达，备注：***，联系 ***"


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (refused("sign-check-failure", "Illegal request"), CredentialsExpired),
        (refused("invalid-app-key"), CredentialsExpired),
        (refused("22", "Invalid method"), InterfaceRetired),
        (answered("<sub_code>isv.invalid-method</sub_code>", "failure", "40"), InterfaceRetired),
        (refused("accesscontrol.limited-by-api-access-count"), RateLimited),
        (refused("isp.top-remote-connection-timeout"), Unavailable),
        (
            Says("<error_response><code>15</code><sub_code>isp.unknown</sub_code></error_response>"),
            Unavailable,
        ),
        (Says("<html><body>maintenance</body></html>"), Unavailable),
        (Says("<response><flag>success</flag><code>0"), Unavailable),
        (Says(""), Unavailable),
        (Says("", 404), InterfaceRetired),
        (Says("", 502), Unavailable),
        (Says("", 429), RateLimited),
        (Says(hangs_up=True), Unavailable),
    ],
)
async def test_what_is_neither_yes_nor_no_says_what_to_do(says: Says, error: type[OmsError]) -> None:
    """HTTP is 200 nearly always; the body decides."""
    with pytest.raises(error) as caught:
        await created(says)

    assert type(caught.value) is error
    assert "张" not in str(caught.value)


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        (answered(""), CancelAccepted()),
        (refused("S007", "单据不存在"), CancelAccepted()),
        (refused("S007", "发货单号：OLABC-1 已取消"), CancelAccepted()),
        (refused("E1", "order OLABC-1 does not exist"), CancelAccepted()),
        (refused("ORDER_NOT_FOUND"), CancelAccepted()),
        (
            refused("S008", "单据状态为 PACKAGE，不允许取消"),
            CancelRefused(reason="S008: 单据状态为 PACKAGE，不允许取消"),
        ),
        (refused("S004", "订单对应的仓库不存在"), CancelRefused(reason="S004: 订单对应的仓库不存在")),
    ],
)
async def test_cancelling_is_done_or_too_late(says: Says, answer: CancelAccepted | CancelRefused) -> None:
    """What was never there, or is there no more, is cancelled; a missing warehouse is not a missing order."""
    async with a_warehouse(says) as (qimen, server):
        assert await qimen.cancel("OLABC-1", "WH1", "买家退款", "WMS-1") == answer

    root = xml.read(server.asked[0].body)
    assert {part.tag: part.text for part in root} == {
        "warehouseCode": "WH1", "ownerCode": "O1", "orderCode": "OLABC-1", "orderId": "WMS-1", "orderType": "JYCK",
        "cancelReason": "买家退款",
    }  # fmt: skip


def an_item(sku: str, quantity: str, locked: str = "", kind: str = "ZP") -> str:
    return (
        f"<item><warehouseCode>WH1</warehouseCode><itemCode>{sku}</itemCode><inventoryType>{kind}</inventoryType>"
        f"<quantity>{quantity}</quantity><lockQuantity>{locked}</lockQuantity></item>"
    )


async def test_pieces_in_a_warehouse_are_counted_with_those_it_has_locked_for_us() -> None:
    """Several batches are one SKU, damaged pieces are not for sale, an unknown SKU is not zero but missing."""
    items = (
        an_item("A", "120", "4") + an_item("A", "6.00") + an_item("A", "9", kind="CC") + an_item("B", "-2")
    )

    async with a_warehouse(answered(f"<items>{items}</items>")) as (qimen, _):
        levels = await qimen.levels("WH1", [Sku("A"), Sku("B"), Sku("C")])

    assert list(levels) == [
        StockLevel(warehouse="WH1", sku=Sku("A"), on_hand=130),
        StockLevel(warehouse="WH1", sku=Sku("B"), on_hand=0),
    ]


async def test_many_skus_are_asked_for_in_several_questions() -> None:
    """Each once; of none nothing is asked."""
    skus = [Sku(f"S{number}") for number in range(60)]

    async with a_warehouse(answered("<items/>")) as (qimen, server):
        await qimen.levels("WH1", [*skus, skus[0]])
        await qimen.levels("WH1", [])

    assert [len(xml.read(asked.body).findall("criteriaList/criteria")) for asked in server.asked] == [50, 10]


@pytest.mark.parametrize(
    "says", [refused("S004", "仓库不存在"), answered(f"<items>{an_item('A', 'many')}</items>")]
)
async def test_a_count_that_fails_is_never_an_empty_warehouse(says: Says) -> None:
    """Else every order would wait for goods that are there."""
    async with a_warehouse(says) as (qimen, _):
        with pytest.raises(Unavailable):
            await qimen.levels("WH1", [Sku("A")])

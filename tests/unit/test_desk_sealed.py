"""Payloads beside the order, addresses and after-sales at the desk: nobody is named, nothing is left behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oms.domain.aftersales.book import AfterSaleBook, AfterSaleRow
from oms.domain.aftersales.messages import ApproveCase, RefuseCase
from oms.domain.book import Change
from oms.domain.ids import OrderKey
from oms.domain.messages import ChangeAddress, Way
from oms.domain.receiver import Receiver
from oms.domain.roles import Role
from oms.masking import masked
from oms.ports.asking import Declined
from tests.unit.asking_world import RememberingOrders
from tests.unit.intake_world import NAME, NOON, PHONE, SHOP, a_store, an_order
from tests.unit.web_world import WebWorld

CASE = "woocommerce:main:88001"
ELSEWHERE = {
    "name": "李娜", "phone": "13900005678", "province": "广东省", "city": "广州市", "address": "天河路2号",
}  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store, asking=RememberingOrders())
    store.close()


@pytest.fixture
def orders(world: WebWorld) -> RememberingOrders:
    assert isinstance(world.asking, RememberingOrders)
    return world.asking


async def arrived(world: WebWorld, **more: Any) -> tuple[OrderKey, str]:
    """An order that came in by a payload; returns its key and the name of the payload."""
    receipt = await world.intake.receive(SHOP, Way.POLL, an_order(**more))
    return world.the_order_stands_at("accepted"), receipt.inbox_id


async def test_a_payload_stands_beside_its_order_with_nobody_in_it(world: WebWorld) -> None:
    """As received but for the person, who is hidden wherever they are named; the look is on the record."""
    key, inbox_id = await arrived(
        world,
        title="<script>alert(1)</script>",
        buyer_nick="tb_wang",
        note=f"call {PHONE}",
        about=f"for {NAME}",
    )

    answer = await world.get(f"/desk/orders/{key}/payloads/{inbox_id}")

    for shown in ("&lt;script&gt;alert(1)&lt;/script&gt;", "a cup", "MB-1", "&#34;modified&#34;: 0"):
        assert shown in answer.text
    for hidden in ("<script>alert", NAME, PHONE, "文三路", "tb_wang"):
        assert hidden not in answer.text
    assert ("admin", "seen on the desk") in [(d.who, d.purpose) for d in world.store.decryptions.of(inbox_id)]
    assert [act.what for act in world.store.acts.of(inbox_id)] == ["payload.seen"]


async def test_a_script_in_a_buyers_remark_stays_text(world: WebWorld) -> None:
    """Revealed, and harmless; the page before does not show it at all."""
    key = world.the_order_stands_at("accepted")
    world.store.receivers.put(key, Receiver(name=NAME, phone=PHONE), remark="<script>alert(1)</script>")

    page = await world.get(f"/desk/orders/{key}")
    shown = await world.post(f"/desk/orders/{key}/receiver", {"purpose": "read the remark"})

    assert "alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
    assert "<script>alert" not in shown.text


async def test_a_payload_of_another_order_is_not_there(world: WebWorld) -> None:
    """Nor for those who may see payloads, and nobody's look is logged."""
    _, inbox_id = await arrived(world)
    other = world.the_order_stands_at("accepted", "2002")
    before = len(world.store.decryptions.of(inbox_id))

    answer = await world.get(f"/desk/orders/{other}/payloads/{inbox_id}")

    assert answer.status_code == 404
    assert len(world.store.decryptions.of(inbox_id)) == before


async def test_who_may_not_see_payloads_is_neither_led_nor_let_there(world: WebWorld) -> None:
    """A viewer sees that something came in, and no more."""
    key, inbox_id = await arrived(world)
    viewer = world.as_(Role.VIEWER)

    page = await viewer.get(f"/desk/orders/{key}")
    answer = await viewer.get(f"/desk/orders/{key}/payloads/{inbox_id}")

    assert "payloads/" not in page.text
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("payload", "kept", "hidden"),
    [
        ({"line_items": [{"name": "红色连体衣", "sku": "S1"}]}, ["红色连体衣", "S1"], []),
        ({"shipping": {"first_name": "小明", "city": "杭州"}}, [], ["小明", "杭州"]),
        ({"number": "693712345", "mobile": "1", "x": "13812345678"}, ["693712345"], ["13812345678"]),
        ({"seller_nick": "our shop", "receiver_name": "张三"}, ["our shop"], ["张三"]),
        ({"a": [{"b": [{"buyer": {"id": 7755331}}]}]}, [], ["7755331"]),
        ({"ok": True, "nothing": None, "price": "188.00"}, ["true", "null", "188.00"], []),
        (["plain"], ["plain"], []),
    ],
)
def test_what_names_a_person_is_masked_and_goods_are_not(
    payload: object, kept: list[str], hidden: list[str]
) -> None:
    """By name, by form, and everything below what is the person's."""
    text = json.dumps(masked(payload, None), ensure_ascii=False)

    assert [word for word in kept if word not in text] == []
    assert [word for word in hidden if word in text] == []


async def test_an_address_goes_into_the_vault_and_the_order_hears_its_digest(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """With the buyer's remark; the request holds nobody."""
    key = world.the_order_stands_at("accepted")
    world.store.receivers.put(key, Receiver(name=NAME, phone=PHONE), remark="ring twice")

    answer = await world.post(f"/desk/orders/{key}/change_address", {"why": "moved", "seq": "1", **ELSEWHERE})

    message = orders.asked[0][2]
    assert answer.status_code == 303
    assert isinstance(message, ChangeAddress)
    kept = world.store.receivers.get(key, message.receiver_digest, who="a test", purpose="test")
    assert (kept[0].name, kept[1]) == ("李娜", "ring twice")
    assert "李娜" not in message.model_dump_json()


async def test_a_refused_address_leaves_nobody_behind(world: WebWorld, orders: RememberingOrders) -> None:
    """The receiver before stays the last one that the order knows."""
    key = world.the_order_stands_at("accepted")
    before = world.store.receivers.put(key, Receiver(name=NAME, phone=PHONE))
    orders.answers[str(key)] = Declined(why="the platform allows no other address")

    answer = await world.post(f"/desk/orders/{key}/change_address", {"why": "moved", "seq": "1", **ELSEWHERE})

    assert answer.status_code == 409
    assert world.store.receivers.newest(key) == before


async def test_an_address_without_its_street_is_named_as_such(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Nothing is asked, nothing is kept."""
    key = world.the_order_stands_at("accepted")

    answer = await world.post(
        f"/desk/orders/{key}/change_address", {"why": "moved", "seq": "1", **ELSEWHERE, "address": " "}
    )

    assert answer.status_code == 422
    assert not orders.asked
    assert world.store.receivers.newest(key) == ""


def a_case(world: WebWorld) -> OrderKey:
    """A return that the buyer asked for."""
    key = world.the_order_stands_at("delivered")
    row = AfterSaleRow(
        key=CASE, case_id="88001", order=key, seq=2, kind="return", status="requested", raw_status="WAIT_SELLER_AGREE",
        refund_fen=8800, why_here="the buyer <wishes> a return", opened_at=NOON, modified_at=NOON,
    )  # fmt: skip
    change = Change(id=f"{CASE}#2", seq=2, at=NOON, actor="platform", what="after_sale.opened")
    world.store.after_sales.commit(AfterSaleBook(row=row, changes=(change,)))
    return key


async def test_an_after_sale_is_agreed_to_or_refused_on_the_page_of_its_order(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """With another sum if need be; the buyer's words are escaped."""
    key = a_case(world)

    page = await world.get(f"/desk/orders/{key}")
    agreed = await world.post(f"/desk/cases/{CASE}/approve", {"why": "size", "seq": "2", "amount": "50.00"})
    refused = await world.post(f"/desk/cases/{CASE}/refuse", {"why": "worn", "seq": "2"})

    assert "the buyer &lt;wishes&gt; a return" in page.text
    assert (agreed.status_code, refused.status_code) == (303, 303)
    assert [asked[2] for asked in orders.asked] == [
        ApproveCase(by="admin", why="size", amount_fen=5000),
        RefuseCase(by="admin", why="worn"),
    ]
    assert orders.asked[0][0].workflow == f"aftersale:{CASE}"


@pytest.mark.parametrize(
    ("update", "form", "status"),
    [
        ("approve", {"why": ""}, 422),
        ("approve", {"why": "x", "seq": "2", "amount": "many"}, 422),
        ("set_return_waybill", {"why": "x", "seq": "2", "waybill": "!"}, 422),
        ("approve", {"why": "x", "seq": "1"}, 409),
    ],
)
async def test_what_an_after_sale_cannot_be_asked_is_said_and_not_done(
    world: WebWorld, orders: RememberingOrders, update: str, form: dict[str, str], status: int
) -> None:
    """No reason, no number, no waybill, or a view that is out of date."""
    a_case(world)

    answer = await world.post(f"/desk/cases/{CASE}/{update}", form)

    assert answer.status_code == status
    assert not orders.asked


async def test_the_rules_of_an_order_are_explained_also_while_it_does_not_answer(world: WebWorld) -> None:
    """From what is written down, and the page says so."""
    key = world.the_order_stands_at("accepted")

    answer = await world.get(f"/desk/orders/{key}/rules")

    assert answer.status_code == 200
    assert "does not answer just now" in answer.text
    assert "defaults" in answer.text

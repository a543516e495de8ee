"""One order at the desk: everything there is of it, what each role may ask, refusals in words, nothing done twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oms.domain.book import Change, OrderBook
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import ApproveReview, ChangeWaybill, PlaceHold, ReleaseHold, Way
from oms.domain.parcels import ParcelState
from oms.domain.roles import Role
from oms.ports import Scan
from oms.ports.asking import Declined, NotRunning
from tests.unit.asking_world import RememberingOrders, happens
from tests.unit.intake_world import NAME, NOON, PHONE, SHOP, a_store, an_order
from tests.unit.web_world import UI, WAYBILL, WebWorld, a_parcel

ONCE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store, asking=RememberingOrders(store=store))
    store.close()


@pytest.fixture
def orders(world: WebWorld) -> RememberingOrders:
    assert isinstance(world.asking, RememberingOrders)
    return world.asking


def in_review(world: WebWorld, number: str = "1001", *holds: str) -> OrderKey:
    """An order that waits for customer service."""
    key = world.the_order_stands_at("allocated", number)
    view = world.store.orders.get(key)
    assert view is not None
    known = {"seq": 2, "holds": holds or ("high_value",), "why_here": "held for high value <b>", "next_deadline": NOON + timedelta(hours=48)}  # fmt: skip
    change = Change(
        id=f"{key}#1", seq=1, at=NOON, actor="rules", what="hold.placed", after="high_value",
        why="5000 yuan and more", rule="own_shop.review.high_value", rule_version="2026-11",
    )  # fmt: skip
    world.store.books.commit(OrderBook(row=view.row.model_copy(update=known), changes=(change,)))
    return key


async def test_the_page_says_where_why_who_and_by_when(world: WebWorld) -> None:
    """With holds and who placed them, rules, links, and escaped."""
    key = in_review(world)

    text = (await world.get(f"/desk/orders/{key}")).text

    for shown in (
        "allocated", "held for high value &lt;b&gt;", "service: confirm address", "2026-11-24 12:00", "188.00 CNY",
        "high value", "own_shop.review.high_value", "5000 yuan and more", "hold placed", "/t/OL",
        f"{UI}/order%3Awoocommerce%3Amain%3A1001",
    ):  # fmt: skip
        assert shown in text


async def test_a_reader_of_chinese_reads_chinese(world: WebWorld) -> None:
    """Every word of ours; the data stay as they are."""
    key = in_review(world)
    await world.get("/desk")
    world.store.people.change("admin", language="zh_CN")

    text = (await world.get(f"/desk/orders/{key}")).text

    for shown in ("为什么在这里", "谁来处理", "时间线", "通过审核"):
        assert shown in text
    assert "Who must act" not in text


async def test_parcels_come_with_their_trace_and_nobody_in_it(world: WebWorld) -> None:
    """Names and phones of couriers are hidden."""
    key = world.the_order_stands_at("shipped", "2", parcels=(a_parcel(ParcelState.IN_TRANSIT),))
    world.store.orders.add_scans(
        WAYBILL, [Scan(at=NOON, raw_state="1", text="已揽收，快递员：李四 13900001111")]
    )

    text = (await world.get(f"/desk/orders/{key}")).text

    assert WAYBILL in text
    assert "已揽收，快递员：***" in text
    assert "13900001111" not in text


async def test_an_action_reaches_the_order_with_name_and_reason(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """One press: the update, then the page again with the order's words, once."""
    key = in_review(world)

    answer = await world.post(
        f"/desk/orders/{key}/approve", {"why": "confirmed by phone", "seq": "2", "once": ONCE}
    )
    page = await world.get(
        answer.headers["location"], headers={"cookie": _told(answer.headers["set-cookie"], world)}
    )

    assert answer.status_code == 303
    assert orders.asked[0][1:] == ("approve", ApproveReview(by="admin", why="confirmed by phone"))
    assert "done as asked" in page.text


def _told(cookie: str, world: WebWorld) -> str:
    return f"{cookie.partition(';')[0]}; {world.entrance.cookie}={world.token()}"


@pytest.mark.parametrize(
    ("ask", "form", "message"),
    [
        ("release_hold", {"hold": "manual"}, ReleaseHold(by="admin", why="x", reason="manual")),
        ("hold", {}, PlaceHold(by="admin", why="x")),
        ("change_waybill", {"old_waybill": WAYBILL, "waybill": "SF99990000", "carrier": "sf"},
         ChangeWaybill(by="admin", why="x", old_waybill=WAYBILL, waybill="SF99990000", carrier="sf")),
    ],
)  # fmt: skip
async def test_what_an_action_needs_beside_a_reason_comes_from_its_form(
    world: WebWorld, orders: RememberingOrders, ask: str, form: dict[str, str], message: object
) -> None:
    """A hold's name, a waybill and its carrier."""
    key = in_review(world)

    answer = await world.post(f"/desk/orders/{key}/{ask}", {"why": "x", "seq": "2", **form})

    assert answer.status_code == 303
    assert orders.asked[0][2] == message


async def test_a_hold_until_a_moment_is_read_by_the_clock_of_the_person(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """In Shanghai; a moment that is over is refused."""
    key = in_review(world)

    await world.post(f"/desk/orders/{key}/hold", {"why": "x", "seq": "2", "until": "2036-01-02T08:00"})
    over = await world.post(f"/desk/orders/{key}/hold", {"why": "x", "seq": "3", "until": "2016-01-02T08:00"})

    message = orders.asked[0][2]
    assert isinstance(message, PlaceHold)
    assert str(message.until) == "2036-01-02 00:00:00+00:00"
    assert over.status_code == 422
    assert len(orders.asked) == 1


async def test_a_refusal_is_shown_in_the_orders_own_words_and_nothing_typed_is_lost(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """409, the words, and the reason still in its field."""
    key = in_review(world)
    orders.answers[str(key)] = Declined(why=f"order {key} waits for no review; it is released")

    answer = await world.post(f"/desk/orders/{key}/approve", {"why": "by <i>phone</i>", "seq": "2"})

    assert answer.status_code == 409
    assert "waits for no review; it is released" in answer.text
    assert 'value="by &lt;i&gt;phone&lt;/i&gt;"' in answer.text


async def test_an_order_that_is_not_under_way_is_said_to_be_so(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Not an error of ours."""
    key = in_review(world)
    orders.answers[str(key)] = NotRunning()

    answer = await world.post(f"/desk/orders/{key}/approve", {"why": "x", "seq": "2"})

    assert answer.status_code == 409
    assert "not under way any more" in answer.text


async def test_nothing_is_asked_without_a_reason(world: WebWorld, orders: RememberingOrders) -> None:
    """422, and the page says so."""
    key = in_review(world)

    answer = await world.post(f"/desk/orders/{key}/approve", {"why": "  ", "seq": "2"})

    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert not orders.asked


async def test_of_two_people_at_once_the_second_sees_what_changed_and_is_asked_again(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Nothing is done on a view that is out of date; knowing better, they may do it all the same."""
    key = in_review(world)
    happens(world.store, key, "add_note", "zhang", "the buyer wants to wait")

    first = await world.post(f"/desk/orders/{key}/approve", {"why": "x", "seq": "2", "once": ONCE})
    asked_before = len(orders.asked)
    again = await world.post(f"/desk/orders/{key}/approve", {"why": "x", "seq": "3", "once": ONCE})

    assert first.status_code == 409
    assert asked_before == 0
    assert "zhang" in first.text
    assert "the buyer wants to wait" in first.text
    assert 'name="seq" value="3"' in first.text
    assert again.status_code == 303
    assert len(orders.asked) == 1


async def test_what_a_person_did_themselves_surprises_them_not(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """Their own note is no reason to ask them again."""
    key = in_review(world)
    happens(world.store, key, "add_note", "admin", "my own note")

    answer = await world.post(f"/desk/orders/{key}/approve", {"why": "x", "seq": "2"})

    assert answer.status_code == 303
    assert len(orders.asked) == 1


async def test_a_form_sent_twice_asks_once(world: WebWorld, orders: RememberingOrders) -> None:
    """A double click, a reload: the same name of the request, so Temporal does it once."""
    key = in_review(world)
    form = {"why": "left at the door", "seq": "2", "once": ONCE}

    answers = [await world.post(f"/desk/orders/{key}/add_note", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert orders.calls == 2
    assert len(orders.asked) == 1


async def test_without_temporal_the_page_says_so_and_asking_again_is_safe(
    world: WebWorld, orders: RememberingOrders
) -> None:
    """503 in words on the order's page, with the same name of the request in its forms."""
    key = in_review(world)
    orders.fails = Unavailable("no worker answered for it")

    answer = await world.post(f"/desk/orders/{key}/approve", {"why": "x", "seq": "2", "once": ONCE})

    assert answer.status_code == 503
    assert "it is done once, however often you ask" in answer.text
    assert f'name="once" value="{ONCE}"' in answer.text


async def test_without_the_database_there_is_a_clear_page(
    world: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, for people to read."""
    key = in_review(world)
    await world.get("/desk")

    def gone(*_: object) -> None:
        raise Unavailable("the database: OperationalError")

    monkeypatch.setattr(world.store.orders, "get", gone)
    answer = await world.get(f"/desk/orders/{key}")

    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "OperationalError" not in answer.text


@pytest.mark.parametrize(
    ("role", "ask", "may"),
    [
        (Role.VIEWER, "add_note", False), (Role.PURCHASING, "approve", False), (Role.SERVICE, "lift_lock", False),
        (Role.SERVICE, "approve", True), (Role.SUPERVISOR, "lift_lock", True),
    ],
)  # fmt: skip
async def test_who_may_not_is_refused_and_is_not_offered_it(
    world: WebWorld, orders: RememberingOrders, role: Role, ask: str, may: object
) -> None:
    """The one table of rights counts, whatever page was shown."""
    key = in_review(world)
    somebody = world.as_(role)

    page = await somebody.get(f"/desk/orders/{key}")
    answer = await somebody.post(f"/desk/orders/{key}/{ask}", {"why": "x", "seq": "2"})

    assert (f"/desk/orders/{key}/{ask}" in page.text) is may
    assert answer.status_code == (303 if may else 403)
    assert len(orders.asked) == int(bool(may))


async def test_the_live_part_comes_only_when_something_moved(world: WebWorld) -> None:
    """204 for the same revision; else the part, with the forms' view of the order beside it."""
    key = in_review(world)
    page = (await world.get(f"/desk/orders/{key}")).text
    address = page.partition('hx-get="')[2].partition('"')[0]

    quiet = await world.get(address)
    happens(world.store, key, "approve", "zhang", "seen")
    moved = await world.get(address)

    assert quiet.status_code == 204
    assert moved.status_code == 200
    assert "zhang" in moved.text
    assert 'name="seq" value="3"' in moved.text
    assert "<html" not in moved.text


async def test_resync_fetches_the_order_from_its_shop(world: WebWorld) -> None:
    """Noted with the name; an order that the shop does not know is a refusal in words."""
    key = in_review(world)
    unknown = await world.post(f"/desk/orders/{key}/resync", {"why": "looks old"})
    world.shop.payloads.append(an_order())

    answer = await world.post(f"/desk/orders/{key}/resync", {"why": "looks old"})

    assert unknown.status_code == 409
    assert "knows no order 1001" in unknown.text
    assert answer.status_code == 303
    assert len(world.mailbox.snapshots) == 1
    assert {act.what for act in world.store.acts.of(str(key))} == {"order.resynced"}


async def test_an_unknown_order_is_a_page(world: WebWorld) -> None:
    """For whatever is typed into the address, and for what is asked of it."""
    looked = await world.get("/desk/orders/woocommerce:main:404")
    asked = await world.post("/desk/orders/%3Cscript%3E/approve", {"why": "x"})

    assert (looked.status_code, asked.status_code) == (404, 404)
    assert "<script>" not in asked.text


async def test_the_receiver_is_masked_and_revealed_for_a_purpose_on_the_record(world: WebWorld) -> None:
    """Nothing plain on the page; who looks says what for, and it is written down twice."""
    await world.intake.receive(SHOP, Way.POLL, an_order())
    key = in_review(world)

    page = (await world.get(f"/desk/orders/{key}")).text
    none = await world.post(f"/desk/orders/{key}/receiver", {"purpose": ""})
    shown = await world.post(f"/desk/orders/{key}/receiver", {"purpose": "call about the colour"})
    viewer = await world.as_(Role.VIEWER).post(f"/desk/orders/{key}/receiver", {"purpose": "curious"})

    assert "王**" in page
    assert PHONE not in page + none.text + viewer.text
    assert (none.status_code, shown.status_code, viewer.status_code) == (422, 200, 403)
    assert NAME in shown.text
    assert PHONE in shown.text
    looks = world.store.decryptions.of(str(key))
    assert [look.who for look in looks if look.purpose == "call about the colour"] == ["admin"]
    assert [act.why for act in world.store.acts.of(str(key))] == ["call about the colour"]

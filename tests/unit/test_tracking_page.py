"""What a buyer reads behind the link: the whole way of the order, in two languages, and nothing of a person."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oms.domain.aftersales.book import AfterSaleBook, AfterSaleRow
from oms.domain.book import OrderBook, Sold
from oms.domain.errors import Unavailable
from oms.domain.messages import Way
from oms.domain.parcels import ParcelState
from oms.ports import Scan
from tests.unit.buyers_world import a_box, link, placed, read, scans
from tests.unit.intake_world import NAME, NOON, PHONE, SHOP, a_key, a_store, an_order
from tests.unit.web_world import WebWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LARGEST = 50_000
OLDER = re.compile(r'"\?(parcel=\d+&amp;seen=\d+)"')
LINE = re.compile(r"\d号包裹第\d{3}条")
WAY = "delivery.asked stage.moved=released delivery.packed parcel.shipped parcel.in_transit"


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


async def test_the_whole_way_is_shown_and_nobody(world: WebWorld) -> None:
    """Paid, packed, shipped, every scan, newest first; no person, no amount, no script."""
    await world.intake.receive(SHOP, Way.POLL, an_order())
    key = placed(world, "in_transit", a_box(), events=WAY, shipped_at=NOON + 2 * HOUR)
    world.store.orders.add_scans(
        "SF1001", scans("已揽收", f"派件员 王五 {PHONE} 正在派件", since=NOON + 3 * HOUR)
    )

    page = await read(world, link(world, key))

    for shown in (
        "On its way",
        "SF Express",
        "SF1001",
        "Sun 22 Nov, 12:00",
        "派件员 ***",
        "Left our warehouse",
    ):
        assert shown in page.text
    for hidden in (NAME, "王五", PHONE, "188.00", "<script", "文三路", "1001:", "http"):
        assert hidden not in page.text
    assert page.text.index("正在派件") < page.text.index("已揽收") < page.text.index("Left our warehouse")
    assert page.text.count('class="done') == 4


async def test_a_warehouse_that_speaks_after_the_carrier_does_not_turn_the_trace_round(
    world: WebWorld,
) -> None:
    """Its word of the leaving is left out of the trace: the carrier had it already."""
    key = placed(world, "in_transit", a_box())
    world.store.orders.add_scans("SF1001", scans("已揽收", since=NOON))

    page = await read(world, link(world, key))

    assert "已揽收" in page.text
    assert "Left our warehouse" not in page.text


async def test_the_page_loads_nothing_and_is_kept_by_nobody(world: WebWorld) -> None:
    """One style, known by its digest; no script, no referrer, no index, no cache."""
    page = await read(world, link(world, placed(world, "allocated")))

    policy = page.headers["content-security-policy"]
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; form-action")
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    assert " style=" not in page.text


@pytest.mark.parametrize(
    ("path", "asked", "language"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "en-GB", "en"),
        ("", "", "zh-CN"),
        ("", "fr", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=%3Cb%3E", "en", "en"),
    ],
)
async def test_the_reader_chooses_the_language(world: WebWorld, path: str, asked: str, language: str) -> None:
    """By the link on the page, else by the browser, else Chinese; the other one is one step away."""
    page = await read(world, link(world, placed(world, "released")) + path, asked)

    words = {"en": "The warehouse is packing your order", "zh-CN": "仓库正在打包"}
    assert f'<html lang="{language}">' in page.text
    assert words.pop(language) in page.text
    assert not any(other in page.text for other in words.values())
    assert f"lang={'zh' if language == 'en' else 'en'}" in page.text
    assert "<b>" not in page.text.partition("<main>")[0]


@pytest.mark.parametrize(
    ("stage", "fields", "heading"),
    [
        ("received", {"paid_at": None}, "We have your order"),
        ("awaiting_payment", {"paid_at": None, "payment": "unpaid"}, "Waiting for your payment"),
        ("allocated", {}, "We are getting your order ready"),
        ("allocated", {"holds": ("high_value",)}, "We are checking your order"),
        ("accepted", {"holds": ("no_waybill_lock",)}, "We are checking your order"),
        ("accepted", {"holds": ("out_of_stock",)}, "We are waiting for goods"),
        ("released", {}, "The warehouse is packing your order"),
        ("completed", {"ended_at": NOON}, "Delivered"),
        ("closed", {"ended_at": NOON}, "The parcel came back to us"),
        ("cancelled", {"payment": "unpaid"}, "Nothing was paid"),
        ("cancelled", {"payment": "refunding"}, "What you paid goes back"),
        ("cancelled", {"payment": "refunded"}, "Your money has gone back"),
    ],
)
async def test_every_stage_says_what_it_means_to_the_buyer(
    world: WebWorld, stage: str, fields: dict[str, Any], heading: str
) -> None:
    """In the buyer's words; what holds an order up inside stays inside."""
    page = await read(world, link(world, placed(world, stage, **fields)))

    assert heading in page.text
    assert "high_value" not in page.text
    assert "lock" not in page.text.partition("<main>")[2]


@pytest.mark.parametrize("state", list(ParcelState))
async def test_every_state_of_a_parcel_says_what_happens_next(world: WebWorld, state: ParcelState) -> None:
    """A heading and a sentence; never the word that the code has for it."""
    page = await read(world, link(world, placed(world, "shipped", a_box(state=state))))

    main = page.text.partition("<main>")[2]
    assert page.status_code == 200
    assert main.partition("<h1>")[2].partition("</h1>")[0]
    assert "_" not in main.partition("<h1>")[2].partition("</section>")[0]


async def test_of_several_parcels_the_one_that_asks_for_something_comes_first(world: WebWorld) -> None:
    """Three parcels, one at the pick-up point: that is the heading, and each has its own card."""
    boxes = [
        a_box(n, state)
        for n, state in enumerate(
            (ParcelState.DELIVERED, ParcelState.AT_PICKUP_POINT, ParcelState.IN_TRANSIT)
        )
    ]

    page = await read(world, link(world, placed(world, "in_transit", *boxes)))

    assert "A parcel is ready to be picked up" in page.text.partition("<h1>")[2].partition("</h1>")[0]
    assert "1 of 3 parcels have arrived" in page.text
    for place in (1, 2, 3):
        assert f"Parcel {place} of 3" in page.text


async def test_before_shipping_the_promise_is_shown(world: WebWorld) -> None:
    """By when it leaves; when that was missed, so is said."""
    key = placed(world, "released", ship_by=NOON + 5 * HOUR)

    before = (await read(world, link(world, key))).text
    world.clock.now = NOON + 6 * HOUR
    after = (await read(world, link(world, key))).text

    assert "Leaves our warehouse by</span><b>Sun 22 Nov, 17:00</b>" in before
    assert "It should have left our warehouse by" in after


def arrived_before(world: WebWorld, count: int) -> None:
    """Parcels of SF that took between one and two days to Zhejiang."""
    for number in range(count):
        took = DAY + number * DAY / count
        shipped = NOON - 10 * DAY
        box = a_box(number + 100, ParcelState.DELIVERED, shipped_at=shipped, delivered_at=shipped + took)
        key = world.the_order_stands_at("completed", f"old{number}")
        view = world.store.orders.get(key)
        assert view is not None
        row = view.row.model_copy(update={"seq": 2, "sold": Sold(province="浙江省")})
        world.store.books.commit(OrderBook(row=row, parcels=(box,)))


@pytest.mark.parametrize(
    ("known", "now", "words"),
    [
        (20, NOON + 3 * HOUR, "Expected to arrive</span><b>Mon 23 Nov – Tue 24 Nov</b>"),
        (20, NOON + 5 * DAY, "Usually it would have arrived by <b>Tue 24 Nov</b>"),
        (19, NOON + 3 * HOUR, ""),
    ],
)
async def test_what_is_usual_is_what_is_expected(
    world: WebWorld, known: int, now: datetime, words: str
) -> None:
    """By how long the carrier's parcels took lately; of too few nothing is concluded."""
    arrived_before(world, known)
    key = placed(world, "in_transit", a_box(), sold=Sold(province="浙江省"))
    world.clock.now = now

    page = await read(world, link(world, key))

    assert words in page.text
    assert ("Expected" in page.text or "Usually" in page.text) is bool(words)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</li></ol></main><h1>paid</h1>",
        "{{ 7*7 }} {% raw %}",
        "javascript:alert(1)",
        "\u202etxet desrever\u202c \u200b\u0007\ud83d\ude9a",
        "%(moment)s %s {moment}",
        "x" * 5000,
        "取件码：12-3-4567，请凭取件码 88-1-2345 取件",
    ],
)
async def test_a_hostile_line_is_only_text(world: WebWorld, text: str) -> None:
    """Nothing in a carrier's words becomes markup, bends the page, opens a locker or fills the screen."""
    key = placed(world, "in_transit", a_box())
    told = text.encode("utf-16", "surrogatepass").decode("utf-16")
    world.store.orders.add_scans("SF1001", [Scan(at=NOON, raw_state="0", text=told, place=told)])

    page = await read(world, link(world, key))

    main = page.text.partition("<main>")[2]
    assert page.status_code == 200
    for mark in (
        "<script",
        "<img",
        "<h1>paid",
        "49 ",
        "\u202e",
        "\u200b",
        "\u0007",
        "x" * 300,
        "2345",
        "4567",
    ):
        assert mark not in main
    assert main.count("<li") == main.count("</li>")


async def test_five_parcels_of_two_hundred_scans_stay_small_and_lose_nothing(world: WebWorld) -> None:
    """Every page is below 50 KB, and following the links shows each of the thousand lines once."""
    boxes = [a_box(number) for number in range(5)]
    key = placed(world, "in_transit", *boxes, events=WAY)
    for number, box in enumerate(boxes):
        lines = [f"【杭州转运中心】{'已发往下一站，' * 6}{number}号包裹第{n:03}条" for n in range(200)]
        world.store.orders.add_scans(box.waybill, scans(*lines))
    first = link(world, key)

    whole = await read(world, first, "zh-CN")
    met, paths = [], [f"{first}?parcel={place}" for place in range(1, 6)]
    while paths:
        page = await read(world, paths.pop(), "zh-CN")
        assert len(page.content) < LARGEST
        met += LINE.findall(page.text)
        paths += [f"{first}?{query}".replace("&amp;", "&") for query in OLDER.findall(page.text)]

    assert len(whole.content) < LARGEST
    assert whole.text.count("号包裹第") > 50
    assert len(met) == len(set(met)) == 1000


async def test_a_hundred_parcels_are_listed_and_each_is_a_page_further(world: WebWorld) -> None:
    """The list stays small; the trace of one is where its link leads."""
    key = placed(world, "in_transit", *[a_box(number) for number in range(120)])
    world.store.orders.add_scans("SF1002", scans("到达杭州"))

    whole, third = await read(world, link(world, key)), await read(world, f"{link(world, key)}?parcel=3")

    assert len(whole.content) < LARGEST
    assert "and 20 more" in whole.text
    assert "到达杭州" not in whole.text
    assert "到达杭州" in third.text
    assert (await read(world, f"{link(world, key)}?parcel=121")).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        f"联系电话 {PHONE}",
        "联系电话 １３８１２３４５６７８",
        "电话138\u200b1234\u200d5678",
        f"签收人：{NAME}",
        f"签收人：\u202e{NAME}",
    ],
)
async def test_nobody_is_found_by_writing_a_person_in_disguise(world: WebWorld, text: str) -> None:
    """Wide digits and invisible marks in between hide no phone and no name from us."""
    key = placed(world, "in_transit", a_box())
    world.store.orders.add_scans("SF1001", scans(text))

    page = await read(world, link(world, key))

    assert "***" in page.text
    for hidden in ("5678", "５６７８", NAME):
        assert hidden not in page.text


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/t")])
async def test_a_database_that_is_away_is_said_in_words(
    world: WebWorld, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    """A page for people, in their language, with nothing of our inside, and when to come again."""
    address = path or link(world, placed(world, "released"))

    def away(*_: object) -> None:
        raise Unavailable("the database at secret-host")

    monkeypatch.setattr(world.store.orders, "get", away)
    monkeypatch.setattr(world.store.attempts, "tried", away)
    page = await world.as_(None).call(method, address, headers={"accept-language": "en"})

    assert page.status_code == 503
    assert page.headers["retry-after"] == "30"
    assert "Back in a moment" in page.text
    assert "secret-host" not in page.text


@pytest.mark.parametrize("query", ["parcel=-1", "parcel=x", "seen=-5", "parcel=99999"])
async def test_a_wrong_place_is_named(world: WebWorld, query: str) -> None:
    """422, without a word of what was asked."""
    page = await read(world, f"{link(world, placed(world, 'shipped', a_box()))}?{query}")

    assert page.status_code == 422


@pytest.mark.parametrize(
    ("address", "words"),
    [("", "Ask the shop where you ordered"), ("https://shop.example.com/returns?a=1&b=2", "a=1&amp;b=2")],
)
async def test_the_page_says_how_to_ask_for_a_return(world: WebWorld, address: str, words: str) -> None:
    """On the shop's page where it has one; never by sending goods unasked."""
    world.returns = {SHOP: address} if address else {}

    page = await read(world, link(world, placed(world, "delivered", a_box(state=ParcelState.DELIVERED))))

    assert words in page.text
    assert "send nothing back before it is agreed" in page.text


async def test_a_return_under_way_is_shown_and_our_own_case_is_not(world: WebWorld) -> None:
    """What the buyer asked for, and how far it is; a case that we opened for a parcel is ours."""
    key = placed(world, "delivered", a_box(state=ParcelState.DELIVERED))
    for number, (case_id, kind) in enumerate((("R1", "return"), ("parcel-SF1001", "exchange"))):
        row = AfterSaleRow(
            key=f"aftersale:{key}:{number}", case_id=case_id, order=a_key(), seq=1, kind=kind, status="approved",
            raw_status="x", opened_at=NOON, modified_at=NOON, why_here="held: <b>inside</b>",
        )  # fmt: skip
        world.store.after_sales.commit(AfterSaleBook(row=row))

    text = (await read(world, link(world, key))).text

    assert "<b>Return</b> · agreed" in text
    assert "Exchange" not in text
    assert "held:" not in text
